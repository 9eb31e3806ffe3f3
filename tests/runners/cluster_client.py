"""A campaign whose tasks take long, as a process of its own: FOLDER, and how as JSON.

Its last line is JSON: what performed the tasks, and how long it took.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from maiscreen.runners import kernels

kernels.pin()  # as the command does, and the jobs: before NumPy is loaded

import wide_faults  # noqa: E402

from maiscreen.runners.cluster.queue_file import read_cluster_file  # noqa: E402
from maiscreen.runners.runs.campaign import run_campaign  # noqa: E402
from maiscreen.screen.campaign.campaign import Campaign  # noqa: E402
from maiscreen.screen.campaign.space import Space  # noqa: E402

CAMPAIGN = Campaign(
    metals=("Si", "Ti", "Ge", "Sn"),
    halogens=("Cl", "Br"),
    fidelity="F1",
    samples=200,
    space=Space(blends=3, ratio_steps=8, temperatures_c=(25, 60), front_runners=30),
)

FEW = replace(CAMPAIGN, space=replace(CAMPAIGN.space, limit=4000))

ROWS = 50
"""Candidates in a task: 80 tasks of 3 s, for two workers two minutes."""


def main() -> None:
    out, how = Path(sys.argv[1]), json.loads(sys.argv[2])
    if "cluster" in how:
        how["cluster"] = read_cluster_file(how["cluster"])
    begun = time.monotonic()
    finished = run_campaign(FEW, out, rows=ROWS, screen=wide_faults.Slow, **how)
    told = {
        "seconds": round(time.monotonic() - begun),
        "failed": finished.ranked.counts["failed"],
        "jobs": finished.runner_info.get("jobs"),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
