"""Which laboratory results can be compared, and what the campaign says of their layers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_sheet.conditions import conditions_of, nearest
from maiscreen.screen.lab_sheet.record import LabRecord
from maiscreen.screen.scoring.score import log_desirability
from maiscreen.screen.screens.choose import screen_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DRAWS = 2048
"""Draws of the errors of the attributes."""

LEAST_CYCLES = 0.5
"""A cell that failed in its first cycle: zero has no logarithm."""


@dataclass(frozen=True, slots=True, eq=False)
class Worths:
    """Logarithms of the desirabilities of some layers, drawn over the errors of their attributes.

    Attributes
    ----------
    keys : tuple of str
        Keys of their rows in the ranking, n of them.
    drawn : Floats
        Natural logarithms, floored as in the score, shape (draws, n, 4). Layers of one metal share
        its errors.
    """

    keys: tuple[str, ...]
    drawn: Floats

    def take(self, keys: Iterable[str]) -> "Worths":
        """Choose some of them."""
        place = {key: i for i, key in enumerate(self.keys)}
        chosen = tuple(keys)
        return Worths(chosen, self.drawn[:, [place[key] for key in chosen]])


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Cells that can be compared, gathered by how their sodium was treated and how it was cycled.

    A unit is one preparation in one group of equal cells; j of them. Everything is sorted, so that
    the order of the rows of a file changes nothing.

    Attributes
    ----------
    layers : tuple of str
        Keys of the layers in the ranking.
    groups : tuple of tuple
        Conditions of each group, as `conditions_of` gives them.
    layer, preparation, group : Integers
        Of each unit, shape (j,).
    failed : Integers
        Cells of a unit that have failed, shape (j,).
    mean, squares : Floats
        Mean of the logarithm of their cycles, and sum of the squares about it, shape (j,).
    running_unit : Integers
        Units of the cells that have not failed, shape (r,).
    running : Floats
        Logarithm of their cycles so far, shape (r,).
    left_out : tuple of (str, str, int)
        Precursor, why its cells say nothing here, and how many they are.
    tried : dict of str to int
        Cells of each layer that were cycled, whether they can be compared or not.
    pending : dict of str to int
        Cells of each layer that are on the cycler still, with cycles so far or without.
    """

    layers: tuple[str, ...]
    groups: tuple[tuple[object, ...], ...]
    layer: Integers
    preparation: Integers
    group: Integers
    failed: Integers
    mean: Floats
    squares: Floats
    running_unit: Integers
    running: Floats
    left_out: tuple[tuple[str, str, int], ...]
    tried: dict[str, int]
    pending: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.layer)

    @property
    def cells(self) -> int:
        """Cells that are learned from."""
        return int(self.failed.sum()) + len(self.running)


def key_of(record: LabRecord) -> str:
    """Return the key that the layer of a record has in a ranking.

    A solution leaves what the vapour leaves, by its stoichiometry; what is added to the electrolyte
    is another layer.
    """
    return f"{record.precursor} additive" if record.route == "additive" else record.precursor


def trials(records: Iterable[LabRecord], known: Iterable[str]) -> Trials:
    """Gather the cells that can be compared.

    Parameters
    ----------
    records : iterable of LabRecord
        Results that count.
    known : iterable of str
        Keys of the layers that have all four attributes.
    """
    records = list(records)
    cycled = [one for one in records if one.cycles is not None]
    found, why = _usable(cycled, frozenset(known))
    units: dict[tuple[object, ...], list[LabRecord]] = {}
    for one in found:
        units.setdefault((conditions_of(one), *_preparation(one)), []).append(one)
    keys = sorted(units, key=repr)
    groups = sorted({key[0] for key in keys}, key=repr)
    preparations = sorted({key[1:] for key in keys}, key=repr)
    layers = sorted({str(key[1]) for key in keys})
    failed = [sorted(ln_cycles(one) for one in units[key] if not one.censored) for key in keys]
    running = [sorted(ln_cycles(one) for one in units[key] if one.censored) for key in keys]
    mean = np.array([np.mean(one) if one else 0.0 for one in failed], dtype=np.float64)
    return Trials(
        layers=tuple(layers),
        groups=tuple(groups),  # type: ignore[arg-type]  # keys are tuples
        layer=np.array([layers.index(str(key[1])) for key in keys], dtype=np.int64),
        preparation=np.array([preparations.index(key[1:]) for key in keys], dtype=np.int64),
        group=np.array([groups.index(key[0]) for key in keys], dtype=np.int64),
        failed=np.array([len(one) for one in failed], dtype=np.int64),
        mean=mean,
        squares=np.array(
            [sum((y - m) ** 2 for y in one) for one, m in zip(failed, mean, strict=True)],
            dtype=np.float64,
        ),
        running_unit=np.repeat(np.arange(len(keys)), [len(one) for one in running]),
        running=np.array([y for one in running for y in one], dtype=np.float64),
        left_out=tuple((*what, count) for what, count in sorted(why.items())),
        tried=dict(sorted(Counter(map(key_of, cycled)).items())),
        pending=dict(sorted(Counter(key_of(one) for one in records if one.running).items())),
    )


def _usable(
    cycled: list[LabRecord], known: frozenset[str]
) -> tuple[list[LabRecord], Counter[tuple[str, str]]]:
    """Sort out cells without attributes, and those that nothing else can be compared with."""
    why: Counter[tuple[str, str]] = Counter()
    grouped: dict[tuple[object, ...], list[LabRecord]] = {}
    for record in cycled:
        if key_of(record) not in known:
            why[key_of(record), "has no attributes in this campaign"] += 1
        elif record.censored and not record.cycles:
            why[key_of(record), "has run for no cycle"] += 1
        else:
            grouped.setdefault(conditions_of(record), []).append(record)
    usable = []
    for conditions, cells in grouped.items():
        lone = len({key_of(record) for record in cells}) < 2
        if not lone and not all(record.censored for record in cells):
            usable += cells
            continue
        apart = nearest(conditions, [one for one in grouped if one != conditions])
        reason = "no other precursor in equal cells" if lone else "none of these cells has failed"
        reason += f" (the nearest differ in {'; '.join(apart)})" if lone and apart else ""
        why.update((key_of(record), reason) for record in cells)
    return usable, why


def _preparation(record: LabRecord) -> tuple[object, ...]:
    return key_of(record), record.route, record.exposure_s, record.temperature_c


def ln_cycles(record: LabRecord) -> float:
    """Return the natural logarithm of the cycles of a cell, of at least `LEAST_CYCLES`."""
    return float(np.log(max(record.cycles or 0, LEAST_CYCLES)))


def worths(campaign: Campaign, ranking: pa.Table, draws: int = DRAWS) -> Worths:
    """Draw what every layer with four attributes is worth, of candidates and controls.

    Parameters
    ----------
    campaign : Campaign
        State of the layer, and seed.
    ranking : pyarrow.Table
        Its ranking, or some rows of it.
    draws : int
        How many.
    """
    drawn = screen_of(campaign).draw_worths(ranking, draws)
    whole = log_desirability(np.stack([drawn[name] for name in ATTRIBUTES], axis=2))
    there = np.isfinite(whole).all(axis=(0, 2))
    keys = np.array(ranking["key"].to_pylist(), dtype=object)[there]
    return Worths(tuple(keys.tolist()), whole[:, there])
