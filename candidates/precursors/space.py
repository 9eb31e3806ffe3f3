"""The space of precursors: every MXₙ, indexed, so that a task needs only two numbers."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS, oxidation_states
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.chemistry.substance import RADICAL_FORMERS, is_radical
from maiscreen.candidates.handbook.points import points
from maiscreen.candidates.handbook.thermochemistry import experiment
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.snapshot.snapshot import Snapshot, load_snapshot, phase_arrays

MAX_OXIDATION_STATE = 8
"""No element is found beyond +8 in a halide."""

POLYNUCLEAR = (
    "B2F4", "B2Cl4", "B2Br4", "Si2F6", "Si2Cl6", "Si2Br6", "Si2I6", "Si3F8", "Si3Cl8", "Si3Br8",
    "Si4F10", "Ge2Cl6", "P2F4", "P2Cl4", "P2I4", "As2I4", "S2F2", "S2Cl2", "S2Br2", "S2F10",
    "Se2Cl2", "Se2Br2", "Te2F10", "N2F2", "N2F4", "C2F2", "C2F4", "C2F6", "C2Cl2", "C2Cl4", "C2Cl6",
    "C2Br2", "C2Br4", "C2I2", "C2I4", "Hg2F2", "Hg2Cl2", "Hg2Br2", "Hg2I2",
)  # fmt: skip
"""Homoleptic molecules with more than one M, beside the product space: those with a melting or
boiling point in the tables of the package chemicals (``why_outside`` tells of the others), and
some more of the CRC Handbook."""

LARGEST_CARBON = 2
"""Carbon atoms from which a formula is no identity: C3F6 is a propene and a cyclopropane."""

ADDITIVE_CONTROL = Precursor("Sn", "Cl", 1, 2, route="additive", origin="control")
"""The paper's control by the other route: SnCl2 dissolved in the electrolyte."""


def why_outside(precursor: Precursor) -> str:
    """Tell in one word why a halide of the tables is not in the space; empty if it belongs there.

    ``halogen``: M is one; ``organic``: of more than two carbon atoms; ``azide``; ``radical``;
    ``oligomer``: of a halide of the space, in its vapour; ``gaseous``: known from tables of hot
    gases alone; ``unmeasured``: registered, and in no table.

    Examples
    --------
    >>> [why_outside(Precursor.parse(f)) for f in ("Si3F8", "ICl", "Al2Cl6", "BeF", "EuCl")]
    ['', 'halogen', 'oligomer', 'gaseous', 'unmeasured']
    """
    formula, m, a = precursor.formula, precursor.metal, precursor.metal_count
    oligomer = a > 1 and m not in RADICAL_FORMERS and formula not in POLYNUCLEAR
    phases = {phase for phase in "slg" if (formula, phase) in experiment().chosen}
    reasons = {
        "halogen": m in HALOGENS,
        "organic": m == "C" and a > LARGEST_CARBON,
        "azide": m == "N" and a == 3,
        "radical": is_radical(parse_formula(formula)),
        "oligomer": oligomer and a == np.gcd(a, precursor.halogen_count) and "g" in phases,
        "gaseous": phases == {"g"} and formula not in points(),
        "unmeasured": not phases and formula not in points(),
    }
    return next((word for word, holds in reasons.items() if holds), "")


@cache
def _observed_counts(snapshot: Snapshot) -> dict[str, frozenset[int]]:
    """Halogen counts n for which the snapshot holds some MXₙ, by metal."""
    phases = phase_arrays(snapshot)
    sodium, metal, halogen = phases.counts.T
    halides = (sodium == 0) & (metal == 1) & (halogen > 0)
    counts: dict[str, set[int]] = {}
    for m, n in zip(phases.metal[halides].tolist(), halogen[halides].tolist(), strict=True):
        counts.setdefault(m, set()).add(n)
    return {m: frozenset(n) for m, n in counts.items()}


def halogen_counts(snapshot: Snapshot, metal: str) -> tuple[int, ...]:
    """Plausible n of MXₙ: oxidation states known for M, and those of computed halides."""
    counts = {*oxidation_states(metal), *_observed_counts(snapshot).get(metal, frozenset())}
    return tuple(sorted(n for n in counts if 1 <= n <= MAX_OXIDATION_STATE))


@dataclass(frozen=True, slots=True)
class HalideSpace:
    """Metals with their halogen counts × halogens, then the extra molecules and the control.

    Attributes
    ----------
    metal : NDArray[np.str_]
        One for each pair (metal, n), shape (pairs,).
    count : NDArray[np.int64]
        n of the pair, shape (pairs,).
    halogens : tuple[str, ...]
        X.
    extra : tuple[Precursor, ...]
        What no pair gives.
    """

    metal: NDArray[np.str_]
    count: NDArray[np.int64]
    halogens: tuple[str, ...]
    extra: tuple[Precursor, ...]

    @property
    def size(self) -> int:
        """How many precursors there are."""
        return len(self.metal) * len(self.halogens) + len(self.extra)

    def slice(self, start: int, stop: int) -> Precursors:
        """Decode the precursors from index ``start`` up to, not including, ``stop``."""
        product = len(self.metal) * len(self.halogens)
        index = np.arange(start, min(stop, product))
        pair, x = np.divmod(index, len(self.halogens))
        grid = Precursors(
            self.metal[pair],
            np.array(self.halogens)[x],
            np.ones(len(index), dtype=np.int64),
            self.count[pair],
            np.full(len(index), "vapour"),
            np.full(len(index), "enumerated"),
        )
        tail = self.extra[max(0, start - product) : max(0, stop - product)]
        return grid.joined(Precursors.of(tail)) if tail else grid


def halide_space(
    snapshot: Snapshot | None = None,
    metals: tuple[str, ...] = METALS,
    halogens: tuple[str, ...] = HALOGENS,
) -> HalideSpace:
    """Span the space of all homoleptic halides of some metals and halogens."""
    snapshot = snapshot or load_snapshot()
    pairs = [(m, n) for m in metals for n in halogen_counts(snapshot, m)]
    molecules = [Precursor.parse(f, origin="molecule") for f in POLYNUCLEAR]
    extra = [p for p in (*molecules, ADDITIVE_CONTROL) if p.metal in metals]
    return HalideSpace(
        np.array([m for m, _ in pairs], dtype=np.str_),
        np.array([n for _, n in pairs], dtype=np.int64),
        halogens,
        tuple(p for p in extra if p.halogen in halogens),
    )
