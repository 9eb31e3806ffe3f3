"""What the results of a precursor come to: medians of replicates, with those still running."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median, stdev
from typing import Any

import pyarrow as pa

from maiscreen.screen.lab_sheet.conditions import conditions_of
from maiscreen.screen.lab_sheet.record import LabRecord
from maiscreen.screen.text import read_recipe

Ranks = Mapping[str, Mapping[str, Any]]
"""Rank and score by precursor, or by precursor and route."""


@dataclass(frozen=True, slots=True)
class Median:
    """A median of cycles, some of which are lower bounds.

    Attributes
    ----------
    cycles : float
        Kaplan–Meier median, or what it is known to exceed.
    reached : bool
        Whether half of the cells have failed, so that it is no lower bound.
    """

    cycles: float
    reached: bool

    def __str__(self) -> str:
        """Return it as text: ``650``, or ``> 650``."""
        return f"{'' if self.reached else '> '}{self.cycles:g}"


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one precursor by one route.

    Attributes
    ----------
    precursor, route : str
    conditions : tuple
        As `conditions_of` gives them, of the cycles; empty where there are none.
    cells, running : int
        Cells that were cycled, and how many of them had not failed; those that run and give no
        number yet are counted as both, in the first group of a precursor.
    cycles : Median or None
    scatter : float or None
        Factor by which equal cells lie apart: exp of the standard deviation of ln cycles, of those
        that have failed; None of fewer than two.
    impedance_ohm_cm2, thickness_nm : float or None
        Medians.
    phases : tuple of str
        Seen in any of them.
    """

    precursor: str
    route: str
    conditions: tuple[object, ...]
    cells: int
    running: int
    cycles: Median | None
    scatter: float | None
    impedance_ohm_cm2: float | None
    thickness_nm: float | None
    phases: tuple[str, ...]


def kaplan_meier_median(cycles: Sequence[float], censored: Sequence[bool]) -> Median:
    """Return the median of cycles to failure where some cells have not failed.

    The smallest number at which the Kaplan–Meier estimate of the survivors is a half or less. Where
    it is a half exactly, the middle between this number and the next failure, as for a median of
    complete data; where nothing fails later, more than the middle to the last that was seen.

    Parameters
    ----------
    cycles : sequence of float
        Shape (n,), n of 1 or more.
    censored : sequence of bool
        Which are lower bounds, shape (n,).

    References
    ----------
    E. L. Kaplan, P. Meier, J. Am. Stat. Assoc. 53 (1958) 457.

    Examples
    --------
    >>> print(kaplan_meier_median([100, 200], [False, False]))
    150
    >>> print(kaplan_meier_median([100, 650, 650], [False, True, True]))
    > 650
    """
    told = list(zip(cycles, censored, strict=True))
    failed = [float(c) for c, running in told if not running]
    running = [float(c) for c, is_running in told if is_running]
    if not failed:
        return Median(max(running), reached=False)
    if not running:
        return Median(float(median(failed)), reached=True)
    # Local, and not for the paper's cells: a second of every run otherwise.
    from scipy.stats import CensoredData, ecdf

    survivors = ecdf(CensoredData(uncensored=failed, right=running)).sf
    pairs = zip(survivors.quantiles.tolist(), survivors.probabilities.tolist(), strict=True)
    curve = [(at, share) for at, share in pairs if at in failed]
    half = next((i for i, (_, share) in enumerate(curve) if share <= 0.5 + 1e-9), None)
    if half is None:
        return Median(max(failed + running), reached=False)
    at, share = curve[half]
    if share < 0.5 - 1e-9:
        return Median(at, reached=True)
    later = half + 1 < len(curve)
    return Median((at + (curve[half + 1][0] if later else max(running))) / 2, reached=later)


def summarise_results(records: Iterable[LabRecord]) -> list[Group]:
    """Gather the results of each precursor, those of cycles by their conditions."""
    by_precursor: dict[tuple[str, str], list[LabRecord]] = defaultdict(list)
    for one in records:
        by_precursor[one.precursor, one.route].append(one)
    return [group for key, found in by_precursor.items() for group in _groups(*key, found)]


def _groups(precursor: str, route: str, records: list[LabRecord]) -> list[Group]:
    by_conditions: dict[tuple[object, ...], list[LabRecord]] = defaultdict(list)
    for one in records:
        if one.cycles is not None:
            by_conditions[conditions_of(one)].append(one)
    layer = (
        _median(one.impedance_ohm_cm2 for one in records),
        _median(one.thickness_nm for one in records),
        tuple(dict.fromkeys(phase for one in records for phase in one.phases)),
    )
    pending = sum(one.is_pending for one in records)
    return [
        Group(precursor, route, conditions, len(cells) + more,
              sum(c.censored for c in cells) + more, _cycles(cells), scatter_of(cells), *layer)
        for place, (conditions, cells) in enumerate((by_conditions or {(): []}).items())
        for more in [0 if place else pending]
    ]  # fmt: skip


def _cycles(cells: list[LabRecord]) -> Median | None:
    if not cells:
        return None
    counts = [float(one.cycles) for one in cells if one.cycles is not None]
    return kaplan_meier_median(counts, [one.censored for one in cells])


def scatter_of(cells: Iterable[LabRecord]) -> float | None:
    """Return the factor by which equal cells that have failed lie apart, if there are two."""
    logs = [log(one.cycles) for one in cells if one.cycles and not one.censored]
    return float(f"{exp(stdev(logs)):.6g}") if len(logs) > 1 else None


def _median(values: Iterable[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return median(there) if there else None


def ranks(ranking: pa.Table) -> Ranks:
    """Return rank and score of each precursor of a ranking, the best where a recipe has several."""
    names = [n for n in ("key", "recipe", "rank", "score") if n in ranking.column_names]
    best: dict[str, dict[str, Any]] = {}
    for row in ranking.select(names).to_pylist():
        key = read_recipe(row["recipe"]) if "recipe" in row else row["key"]
        had = best.get(key)
        if had is None or (row["rank"] or 1e18) < (had["rank"] or 1e18):
            best[key] = {"rank": row["rank"], "score": row["score"]}
    return best


def find_rank(known: Ranks, precursor: str, route: str) -> Mapping[str, Any]:
    """Return the rank and score of a precursor by a route; None where it has none."""
    other: dict[str, Any] = {"rank": None, "score": None}
    return known.get(f"{precursor} {route}") or known.get(precursor) or other
