"""A run over a wide space: workers write the parts, and only the best of each comes back."""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from maiscreen.runners.cluster import shipped_data
from maiscreen.runners.cluster.open import Execute, RunnerOptions, open_runner
from maiscreen.runners.cluster.same_code import campaign_versions, local_versions
from maiscreen.runners.endings import TASK_TIMEOUT_S, AllFailedError, StorageError
from maiscreen.runners.folder import ownership
from maiscreen.runners.folder.again import drop_failed
from maiscreen.runners.folder.ownership import ClaimedFolder, claim_folder
from maiscreen.runners.folder.place import Place, parse_place
from maiscreen.runners.folder.shards import HIDDEN, to_parquet, write_outputs_of, write_whole
from maiscreen.runners.folder.status import record_start
from maiscreen.runners.provenance import provenance
from maiscreen.runners.work.parts import Parts, Receipt
from maiscreen.runners.work.progress import show_progress
from maiscreen.runners.work.work import Describe
from maiscreen.screen.blends.blends import mixture_space
from maiscreen.screen.blends.front_runners import BINS, Bound, rank_front_runners
from maiscreen.screen.blends.table import describe_blends
from maiscreen.screen.blends.words import add_names, ingredient_table
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task, choose_shards, remaining_tasks
from maiscreen.screen.describe.describe import learned_models, own_sources, pin_own_data
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.report.blends_page import render_wide
from maiscreen.screen.scoring.front import BestCandidates
from maiscreen.screen.shortlist.blends import COLUMNS, wide_shortlist
from maiscreen.screen.shortlist.choose import TO_FILL_IN, to_csv

TASK_ROWS = 1 << 20
"""Candidates in a task, at most: some seconds of work, and some hundred MiB."""

LEAST_ROWS = 1 << 14
"""And at least, where the plan is cut up for every worker to have some tasks."""

TASKS_PER_WORKER = 4


@dataclass(frozen=True, slots=True)
class WideResult:
    """A wide campaign that is done.

    Attributes
    ----------
    ranking : pyarrow.Table
        The front-runners, best first.
    bound : Bound
        Who else could be among the first.
    counts : dict of str to int
        Passed, rejected, failed: together all candidates.
    gates : dict of str to int
        How many each gate rejected.
    runner_info : dict of str to object
        Runner, workers, candidates screened this time, seconds by stage, memory.
    """

    ranking: pa.Table
    bound: Bound
    counts: dict[str, int]
    gates: dict[str, int]
    runner_info: dict[str, object]


def task_rows(total: int, workers: int) -> int:
    """Choose the size of the tasks.

    Examples
    --------
    >>> task_rows(10**7, 2), task_rows(200_000, 2), task_rows(1000, 2)
    (1048576, 25000, 16384)
    """
    return max(LEAST_ROWS, min(TASK_ROWS, math.ceil(total / (TASKS_PER_WORKER * workers))))


def run_wide(
    campaign: Campaign,
    out: Place | str,
    *,
    again: bool = False,
    quiet: bool = True,
    rows: int | None = None,
    describe: Describe[Campaign] = describe_blends,
    **how: Any,
) -> WideResult:
    """Screen a wide campaign and write its folder.

    Parameters
    ----------
    campaign : Campaign
        What to screen.
    out : path
        Folder for the table of candidates, ranking, shortlist, report and manifest.
    again, quiet, **how
        As for :func:`maiscreen.runners.runs.campaign.run`. Workers of a scheduler elsewhere must
        see the folder under the same path.
    rows : int, optional
        Candidates in a task.
    describe : callable
        For tests: another description of candidates.

    Raises
    ------
    InputError, EndingError
        As for :func:`maiscreen.runners.runs.campaign.run`.
    """
    wanted, out = (
        RunnerOptions(**({"task_timeout_s": TASK_TIMEOUT_S} | how)),
        parse_place("--out", out).absolute(),
    )
    campaign = pin_own_data(campaign)
    sources = {**provenance(), **own_sources(campaign)}
    fingerprint = campaign.fingerprint(sources)
    ask, data = (
        partial(campaign_versions, pin_own_data, campaign),
        partial(shipped_data.campaign_folders, campaign),
    )
    runner = partial(open_runner, wanted, local_versions(), ask, data)
    with claim_folder(out, fingerprint, campaign.to_dict(), again=again, quiet=quiet) as claim:
        begun = time.perf_counter()
        receipts, runner_info = _screen(
            campaign, Parts(out, fingerprint), runner, describe, rows, claim
        )
        screened = time.perf_counter()
        finished = _finish(campaign, receipts, runner_info)
        finished.runner_info["kernels"] = claim.kernels(one.kernels for one in receipts.values())
        seconds = {"screen": screened - begun, "rank": time.perf_counter() - screened}
        finished.runner_info["seconds"] = {name: round(value, 3) for name, value in seconds.items()}
        claim.lock.check()
        write_wide(campaign, out, finished, sources)
    return finished


def _screen(
    campaign: Campaign,
    parts: Parts,
    runner: Callable[[], AbstractContextManager[tuple[Execute[Any], dict[str, object]]]],
    describe: Describe[Campaign],
    rows: int | None,
    claim: ClaimedFolder,
) -> tuple[dict[Task, Receipt], dict[str, object]]:
    """Do what is left of the plan; give all receipts, and what performed the tasks."""
    total, done = mixture_space(campaign).size, parts.receipts()
    if claim.again:
        done = {task: receipt for task, receipt in done.items() if not receipt.failures}
    runner_info: dict[str, object] = {"runner": "none: all parts were there", "workers": 0}
    left = sum(task.size for task in remaining_tasks(total, total, done))
    if left:
        with runner() as (execute, runner_info):
            ownership.create_folder(parts.out)
            record_start(parts.out, parts.fingerprint, campaign, total)
            if claim.again:
                drop_failed(parts.out / HIDDEN / parts.fingerprint)
            tasks = remaining_tasks(
                total, rows or task_rows(total, int(str(runner_info["workers"]))), done
            )
            claim.begin(parts.fingerprint, runner_info, total, len(tasks))
            perform = parts.prepare(campaign).perform
            outcomes = execute(describe, campaign, tasks, perform, claim.log)
            words = "screen", " candidates"
            for task, outcome in show_progress(
                outcomes, total, total - left, quiet=claim.quiet, words=words
            ):
                claim.lock.stop_if_taken()
                parts.await_part(task, outcome)
                for failure in outcome.failures:
                    if outcome.quarantined:  # no worker was left to write its receipt
                        parts.lost(failure)
    else:
        record_start(
            parts.out, parts.fingerprint, campaign, total
        )  # it may have been damaged since
    receipts = parts.receipts()
    kept = {task: receipts[task] for task in choose_shards(total, receipts)}
    if sum(task.size for task in kept) != total:
        raise StorageError(str(parts.out), "receipts that were written are not there any more")
    runner_info["screened"] = left
    claim.lock.check()
    parts.drop_others(kept)
    return kept, runner_info


def _finish(
    campaign: Campaign, receipts: dict[Task, Receipt], runner_info: dict[str, object]
) -> WideResult:
    gates: Counter[str] = Counter()
    front = BestCandidates.empty()
    optimistic = np.zeros(BINS, dtype=np.int64)
    spent: Counter[str] = Counter()
    for receipt in receipts.values():
        gates.update(receipt.gates)
        front = front.joined(receipt.best, campaign.space.front_runners)
        optimistic += np.array(receipt.optimistic, dtype=np.int64)
        spent.update(receipt.seconds)
    failures = [failure for receipt in receipts.values() for failure in receipt.failures]
    if failures and not gates:
        raise AllFailedError(f"all {len(failures)} candidates failed: {failures[0].reason}")
    ranking, bound = rank_front_runners(campaign, front, optimistic)
    passed = gates.pop("", 0)
    counts = {"passed": passed, "rejected": sum(gates.values()), "failed": len(failures)}
    runner_info |= {
        "stages": {name: round(value, 3) for name, value in spent.items()},
        "peak_rss_mib": max((r.peak_mib for r in receipts.values()), default=0.0),
        "failures": [asdict(failure) for failure in failures],
    }
    return WideResult(ranking, bound, counts, dict(gates), runner_info)


def write_wide(
    campaign: Campaign, out: Place, finished: WideResult, sources: Mapping[str, object]
) -> None:
    """Write ranking, precursors, shortlist, report and, last, the manifest.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    out : Path or Remote
        The folder.
    finished : WideResult
        What came out.
    sources : mapping
        Versions and hashes of code, data and packages.
    """
    fingerprint = campaign.fingerprint(sources)
    manifest: dict[str, object] = {
        "fingerprint": fingerprint,
        "campaign": campaign.to_dict(),
        "sources": dict(sources),
        "seeds": {"monte_carlo": campaign.seed},
        "rows": sum(finished.counts.values()),
        "counts": finished.counts,
        "gates": finished.gates,
        "bound": asdict(finished.bound),
    }
    ranking = add_names(campaign, finished.ranking)
    signed = ranking.replace_schema_metadata({b"fingerprint": fingerprint.encode()})
    findings = Findings(campaign, ranking, manifest)
    rows = wide_shortlist(findings, campaign.top_k)
    contents = {
        "ranking.parquet": to_parquet(signed),
        "ingredients.parquet": to_parquet(ingredient_table(campaign)),
        "shortlist.csv": to_csv(rows, (*COLUMNS, *TO_FILL_IN)).encode("utf-8-sig"),
        "report.html": render_wide(findings).encode(),
    }
    files = write_outputs_of(out, contents)
    manifest |= {**finished.runner_info, "models": learned_models(campaign), "files": files}
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(out / "manifest.json", text.encode())
