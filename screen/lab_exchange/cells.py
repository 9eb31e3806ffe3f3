"""What other programs are given: candidates with attributes, and the cells of equal conditions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.screen.lab_learning.trials import Worths, key_of
from maiscreen.screen.lab_sheet.conditions import Conditions, conditions_of
from maiscreen.screen.lab_sheet.record import LabRecord

Floats = NDArray[np.float64]

ADDITIVE = " additive"
"""End of the key of a layer from the electrolyte, which is no precursor to choose."""

DIGITS = 6
"""Decimals of attributes and logarithms: more are noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """What is exported.

    Attributes
    ----------
    keys : tuple of str
        n candidates: those that passed, and those that were tried.
    attributes : Floats
        Mean ln desirability over the draws, shape (n, 4).
    cells : tuple of LabRecord
        Of one set of equal cells, the one with most precursors.
    conditions : tuple
        Of these cells.
    left_out : int
        Cells of other conditions, or of layers without attributes.
    pending : tuple of str
        Candidates with a cell that runs, each once.
    """

    keys: tuple[str, ...]
    attributes: Floats
    cells: tuple[LabRecord, ...]
    conditions: Conditions
    left_out: int
    pending: tuple[str, ...]


def gather(drawn: Worths, records: Iterable[LabRecord]) -> Exchange:
    """Gather candidates, and cells that can be compared with each other.

    Other programs know no sets of equal cells, so one set is given: that with most precursors, then
    with most cells, then the first by its conditions.

    Raises
    ------
    InputError
        If there are fewer than two candidates.
    """
    kept = [i for i, key in enumerate(drawn.keys) if not key.endswith(ADDITIVE)]
    keys = tuple(drawn.keys[i] for i in kept)
    if len(keys) < 2:
        raise InputError("DIR", len(keys), "has fewer than two candidates with attributes")
    records, known = list(records), {*keys}
    groups: dict[Conditions, list[LabRecord]] = {}
    cycled = [one for one in records if one.cycles]
    for one in cycled:
        if key_of(one) in known:
            groups.setdefault(conditions_of(one), []).append(one)
    chosen = max(sorted(groups, key=repr), key=lambda c: _size(groups[c]), default=())
    cells = groups.get(chosen, [])
    pending = dict.fromkeys(key_of(one) for one in records if one.running)
    return Exchange(
        keys,
        np.asarray(drawn.drawn[:, kept].mean(axis=0)).round(DIGITS),
        tuple(cells),
        chosen,
        len(cycled) - len(cells),
        tuple(key for key in pending if key in known),
    )


def _size(cells: Sequence[LabRecord]) -> tuple[int, int]:
    return len({key_of(one) for one in cells}), len(cells)
