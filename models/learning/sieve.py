"""Rows of a user that are checked one check after the other, and made training data."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.duplicates import (
    WAYS,
    disagreeing_rows,
    group_compositions,
    merge_duplicates,
)
from maiscreen.models.learning.targets import Target
from maiscreen.models.learning.training import Training

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

_UNIT = "is the unit right?"


class Sieve:
    """Rows that are checked one check after the other, each left out with its first reason.

    Parameters
    ----------
    rows : NDArray[np.int64]
        Numbers of the rows in the file, shape (n,).
    formulas, texts : sequence of str
        Formulas, and values as they were given, shape (n,).
    values : Floats
        In the target's unit once they are checked, shape (n,).
    error : callable
        Makes the error that names the file, from what to do about it.

    Attributes
    ----------
    stds, weights : Floats
        NaN and 1 until they are known, shape (n,).
    bounds : NDArray[np.int8]
        -1 where the value is an upper bound, 1 where it is a lower one, shape (n,).
    groups : list of str or None
        What the user groups the rows by, shape (n,).
    reasons : dict of int to str
        Place → why the row is left out.
    """

    def __init__(
        self,
        rows: NDArray[np.int64],
        formulas: Sequence[str],
        texts: Sequence[str],
        values: Floats,
        error: Callable[[str], InputError],
    ) -> None:
        self.rows, self.formulas, self.texts = rows, list(formulas), texts
        self.values, self.error = values, error
        self.stds = np.full(len(rows), np.nan)
        self.weights = np.ones(len(rows))
        self.bounds = np.zeros(len(rows), dtype=np.int8)
        self.groups: list[str] | None = None
        self.reasons: dict[int, str] = {}

    def leave_out(self, place: int, reason: str) -> None:
        """Leave a row out, unless it is already."""
        self.reasons.setdefault(place, reason)

    @property
    def left(self) -> NDArray[np.intp]:
        """Places of the rows that are still in."""
        mask = np.ones(len(self.rows), dtype=bool)
        mask[list(self.reasons)] = False
        return np.flatnonzero(mask)


def check_training(
    target: Target, sieve: Sieve, source: str, duplicates: str = "median"
) -> tuple[Training, int, int]:
    """Make training data of what passes every check.

    Parameters
    ----------
    target : Target
        What the values are.
    sieve : Sieve
        The rows; what is left out is added to it.
    source : str
        Where they come from.
    duplicates : str
        One of :data:`maiscreen.models.learning.duplicates.WAYS`.

    Returns
    -------
    tuple
        One row for each composition (all of them, where duplicates are kept), how many rows were
        joined with another, and how many compositions have rows that disagree.

    Raises
    ------
    InputError
        If nothing is left, most values are impossible, all are the same, or rows disagree that
        may not.
    """
    if duplicates not in WAYS:
        raise InputError("duplicates", duplicates, f"take one of {', '.join(WAYS)}")
    _check_limits(target, sieve)
    group = group_compositions(_keys(sieve, _check_formulas(sieve)))
    _leave_out_bounds(sieve, group)
    _check_some(sieve)
    disagree = _count_disagreeing(target, sieve, group, duplicates == "refuse")
    kept = _keep(sieve) if duplicates == "keep" else _merge(target, sieve, group, duplicates)
    rows, values, stds, weights = kept
    if len(values) > 1 and np.ptp(values) == 0:
        raise sieve.error(f"holds one value alone ({values[0]:g}): there is nothing to learn")
    training = Training(
        target.name,
        tuple(sieve.formulas[place] for place in rows.tolist()),
        values,
        stds,
        weights,
        source,
        None if target.is_built_in else target,
        sieve.bounds[rows] if sieve.bounds[rows].any() else None,
        None if sieve.groups is None else np.array(sieve.groups, dtype=np.str_)[rows],
    )
    return training, len(sieve.left) - len(rows), disagree


def _keys(sieve: Sieve, composition: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return what makes rows the same: composition, polymorph, and the user's own group."""
    if sieve.groups is None:
        return composition
    return np.asarray(composition + "\n" + np.array(sieve.groups, dtype=object))


def _keep(sieve: Sieve) -> tuple[Rows, Floats, Floats, Floats]:
    left = sieve.left
    return left, sieve.values[left], sieve.stds[left], sieve.weights[left]


def _merge(
    target: Target, sieve: Sieve, group: Rows, way: str
) -> tuple[Rows, Floats, Floats, Floats]:
    """Merge the rows of each composition; of bounds the narrowest is kept."""
    parts = []
    for side in (0, -1, 1):
        rows = sieve.left[sieve.bounds[sieve.left] == side]
        if not len(rows):
            continue
        values, stds, weights = sieve.values[rows], sieve.stds[rows], sieve.weights[rows]
        if side == 0:
            chosen = "median" if way == "refuse" else way
            first, *numbers = merge_duplicates(target, group[rows], values, stds, weights, chosen)
        else:
            order = np.lexsort((rows, -side * values))
            first = np.sort(order[np.unique(group[rows][order], return_index=True)[1]])
            numbers = [values[first], stds[first], weights[first]]
        parts.append((rows[first], *numbers))
    rows, *rest = (np.concatenate(one) for one in zip(*parts, strict=True))
    order = np.argsort(rows)
    values, stds, weights = (one[order] for one in rest)
    return rows[order], values, stds, weights


def _leave_out_bounds(sieve: Sieve, group: Rows) -> None:
    """Leave out bounds on what was measured as well."""
    left = sieve.left
    measured = np.unique(group[left[sieve.bounds[left] == 0]])
    for i in left[(sieve.bounds[left] != 0) & np.isin(group[left], measured)].tolist():
        sieve.leave_out(i, "is a bound on what other rows give a value of")


def _count_disagreeing(target: Target, sieve: Sieve, group: Rows, refuse: bool) -> int:
    """Count the compositions whose rows disagree; or refuse them."""
    left = sieve.left[sieve.bounds[sieve.left] == 0]
    if not len(left):
        return 0
    values, stds = sieve.values[left], sieve.stds[left]
    apart = left[disagreeing_rows(target, group[left], values, stds)]
    if refuse and len(apart):
        same = left[group[left] == group[apart[0]]]
        shown = ", ".join(f"{sieve.values[i]:g} (row {sieve.rows[i]})" for i in same[:4].tolist())
        raise sieve.error(
            f"has rows of one composition that disagree: {sieve.formulas[apart[0]]} has {shown}; "
            f"mend them, or take duplicates = {', '.join(WAYS[:-1])}"
        )
    return len(np.unique(group[apart]))


def _check_limits(target: Target, sieve: Sieve) -> None:
    """Leave out what no substance has; refuse the file if that is most of it."""
    with np.errstate(invalid="ignore"):
        wrong = (sieve.values < target.low) | (sieve.values > target.high)
    counted = int((~np.isnan(sieve.values)).sum())
    limits = f"{target.low:g} to {target.high:g} {target.unit}"
    if 2 * int(wrong.sum()) > counted and counted > 1:
        example = sieve.values[wrong][0]
        raise sieve.error(
            f"most values are outside of what a substance has ({limits}), such as {example:g} in "
            f"row {sieve.rows[wrong][0]}: {_UNIT}"
        )
    for i in np.flatnonzero(wrong).tolist():
        value = sieve.values[i]
        negative = target.low >= 0 and value <= 0
        what = "is not above 0" if negative and target.log10 else f"is outside of {limits}"
        sieve.leave_out(i, f"{value:g} {target.unit} {what}")


def _check_formulas(sieve: Sieve) -> NDArray[np.object_]:
    """Parse each formula once; give the canonical one of every row, any for those left out.

    A polymorph's, with its prefix: sieve.formulas has the formulas without from then on.
    """
    from maiscreen.candidates.chemistry.formula import parse_formulas

    texts = np.array(sieve.formulas, dtype=object)
    places: dict[str, int] = {}
    each = np.array([places.setdefault(text, len(places)) for text in texts], dtype=np.intp)
    prefixes, bare = zip(*map(split_polymorph, places), strict=True)
    compositions, wrong = parse_formulas(list(bare))
    why = {text: wrong[place] for text, place in places.items() if place in wrong}
    for i in np.flatnonzero(np.isin(each, list(wrong))).tolist():
        sieve.leave_out(i, _why_unreadable(texts[i], why[texts[i]]))
    if len(wrong) == len(places):
        raise sieve.error(
            f"has no formula that can be read; {_why_unreadable(texts[0], why[texts[0]])}"
        )
    sieve.formulas = [bare[place] for place in each.tolist()]
    keys = np.full(len(places), "", dtype=object)
    keys[[place for place in range(len(places)) if place not in wrong]] = compositions.key
    return np.asarray((keys + np.array(prefixes, dtype=object))[each])


_GREEK = (
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|sigma|tau|phi|chi|psi|omega|"
    "[αβγδεζηθκλμστφχψω]"
)
_SYSTEMS = (
    "cubic|tetragonal|orthorhombic|monoclinic|hexagonal|rhombohedral|trigonal|triclinic|amorphous|"
    "glassy|glass|layered|spinel|rutile|anatase|brookite|zincblende|wurtzite|rocksalt"
)
_PREFIXED = re.compile(
    rf"(?P<prefix>(?:{_GREEK})[′']{{0,2}}[0-9]?|[a-z]{{1,2}}[0-9]?|[LH][TP]|[OPT][0-9]′?|"
    rf"[0-9]{{1,2}}[HRCT]|(?i:{_SYSTEMS}))\s*[-‐‑–_ ]\s*(?P<formula>[A-Z(\[].*)"
)
"""Greek and small letters, low and high temperature or pressure, layers as C. Delmas (O3, P2) and
L. Ramsdell (2H, 3R) count them, words of crystal systems and structures."""

_SUFFIXED = re.compile(r"(?P<formula>[A-Z(\[].*?)\s*\((?P<suffix>[a-z][a-z -]{2,20})\)")
"""Words in brackets: (mono), (layered). No group of a formula begins with a small letter."""


def split_polymorph(text: str) -> tuple[str, str]:
    """Split what names a polymorph off a formula; empty where there is nothing.

    Examples
    --------
    >>> split_polymorph("α-Na3PS4"), split_polymorph("LiMnBO3 (hex)"), split_polymorph("LiCoO2")
    (('α', 'Na3PS4'), ('hex', 'LiMnBO3'), ('', 'LiCoO2'))
    """
    before, after = _PREFIXED.fullmatch(text), None
    formula = before["formula"] if before else text
    after = _SUFFIXED.fullmatch(formula)
    words = [before["prefix"]] if before else []
    words += [after["suffix"]] if after else []
    return " ".join(words), after["formula"] if after else formula


def _why_unreadable(text: str, reason: str) -> str:
    if not text:
        return "has no formula"
    no_formula = "is no formula"
    return f"{text!r} {no_formula}: {reason.removeprefix(no_formula).lstrip('; ')}"


def _check_some(sieve: Sieve) -> None:
    """Refuse rows that are all left out."""
    if len(sieve.reasons) < len(sieve.rows):
        return
    place, reason = min(sieve.reasons.items())
    raise sieve.error(f"no row is left; row {sieve.rows[place]}: {reason}")
