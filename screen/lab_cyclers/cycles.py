"""Cycles of a cell, from the records of its cycler: charge and polarisation of each half."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.screen.lab_cyclers.export import Export

Floats = NDArray[np.float64]

AT_REST = 0.01
"""Share of the largest current below which a cell rests [judgement]."""

LEAST_CHARGE = 0.02
"""Share of the median charge of halves below which one is a pulse and no half [judgement]."""

WHOLE = 0.95
"""Share of the charge of the cycle before from which the last cycle, at whose end the file ends,
is a whole one [judgement]."""

SAME_CURRENT = 0.1
"""Relative difference of currents from which two cycles are of different rates [judgement]."""


@dataclass(frozen=True, slots=True, eq=False)
class Cycles:
    """The whole cycles of a cell at its current, n of them.

    Attributes
    ----------
    charge_mah : Floats
        Of the two halves, the first that ran first, shape (n, 2).
    polarisation_v : Floats
        Mean of the absolute voltage under current, weighted by time, shape (n,).
    current_ma : float
        Median of the largest absolute currents of the cycles.
    charging_first : bool
        Whether the first half has a positive current.
    formation : int
        Cycles at another current before them, which are not counted.
    counted : int or None
        Cycles by the cycler's own counter, formation and a begun one included.
    ended : bool
        Whether the file ends within a cycle, which is not among them.
    """

    charge_mah: Floats
    polarisation_v: Floats
    current_ma: float
    charging_first: bool
    formation: int
    counted: int | None
    ended: bool

    def __len__(self) -> int:
        return len(self.polarisation_v)


def cycles_of(export: Export, name: str) -> Cycles:
    """Divide records into cycles, by the sign of the current.

    A half is what runs with one sign, rests left out; a cycle is two halves. The cycler's counter
    is only shown, since programs without one leave it at 1.

    Raises
    ------
    InputError
        If there is no whole cycle, or the current changes between cycles.
    """
    under = np.abs(export.current_ma) > AT_REST * np.abs(export.current_ma).max()
    if not under.any():
        raise InputError("FILE", name, "has no current in it")
    sign = np.sign(export.current_ma[under])
    dt = np.diff(export.time_s, prepend=export.time_s[0])
    # The step into a half belongs to the rest, or half, before it.
    same = np.concatenate([[False], under[1:] & under[:-1]])
    same[1:] &= np.sign(export.current_ma[1:]) == np.sign(export.current_ma[:-1])
    seconds = np.where(same, dt, 0.0)[under]
    charge = np.abs(export.current_ma[under]) * seconds / 3600
    volts = np.abs(export.voltage_v[under]) * seconds
    half = _halves(sign, charge)
    count = half[-1] + 1
    of_half = [
        np.bincount(half, weights, count).astype(np.float64) for weights in (charge, volts, seconds)
    ]
    n = count // 2
    if n == 0 or not (of_half[2] > 0).all():
        raise InputError("FILE", name, "has no whole cycle: two halves of the current's two signs")
    per_half, volt_s, time_s = (one[: 2 * n].reshape(n, 2) for one in of_half)
    largest = np.zeros(count)
    np.maximum.at(largest, half, np.abs(export.current_ma[under]))
    current = largest[: 2 * n].reshape(n, 2).max(axis=1)
    ended = count % 2 == 1
    if n > 1 and not ended and per_half[-1, 1] < WHOLE * per_half[-2, 1]:
        ended, n = True, n - 1
    start = _main_rate(current[:n], name)
    counted = export.counter
    return Cycles(
        per_half[start:n],
        (volt_s.sum(axis=1) / time_s.sum(axis=1))[start:n],
        float(np.median(current[start:n])),
        bool(sign[0] > 0),
        start,
        None if counted is None else len(np.unique(counted)),
        ended,
    )


def _halves(sign: Floats, charge: Floats) -> NDArray[np.int64]:
    """Return the half of each record; pulses belong to the half that they interrupt."""
    runs = np.concatenate([[0], np.cumsum(np.diff(sign) != 0)])
    total = np.bincount(runs, charge)
    keeps = total >= LEAST_CHARGE * np.median(total[total > 0]) if (total > 0).any() else total >= 0
    if not keeps.any():
        return np.zeros(len(sign), dtype=np.int64)
    first = np.concatenate([[True], np.diff(runs) > 0])
    signs = np.where(keeps, sign[first], 0.0)
    # What is no half takes the sign of the half before it, the first of the one after.
    known = np.maximum.accumulate(np.where(keeps, np.arange(len(keeps)), -1))
    filled = signs[np.where(known < 0, int(np.argmax(keeps)), known)]
    number = np.concatenate([[0], np.cumsum(np.diff(filled) != 0)])
    return np.asarray(number[runs], dtype=np.int64)


def _main_rate(current: Floats, name: str) -> int:
    """Return where the cycles at the usual current begin; before it they are formation."""
    usual = float(np.median(current))
    off = np.flatnonzero(np.abs(current - usual) > SAME_CURRENT * usual)
    start = 0
    while start < len(off) and off[start] == start:
        start += 1
    if start < len(off):
        at = int(off[start])
        remedy = (
            f"its current changes at cycle {at + 1}, from {usual:.3g} to {current[at]:.3g} mA: "
            "cycles to failure belong to one current; export a part, or fill in a sheet"
        )
        raise InputError("FILE", name, remedy)
    return start
