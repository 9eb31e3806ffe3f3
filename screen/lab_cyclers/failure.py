"""Cycles to failure by a rule that is written down: decision 52.

A symmetric cell fails by a short circuit, when its voltage collapses, or by polarisation, when it
grows too high. A half or full cell fails when its capacity or its Coulombic efficiency is lost.
Each has to last: one odd cycle is no failure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.screen.lab_cyclers.cycles import Cycles

Floats = NDArray[np.float64]

LASTS = 3
"""Cycles in a row, or all to the end, for which a criterion has to hold [judgement]."""

COLLAPSE = 0.5
"""Share of the mean voltage of the cycles before, below which a cell is short-circuited
[judgement]: activation lowers it more slowly, a short circuit leaves millivolts."""

BEFORE = 5
"""Cycles whose median a voltage is compared with, in the first cycles those that there are
[judgement]."""

POLARISED = 5.0
"""Multiple of the lowest median so far, above which a cell is polarised [judgement]."""

CAPACITY_LEFT = 0.8
"""Share of the capacity of the first cycles that ends a life [judgement]: the usual end of life of
batteries."""

FIRST = 3
"""Cycles whose median capacity is the first [judgement]."""

EFFICIENCY = 0.9
"""Coulombic efficiency below which charge goes into a short circuit, or sodium is lost
[judgement]."""

RULES = {
    "symmetric": (
        f"short circuit: mean |V| under current below {COLLAPSE:g} of the median of the {BEFORE} "
        f"cycles before, or of as many as there are; overpotential: above {POLARISED:g} times its "
        f"lowest such median; for {LASTS} cycles, or to the end"
    ),
    "half": (
        f"short circuit: less than {EFFICIENCY:.0%} of the charge put in comes out, for {LASTS} "
        "cycles, or to the end"
    ),
    "full": (
        f"capacity loss: discharge capacity below {CAPACITY_LEFT:.0%} of the median of the first "
        f"{FIRST} cycles; short circuit: Coulombic efficiency below {EFFICIENCY:.0%}; for {LASTS} "
        "cycles, or to the end"
    ),
}
"""What a cell of each type fails by, in words."""


@dataclass(frozen=True, slots=True)
class Life:
    """How long a cell lived.

    Attributes
    ----------
    cycles : int
        Whole cycles before the first that fails; all of them if none does.
    censored : bool
        Whether it had not failed when the file ends.
    criterion : str
        ``short circuit``, ``overpotential`` or ``capacity loss``; empty if it had not failed.
    evidence : str
        The numbers that show it.
    """

    cycles: int
    censored: bool
    criterion: str
    evidence: str


def life_of(cycles: Cycles, cell: str, name: str) -> Life:
    """Return how many cycles a cell made before it failed.

    Parameters
    ----------
    cycles : Cycles
    cell : str
        ``symmetric``, ``half`` or ``full``.
    name : str
        Of the file, for messages.

    Raises
    ------
    InputError
        If a symmetric cell has one cycle alone: there is nothing to compare its voltage with.
    """
    if cell == "symmetric" and len(cycles) < 2:
        remedy = "has 1 whole cycle, too few cycles to judge; fill in a sheet"
        raise InputError("FILE", name, remedy)
    tests = {"symmetric": _symmetric, "half": _half, "full": _full}[cell](cycles)
    failures = [(at, name, said) for name, (at, said) in tests.items() if at is not None]
    if not failures:
        said = "; ".join(dict.fromkeys(said for _, said in tests.values()))
        return Life(len(cycles), True, "", f"no failure in {len(cycles)} cycles: {said}")
    at, name, said = min(failures)
    return Life(at, False, name, f"cycle {at + 1}: {said}")


_Tested = tuple[int | None, str]


def first_lasting(fails: NDArray[np.bool_]) -> int | None:
    """Return where a criterion first holds for `LASTS` cycles, or to the end; None if nowhere.

    Examples
    --------
    >>> first_lasting(np.array([False, True, False, True, True]))
    3
    """
    lasts = fails.copy()
    for later in range(1, LASTS):
        lasts[:-later] &= fails[later:]
    found = np.flatnonzero(lasts)
    return int(found[0]) if len(found) else None


def _symmetric(cycles: Cycles) -> dict[str, _Tested]:
    volts = cycles.polarisation_v
    before, lowest = _references(volts)
    later = volts[1:]
    collapsed = _after_collapse(later, before)
    polarised = first_lasting(later > POLARISED * lowest)
    steady = f"mean |V| {_mv(volts[0])} at first, {_mv(volts[-1])} at last"
    return {
        "short circuit": _tested(collapsed, volts, before, steady),
        "overpotential": _tested(polarised, volts, lowest, steady),
    }


def _references(volts: Floats) -> tuple[Floats, Floats]:
    """Return what each cycle but the first is compared with, in V: the median before, the lowest.

    Medians of fewer than `BEFORE` cycles are for the first cycles alone: once there are whole ones,
    the lowest is of those.

    Examples
    --------
    >>> before, lowest = _references(np.array([3.0, 1.0, 5.0, 5.0, 5.0, 5.0, 5.0]))
    >>> before.tolist(), lowest.tolist()
    ([3.0, 2.0, 3.0, 4.0, 5.0, 5.0], [3.0, 2.0, 2.0, 2.0, 5.0, 5.0])
    """
    padded = np.concatenate([np.full(BEFORE - 1, np.nan), volts[:-1]])
    windows = np.lib.stride_tricks.sliding_window_view(padded, BEFORE)
    before = np.nanmedian(windows, axis=1)
    parts = np.split(before, [BEFORE - 1])
    return before, np.concatenate([np.minimum.accumulate(part) for part in parts])


def _after_collapse(later: Floats, before: Floats) -> int | None:
    """Return where the voltage falls below the share of what it was, and stays there."""
    for at in np.flatnonzero(later < COLLAPSE * before).tolist():
        following = later[at : at + LASTS]
        if (following < COLLAPSE * before[at]).all():
            return int(at)
    return None


def _tested(at: int | None, volts: Floats, reference: Floats, steady: str) -> _Tested:
    if at is None:
        return None, steady
    return at + 1, f"mean |V| {_mv(volts[at + 1])}, {_mv(reference[at])} before"


def _mv(volts: float) -> str:
    return f"{1e3 * volts:.3g} mV"


def _half(cycles: Cycles) -> dict[str, _Tested]:
    """Judge a half cell: the first half plates, the second strips."""
    efficiency = cycles.charge_mah[:, 1] / cycles.charge_mah[:, 0]
    return {"short circuit": _by_efficiency(efficiency)}


def _full(cycles: Cycles) -> dict[str, _Tested]:
    if cycles.charging_first:
        charge, discharge = cycles.charge_mah.T
        efficiency = discharge / charge
    else:
        # A cell that is discharged first is charged in the cycle before.
        discharge, charge = cycles.charge_mah.T
        efficiency = np.concatenate([[1.0], discharge[1:] / charge[:-1]])
    first = float(np.median(discharge[:FIRST]))
    at = first_lasting(discharge < CAPACITY_LEFT * first)
    now = discharge[at if at is not None else -1]
    return {
        "capacity loss": (at, f"{now:.3g} mAh left of {first:.3g} mAh"),
        "short circuit": _by_efficiency(efficiency),
    }


def _by_efficiency(efficiency: Floats) -> _Tested:
    at = first_lasting(efficiency < EFFICIENCY)
    now = efficiency[at if at is not None else -1]
    return at, f"Coulombic efficiency {now:.3f}"
