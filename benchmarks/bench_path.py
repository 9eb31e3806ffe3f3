"""Time the path from sodium to a halide against pymatgen's, in the same run.

Run `python benchmarks/bench_path.py`. Both get what they can prepare once for a system: its
arrays here, its phase diagram there, whose time is told apart. Times are medians.
"""

import sys
import time
import warnings
from statistics import median

from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core.composition import Composition

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.precursors.precursor import Precursor
from maiscreen.candidates.snapshot.snapshot import load_snapshot, phase_arrays, phase_system
from maiscreen.descriptors.reaction.path import reaction_path


def main() -> None:
    """Time both over all halides of the embedded snapshot, and print the ratio."""
    snapshot = load_snapshot()
    columns = phase_arrays(snapshot)
    rows = zip(
        columns.metal.tolist(), columns.halogen.tolist(), columns.counts.tolist(), strict=True
    )
    halides = [Precursor(m, x, a, b) for m, x, (na, a, b) in rows if na == 0 and m in METALS]
    diagrams, built = {}, []
    for p in {(p.metal, p.halogen): p for p in halides}.values():
        start = time.perf_counter()
        diagrams[p.metal, p.halogen] = _diagram(snapshot, p)
        built.append(time.perf_counter() - start)
    ours, theirs = [], []
    for precursor in halides:
        reaction_path(snapshot, precursor)
        ours.append(_seconds(lambda p=precursor: reaction_path(snapshot, p)))
        diagram = diagrams[precursor.metal, precursor.halogen]
        theirs.append(_seconds(lambda p=precursor, d=diagram: _pymatgen(p, d)))
    fast, slow = median(ours), median(theirs)
    text = (
        f"{len(halides)} halides: ours {fast * 1e6:.0f} µs, "
        f"pymatgen {slow * 1e6:.0f} µs, ratio {slow / fast:.0f}; "
        f"with its phase diagram {(slow + median(built)) * 1e6:.0f} µs, "
        f"ratio {(slow + median(built)) / fast:.0f}\n"
    )
    sys.stdout.write(text)


def _diagram(snapshot, precursor):
    system = phase_system(snapshot, precursor.metal, precursor.halogen)
    rows = zip(system.formula.tolist(), system.counts, system.energy_ev_atom.tolist(), strict=True)
    return PhaseDiagram([PDEntry(Composition(f), e * n.sum()) for f, n, e in rows])


def _pymatgen(precursor, diagram):
    return InterfacialReactivity(
        Composition("Na"), Composition(precursor.formula), diagram, norm=True
    ).get_kinks()


def _seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
