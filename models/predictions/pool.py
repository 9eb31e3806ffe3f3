"""What to measure next of a pool of one's own, by what a learned model says of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.model import Prediction, Surrogate
from maiscreen.models.learning.novelty import neighbourhood
from maiscreen.models.learning.targets import Target
from maiscreen.models.learning.training import Training
from maiscreen.models.predictions.improvement import (
    expected_approach,
    expected_improvement,
    upper_confidence_bound,
)
from maiscreen.models.predictions.learned import round_digits
from maiscreen.models.predictions.table import parse_rows
from maiscreen.models.training_files.read import LeftOut
from maiscreen.models.training_files.table import Table

Floats = NDArray[np.float64]

HIGHEST, LOWEST = "highest", "lowest"

METHODS = ("improvement", "bound", "greedy", "random")
"""By what a pool is ordered; docs/models.md has the table that this order is from."""


@dataclass(frozen=True, slots=True, eq=False)
class PoolSuggestions:
    """What to measure next.

    Attributes
    ----------
    table : pyarrow.Table
        ``place``, ``row`` (as a spreadsheet counts it), ``formula``, the predicted target with its
        ``_low`` and ``_high`` (90 % interval), ``improvement`` and ``bound`` on the scale on which
        the target is learned, ``p_better``, ``inside``, ``near_training``.
    best : float
        The best value that is known, or that is predicted where none is known; in the unit.
    known : int
        Compositions of the pool that were measured, and are not proposed.
    left_out : tuple of LeftOut
        Rows whose formula cannot be read, and why.
    """

    table: pa.Table
    best: float
    known: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class _Aim:
    """What is looked for: the highest or the lowest value, or one near to a value."""

    kind: Target
    wanted: str | float

    def utility(self, learned: Floats) -> Floats:
        """Return what values, on the scale on which they are learned, are worth; shape (n,)."""
        if isinstance(self.wanted, str):
            return learned if self.wanted == HIGHEST else -learned
        return -np.abs(learned - self._middle())

    def expected(self, mean: Floats, std: Floats) -> Floats:
        """Return what predictions are expected to be worth, shape (n,)."""
        if isinstance(self.wanted, str):
            return self.utility(mean)
        above = expected_improvement(mean, std, self._middle())
        return mean - self._middle() - 2 * above

    def improvement(self, mean: Floats, std: Floats, best: float) -> Floats:
        """Expect by how much a measurement exceeds the best utility, shape (n,)."""
        if isinstance(self.wanted, str):
            return expected_improvement(self.utility(mean), std, best)
        return expected_approach(mean, std, self._middle(), -best)

    def p_better(self, mean: Floats, std: Floats, best: float) -> Floats:
        """Return the probability that a value is worth more than the best, shape (n,)."""
        from scipy.special import ndtr

        if isinstance(self.wanted, str):
            return np.asarray(ndtr((self.utility(mean) - best) / std))
        middle = self._middle()
        high, low = (ndtr((middle - side * best - mean) / std) for side in (1, -1))
        return np.asarray(np.maximum(high - low, 0.0))

    def _middle(self) -> float:
        return float(self.kind.learned(np.array([float(self.wanted)]))[0])


def suggest_from_pool(
    model: Surrogate,
    pool: Table,
    count: int,
    known: Training | None = None,
    aim: str | float = HIGHEST,
    by: str = METHODS[0],
    seed: int = 0,
) -> PoolSuggestions:
    """Name the compositions of a pool that are most worth a measurement.

    Parameters
    ----------
    model : Surrogate
        Who predicts.
    pool : Table
        With a column of formulas.
    count : int
        How many at most.
    known : Training, optional
        What was measured already, and is not proposed: the best of it is to be exceeded; a bound
        is not taken for the best.
    aim : str or float
        ``highest``, ``lowest``, or the value that is looked for, in the unit of the target.
    by : str
        One of :data:`METHODS`.
    seed : int
        Of ``random``.

    Raises
    ------
    InputError
        If the pool has no formula that can be read and is not measured, the aim is none, or the
        known values are of another target.
    """
    kind = model.card.kind
    looked_for = _aim(kind, aim)
    if known is not None and known.target != kind.name:
        raise InputError("known", known.source, f"are {known.target}, and not {kind.name}")
    readable = parse_rows(pool)
    measured = np.empty(0, dtype=str)
    if known is not None:
        measured = compositions(known.formulas).key
        known = known.measured() if not known.censored.all() else None
    _, first = np.unique(readable.compositions.key, return_index=True)
    first = np.sort(first)
    fresh = first[~np.isin(readable.compositions.key[first], measured)]
    if not len(fresh):
        raise pool.error("has no formula that is not measured yet")
    asked = readable.compositions.take(fresh)
    said = model.predict(asked)
    worth = _worth(looked_for, known, said)
    best = float(worth.max())
    scores = _scores(looked_for, said, best)
    order = _order(by, scores, seed)[:count]
    table = _table(model, asked, said, scores, order, readable.rows[fresh], readable.texts(fresh))
    values = said.value if known is None else known.values
    return PoolSuggestions(
        table, float(values[np.argmax(worth)]), len(first) - len(fresh), readable.left_out
    )


def _aim(kind: Target, aim: str | float) -> _Aim:
    if aim in (HIGHEST, LOWEST):
        return _Aim(kind, str(aim))
    try:
        wanted = float(aim)
    except ValueError:
        wanted = np.nan
    if not kind.low <= wanted <= kind.high:
        remedy = f"is neither {HIGHEST}, {LOWEST}, nor a value from {kind.low:g} to {kind.high:g}"
        raise InputError("aim", aim, f"{remedy} {kind.unit}")
    return _Aim(kind, wanted)


def _worth(aim: _Aim, known: Training | None, said: Prediction) -> Floats:
    """Return the utilities of what is known, or else those that are expected of the pool."""
    if known is not None:
        return aim.utility(aim.kind.learned(known.values))
    return aim.expected(said.mean, said.spread)


def _scores(aim: _Aim, said: Prediction, best: float) -> Mapping[str, Floats]:
    utility = aim.utility(said.mean)
    return {
        "bound": upper_confidence_bound(utility, said.spread),
        "improvement": aim.improvement(said.mean, said.spread, best),
        "greedy": utility,
        "p_better": aim.p_better(said.mean, said.spread, best),
    }


def _order(by: str, scores: Mapping[str, Floats], seed: int) -> NDArray[np.intp]:
    if by not in METHODS:
        raise InputError("by", by, f"is none; take one of {', '.join(METHODS)}")
    if by == "random":
        return np.random.default_rng(seed).permutation(len(scores["greedy"]))
    return np.argsort(-round_digits(scores[by]), kind="stable")


def _table(
    model: Surrogate,
    asked: Compositions,
    said: Prediction,
    scores: Mapping[str, Floats],
    order: NDArray[np.intp],
    rows: NDArray[np.int64],
    texts: list[str],
) -> pa.Table:
    name, unit = model.card.target, {"unit": model.card.unit}
    near = neighbourhood(model).holds(asked.take(order))
    numbers: dict[str, tuple[Floats, Mapping[str, str]]] = {
        name: (said.value, unit),
        f"{name}_low": (said.low, unit),
        f"{name}_high": (said.high, unit),
        **{key: (scores[key], {}) for key in ("improvement", "bound", "p_better")},
    }
    columns: dict[str, pa.Array] = {
        "place": pa.array(range(1, len(order) + 1), pa.int64()),
        "row": pa.array(rows[order], pa.int64()),
        "formula": pa.array([texts[i] for i in order.tolist()], pa.string()),
        **{key: pa.array(round_digits(one[order])) for key, (one, _) in numbers.items()},
        "inside": pa.array(said.inside[order]),
        "near_training": pa.array(near),
    }
    units = {key: about for key, (_, about) in numbers.items() if about}
    fields = [pa.field(key, one.type, metadata=units.get(key)) for key, one in columns.items()]
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))
