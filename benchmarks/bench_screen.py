"""Time and weigh the parts of the screen against peers that compute the same, in one run.

Run `python benchmarks/bench_screen.py`. Times are medians of five, first calls left out.
"""

import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from statistics import median

import numpy as np
from matminer.featurizers.composition.alloy import Miedema
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core import Composition

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.snapshot.snapshot import load_snapshot, phase_system
from maiscreen.descriptors.alloys.ladder import binary_ladder
from maiscreen.descriptors.layer.adhesion import interface_energy_j_m2
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe import describe as stages
from maiscreen.screen.paper import comparison

METALLIC = np.array(["Sn", "Si", "Ti", "Ge", "Pb", "Sb", "Bi", "In", "Zn", "W", "Mo", "V", "Fe"])


def main() -> None:
    """Print a line for each part."""
    snapshot, campaign = load_snapshot(), Campaign()
    batch = stages.halides_of(campaign)
    count = len(batch)
    say = sys.stdout.write

    ours = seconds(lambda: [binary_ladder(snapshot, m) for m in METALS])
    theirs = seconds(lambda: [diagram(m) for m in METALS])
    say(f"hulls of {len(METALS)} Na–M systems: {ours * 1e3:.0f} ms, pymatgen {theirs * 1e3:.0f} ms")
    say(f", ratio {theirs / ours:.0f}\n")

    miedema = Miedema(struct_types="inter")
    pairs = [Composition({"Na": 1, str(m): 1}) for m in METALLIC]
    ours = seconds(lambda: interface_energy_j_m2(METALLIC))
    theirs = seconds(lambda: [miedema.featurize(c) for c in pairs])
    say(f"Miedema enthalpies of {len(METALLIC)} pairs: {ours * 1e6:.0f} µs, ")
    say(f"matminer {theirs * 1e6:.0f} µs, ratio {theirs / ours:.0f}\n")

    describe = seconds(lambda: stages.describe_precursors(campaign, batch))
    described = stages.describe_precursors(campaign, batch)
    choose = seconds(lambda: comparison.rank_with_controls(campaign, described))
    tracemalloc.start()
    comparison.rank_with_controls(campaign, stages.describe_precursors(campaign, batch))
    peak = tracemalloc.get_traced_memory()[1]
    say(f"{count} candidates: described in {describe * 1e3:.0f} ms, ")
    say(f"ranked with {campaign.samples} draws in {choose * 1e3:.0f} ms, ")
    say(f"peak {peak / 2**20:.0f} MiB\n")


def diagram(metal: str) -> PhaseDiagram:
    """Build pymatgen's diagram from the energies that our hull uses."""
    system = phase_system(load_snapshot(), metal)
    rows = zip(system.formula.tolist(), system.counts, system.energy_ev_atom.tolist(), strict=True)
    return PhaseDiagram([PDEntry(Composition(f), e * n.sum()) for f, n, e in rows])


def seconds(call: Callable[[], object]) -> float:
    """Give the median time of five calls after a first one."""
    call()
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return median(times)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
