"""What changes when one snapshot takes the place of another: phases come, gone and moved."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.snapshot.snapshot import PhaseArrays, Snapshot, phase_arrays

MOVED_EV_ATOM = 0.001
"""Formation energies closer than this are the same: calculations converge to about 1 meV."""

ON_HULL_EV_ATOM = 1e-6


@dataclass(frozen=True, slots=True)
class MovedPhase:
    """A phase that both snapshots have.

    Attributes
    ----------
    formula : str
    before_ev_atom, after_ev_atom : float
        Formation energy.
    hull : str
        ``onto the hull``, ``off the hull`` or empty.
    """

    formula: str
    before_ev_atom: float
    after_ev_atom: float
    hull: str


@dataclass(frozen=True, slots=True)
class PhaseChanges:
    """Phases that came, went and moved, each by formula or size of the change.

    Attributes
    ----------
    come, gone : tuple of str
        Formulas.
    moved : tuple of MovedPhase
        Those whose energy or place on the hull changed, the largest change first.
    same : int
        How many stayed.
    """

    come: tuple[str, ...]
    gone: tuple[str, ...]
    moved: tuple[MovedPhase, ...]
    same: int


def phase_changes(before: Snapshot, after: Snapshot) -> PhaseChanges:
    """Compare the phases of two snapshots.

    Examples
    --------
    >>> from maiscreen.candidates.snapshot.snapshot import load_snapshot
    >>> phase_changes(load_snapshot(), load_snapshot()).same
    1342
    """
    a, b = phase_arrays(before), phase_arrays(after)
    both, at_a, at_b = np.intersect1d(a.formula, b.formula, return_indices=True)
    change = b.energy_ev_atom[at_b] - a.energy_ev_atom[at_a]
    hull = _on_hull(b)[at_b].astype(int) - _on_hull(a)[at_a]
    changed = np.flatnonzero((np.abs(change) > MOVED_EV_ATOM) | (hull != 0))
    ordered = changed[np.lexsort((both[changed], -np.abs(change[changed])))]
    words = {1: "onto the hull", -1: "off the hull", 0: ""}
    moved = tuple(
        MovedPhase(
            str(both[k]),
            float(a.energy_ev_atom[at_a[k]]),
            float(b.energy_ev_atom[at_b[k]]),
            words[int(hull[k])],
        )
        for k in ordered.tolist()
    )
    return PhaseChanges(
        tuple(np.setdiff1d(b.formula, a.formula).tolist()),
        tuple(np.setdiff1d(a.formula, b.formula).tolist()),
        moved,
        len(both) - len(moved),
    )


def _on_hull(phases: PhaseArrays) -> NDArray[np.bool_]:
    return phases.above_hull_ev_atom < ON_HULL_EV_ATOM
