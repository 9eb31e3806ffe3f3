"""Time reactions with sodium against pymatgen's InterfacialReactivity, in the same run.

Run `python benchmarks/bench_reactions.py`. Both get what they can prepare once for a system: facets
and tables here, phase diagrams there, whose times are told apart. Answers are compared on the same
precursors: the halides of the snapshot with a negative formation energy, since pymatgen replaces a
positive one by that of the hull.
"""

import sys
import time
import warnings
from statistics import median

import numpy as np
from kinks import kinks
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core.composition import Composition

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.chemistry.formula import ELEMENTS
from maiscreen.candidates.hulls.facets import join_facets, lower_facets
from maiscreen.candidates.snapshot.snapshot import load_snapshot, phase_arrays, phase_system
from maiscreen.descriptors.reaction.sodium_excess import closed_form_ev, excess_tables, limit_holds

ROWS = 100_000
REPEATS = 7
SODIUM = np.array([1, 0, 0])


def ratio_reaction_closed_form(snapshot, step=1):
    """Time the closed form over the halides for which the limit holds, again and again to ROWS.

    ``step`` takes every so many-th halide, for a quick look.
    """
    tables = excess_tables(snapshot)
    chosen = halides(snapshot)
    holds = limit_holds(tables, chosen["metal"], chosen["halogen_count"])
    chosen = {name: column[holds][::step] for name, column in chosen.items()}
    tiled = {name: np.resize(column, (ROWS, *column.shape[1:])) for name, column in chosen.items()}
    names = ("metal", "metal_count", "halogen_count", "energy_ev_atom")
    columns = [tiled[name] for name in names]
    seconds = typical(lambda: closed_form_ev(tables, *columns)) / ROWS
    ours = closed_form_ev(tables, *(chosen[name] for name in names)) / chosen["atoms"]
    theirs, paths, prepared = pymatgen(snapshot, chosen)
    # Nearest to sodium: energies there are of the mixture, ours of the precursor alone.
    rich = [max((x, e) for x, e in path if x < 1 - 1e-9) for path in paths]
    difference = [abs(own * (1 - x) - e) for own, (x, e) in zip(ours, rich, strict=True)]
    return result(seconds, theirs, max(difference)) | {"their_preparation_s": prepared}


def ratio_reaction_general(snapshot, step=1):
    """Time all kinks of all lines from sodium to the halides, in one batch."""
    chosen = {name: column[::step] for name, column in halides(snapshot).items()}
    pairs = list(zip(chosen["symbol"].tolist(), chosen["halogen"].tolist(), strict=True))
    places = {pair: k for k, pair in enumerate(dict.fromkeys(pairs))}
    system = np.array([places[pair] for pair in pairs])
    lower_facets(np.eye(2), np.zeros(2))  # what is read once
    systems = [phase_system(snapshot, *pair) for pair in places]
    began = time.perf_counter()
    hulls = join_facets([lower_facets(one.counts, one.energy_ev_atom) for one in systems])
    preparation = time.perf_counter() - began
    seconds = typical(lambda: kinks(hulls, SODIUM, chosen["counts"], system)) / len(system)
    crossings = kinks(hulls, SODIUM, chosen["counts"], system)
    theirs, paths, prepared = pymatgen(snapshot, chosen)
    line = np.repeat(np.arange(len(system)), np.diff(crossings.start))
    reaction = crossings.energy_ev_atom - (1 - crossings.mixing) * chosen["energy_ev_atom"][line]
    difference = 0.0
    for row, path in enumerate(paths):
        points = slice(crossings.start[row], crossings.start[row + 1])
        x, energy = np.array(sorted(path)).T
        if len(x) != len(crossings.mixing[points]):
            raise AssertionError(f"other kinks: {chosen['formula'][row]}")
        difference = max(difference, np.abs(crossings.mixing[points] - x).max())
        difference = max(difference, np.abs(reaction[points] - energy).max())
    preparations = {"our_preparation_s": preparation, "their_preparation_s": prepared}
    return result(seconds, theirs, float(difference)) | preparations


def halides(snapshot):
    """Gather the halides of a snapshot with a negative formation energy, as columns."""
    phases = phase_arrays(snapshot)
    rows = np.flatnonzero(
        (phases.counts[:, 0] == 0)
        & (phases.halogen != "")
        & np.isin(phases.metal, METALS)
        & (phases.energy_ev_atom < 0)
    )
    counts = phases.counts[rows]
    halogen = phases.halogen[rows]
    return {
        "formula": phases.formula[rows],
        "symbol": phases.metal[rows],
        "halogen": halogen,
        "counts": counts,
        "metal": np.array([ELEMENTS.index(m) for m in phases.metal[rows].tolist()]),
        "metal_count": np.ascontiguousarray(counts[:, 1]),
        "halogen_count": counts[:, 2][:, None] * (halogen[:, None] == np.array(HALOGENS)),
        "atoms": counts.sum(axis=1),
        "energy_ev_atom": phases.energy_ev_atom[rows],
    }


def pymatgen(snapshot, chosen):
    """Give pymatgen's mean time for a precursor, all its kinks, and the time for its diagrams."""
    diagrams, paths, prepared, seconds = {}, [], 0.0, 0.0
    for formula, metal, halogen in zip(
        *(chosen[name].tolist() for name in ("formula", "symbol", "halogen")), strict=True
    ):
        if (metal, halogen) not in diagrams:
            began = time.perf_counter()
            diagrams[metal, halogen] = diagram(phase_system(snapshot, metal, halogen))
            prepared += time.perf_counter() - began
        began = time.perf_counter()
        crossings = InterfacialReactivity(
            Composition("Na"), Composition(formula), diagrams[metal, halogen], norm=True
        ).get_kinks()
        seconds += time.perf_counter() - began
        paths.append([(float(x), float(e)) for _, x, e, _, _ in crossings])
    return seconds / len(paths), paths, prepared


def diagram(system):
    """Build pymatgen's phase diagram of a system."""
    rows = zip(system.formula.tolist(), system.counts, system.energy_ev_atom.tolist(), strict=True)
    return PhaseDiagram([PDEntry(Composition(f), e * n.sum()) for f, n, e in rows])


def typical(call):
    """Give the median of some times."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return median(times)


def result(ours_s, theirs_s, difference):
    """Name the numbers that both measures have."""
    return {
        "ours_per_s": 1 / ours_s,
        "theirs_per_s": 1 / theirs_s,
        "ratio": theirs_s / ours_s,
        "largest_difference_ev_atom": float(difference),
    }


def main():
    """Print both."""
    warnings.simplefilter("ignore")
    snapshot = load_snapshot()
    for measure in (ratio_reaction_closed_form, ratio_reaction_general):
        values = ", ".join(f"{name} {value:.3g}" for name, value in measure(snapshot).items())
        sys.stdout.write(f"{measure.__name__}: {values}\n")


if __name__ == "__main__":
    main()
