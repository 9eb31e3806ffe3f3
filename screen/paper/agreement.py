"""How well scores order published lives: Kendall's τ with censoring, its interval and chance.

Two cells are compared where all conditions are equal (:attr:`PublishedCell.conditions`) and it is
known which lived longer: one that was still alive outlived those that had failed by then, and says
nothing against those that lived longer. Equal scores are half right, so

    τ = (agreeing − contradicting) / all pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, isnan, nan, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.precursors.precursor import Precursor
from maiscreen.candidates.rounding import significant
from maiscreen.screen.campaign.campaign import FIDELITIES, STATES, Campaign
from maiscreen.screen.paper.comparison import bare_sodium_bound, score_layers
from maiscreen.screen.paper.controls import CHLOROPROPANE
from maiscreen.screen.paper.published import PublishedCell, embedded_cells
from maiscreen.screen.scoring.draws import Stream, random_stream

Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]

RESAMPLES = 2000
"""Tables drawn from the rows for the interval, and orders of lives drawn for chance."""

WORST = 10
"""Contradicted pairs that are named."""

_CHLOROPROPANE = {CHLOROPROPANE.formula.casefold(), "1-chloropropane", "chloropropane"}


@dataclass(frozen=True, slots=True)
class Lives:
    """Lives of cells in groups of equal conditions, shape (n,) each."""

    life: Floats
    censored: NDArray[np.bool_]
    group: NDArray[np.int64]

    @classmethod
    def of(cls, cells: Sequence[PublishedCell]) -> "Lives":
        """Gather the cells that are scored."""
        groups = {one: i for i, one in enumerate(dict.fromkeys(c.conditions for c in cells))}
        return cls(
            np.array([cell.life for cell in cells], dtype=np.float64),
            np.array([cell.censored for cell in cells], dtype=np.bool_),
            np.array([groups[cell.conditions] for cell in cells], dtype=np.int64),
        )

    def take(self, rows: NDArray[np.int64]) -> "Lives":
        """Keep some rows, in the order given."""
        return Lives(self.life[rows], self.censored[rows], self.group[rows])

    def pairs(self) -> Pairs:
        """Return the pairs of which it is known who lived longer, that one first, shape (p, 2)."""
        longer = self.life[:, None] > self.life[None, :]
        # One that ran as long as another lived until it failed has outlived it.
        longer |= (self.life[:, None] == self.life[None, :]) & self.censored[:, None]
        known = longer & ~self.censored[None, :] & (self.group[:, None] == self.group[None, :])
        return np.argwhere(known)


def kendall_tau(scores: Floats, pairs: Pairs) -> Floats:
    """Return Kendall's τ over pairs of which the first lived longer; NaN without one.

    Parameters
    ----------
    scores : Floats
        Shape (..., n).
    pairs : Pairs
        Shape (p, 2).

    Examples
    --------
    >>> round(float(kendall_tau(np.array([0.9, 0.5, 0.5]), np.array([[0, 1], [0, 2], [2, 1]]))), 3)
    0.667
    """
    if not len(pairs):
        return np.full(scores.shape[:-1], nan)
    rounded = significant(scores)
    better = np.sign(rounded[..., pairs[:, 0]] - rounded[..., pairs[:, 1]])
    return np.asarray(better.mean(axis=-1))


def bootstrap_interval(scores: Floats, lives: Lives, seed: int) -> Floats:
    """Return 5th and 95th percentile of τ over tables drawn from the rows, with replacement.

    A row that is drawn twice is no pair with itself.

    Parameters
    ----------
    scores : Floats
        Shape (..., n).
    lives : Lives
    seed : int

    Returns
    -------
    Floats
        Shape (2, ...); NaN where fewer than half of the tables have a pair.
    """
    rng = random_stream(seed, Stream.RESAMPLED_CELLS)
    taus = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, len(lives.life), len(lives.life))
        pairs = lives.take(rows).pairs()
        pairs = pairs[rows[pairs[:, 0]] != rows[pairs[:, 1]]]
        if len(pairs):
            taus.append(kendall_tau(scores[..., rows], pairs))
    if len(taus) < RESAMPLES // 2:
        return np.full((2, *scores.shape[:-1]), nan)
    return np.percentile(np.stack(taus), (5, 95), axis=0)


def chance_probability(scores: Floats, lives: Lives, seed: int) -> Floats:
    """Return the chance that lives dealt anew in their groups agree as well as these, or better.

    Every order is tried where there are few; else so many are drawn, and this one.

    Parameters
    ----------
    scores : Floats
        Shape (..., n).
    lives : Lives
    seed : int
    """
    reached = kendall_tau(scores, lives.pairs())
    members = [np.flatnonzero(lives.group == g) for g in np.unique(lives.group)]
    taus = [kendall_tau(scores, _dealt(lives, o).pairs()) for o in _orders(members, seed)]
    as_good = np.stack(taus) >= reached - 1e-9
    return np.where(np.isnan(reached), nan, as_good.mean(axis=0))


def _orders(members: Sequence[NDArray[np.int64]], seed: int) -> list[NDArray[np.int64]]:
    """Return where each row's life comes from: in every order, or in many drawn ones and this."""
    count = sum(len(rows) for rows in members)
    if prod(factorial(len(rows)) for rows in members) <= RESAMPLES:
        orders = [np.arange(count)]
        for rows in members:
            orders = [_placed(o, rows, p) for o in orders for p in permutations(rows.tolist())]
        return orders
    rng, orders = random_stream(seed, Stream.DEALT_LIVES), [np.arange(count)]
    for _ in range(RESAMPLES):
        order = np.arange(count)
        for rows in members:
            order[rows] = rng.permutation(rows)
        orders.append(order)
    return orders


def _placed(
    order: NDArray[np.int64], rows: NDArray[np.int64], chosen: Sequence[int]
) -> NDArray[np.int64]:
    changed = order.copy()
    changed[rows] = chosen
    return changed


def _dealt(lives: Lives, order: NDArray[np.int64]) -> Lives:
    return Lives(lives.life[order], lives.censored[order], lives.group)


def judge_cells(campaign: Campaign, cells: Sequence[PublishedCell] | None = None) -> dict[str, Any]:
    """Compare the scores of a campaign with published lives.

    Parameters
    ----------
    campaign : Campaign
        Whose weights and assumptions are asked.
    cells : sequence of PublishedCell, optional
        The embedded ones if left out.

    Returns
    -------
    dict
        ``kendall_tau``, ``interval``, ``chance_probability`` and ``pairs`` for the campaign's state
        and fidelity; ``scored`` and ``left_out``, each a list of rows; ``misses``, the worst of the
        pairs that the scores contradict; and the same numbers for ``states`` by fidelity.
    """
    table = embedded_cells() if cells is None else tuple(cells)
    reasons = {cell.row: _why_left_out(cell) for cell in table}
    used = [cell for cell in table if not reasons[cell.row]]
    readings = [
        (state, fidelity) for state in reversed(STATES) for fidelity in reversed(FIDELITIES)
    ]
    scores = np.stack([_scores(campaign, used, *reading) for reading in readings])
    there: NDArray[np.bool_] = np.asarray(np.isfinite(scores).all(axis=0))
    for cell, known in zip(used, there.tolist(), strict=True):
        reasons[cell.row] = "" if known else "has no score: not all four attributes are known"
    used, scores = [cell for cell in used if not reasons[cell.row]], scores[:, there]
    lives = Lives.of(used)
    by_reading = dict(zip(readings, _agreements(scores, lives, campaign.seed), strict=True))
    own = campaign.state, campaign.fidelity
    mine = scores[readings.index(own)]
    return {
        "state": campaign.state,
        "fidelity": campaign.fidelity,
        **by_reading[own],
        "misses": _misses(used, mine, lives.pairs())[:WORST],
        "states": {
            s: {f: by_reading[s, f] for f in reversed(FIDELITIES)} for s in reversed(STATES)
        },
        "scored": [_shown(c) | {"score": s} for c, s in zip(used, mine.tolist(), strict=True)],
        "left_out": [
            _shown(cell) | {"reason": reasons[cell.row]} for cell in table if reasons[cell.row]
        ],
    }


def _agreements(scores: Floats, lives: Lives, seed: int) -> list[dict[str, Any]]:
    """Return the figures of each row of scores, shape (k, n)."""
    pairs = lives.pairs()
    taus = kendall_tau(scores, pairs).tolist()
    intervals = bootstrap_interval(scores, lives, seed).T.tolist()
    chances = chance_probability(scores, lives, seed).tolist()
    return [
        {"kendall_tau": tau, "interval": i, "chance_probability": chance, "pairs": len(pairs)}
        for tau, i, chance in zip(taus, intervals, chances, strict=True)
    ]


def _why_left_out(cell: PublishedCell) -> str:
    """Return why a cell is shown and not scored; nothing if it is scored."""
    if cell.host != "Na":
        return f"on {cell.host}: the engine knows sodium"
    if cell.evidence == "quoted":
        return "quoted, not read"
    if isnan(cell.life):
        return "has no number of its life"
    if cell.route not in ("vapour", "solution", "additive", "none"):
        return f"the engine knows no route {cell.route!r}"
    try:
        _precursor(cell)
    except InputError as error:
        return f"precursor {cell.precursor!r} {error.remedy}"
    return ""


def _precursor(cell: PublishedCell) -> Precursor | str:
    """Read what was put on the sodium: a halide, or the name of a control."""
    name = cell.precursor.casefold()
    if name in _CHLOROPROPANE:
        return CHLOROPROPANE.formula
    if name in ("", "none", "-", "–") or cell.route == "none":
        return ""
    halide = Precursor.parse(cell.precursor)
    # What a solution leaves on the metal is the layer that a vapour leaves.
    route = "additive" if cell.route == "additive" else "vapour"
    return Precursor(
        halide.metal, halide.halogen, halide.metal_count, halide.halogen_count, route, "user"
    )


def _scores(
    campaign: Campaign, cells: Sequence[PublishedCell], state: str, fidelity: str
) -> Floats:
    asked = [_precursor(cell) for cell in cells]
    halides = list(dict.fromkeys(one for one in asked if isinstance(one, Precursor)))
    changed = campaign.with_settings([f"fidelity={fidelity}"])
    known: dict[Precursor | str, float] = {"": bare_sodium_bound(changed)}
    *scores, salt_alone = score_layers(changed, halides, state).tolist()
    known |= dict(zip(halides, scores, strict=True))
    known[CHLOROPROPANE.formula] = salt_alone
    return np.array([known[one] for one in asked], dtype=np.float64)


def _misses(
    cells: Sequence[PublishedCell], scores: Floats, pairs: Pairs
) -> list[Mapping[str, Any]]:
    """List the pairs that the scores contradict, those with the most different lives first."""
    rounded = significant(scores)
    wrong = [(a, b) for a, b in pairs.tolist() if rounded[a] < rounded[b]]
    wrong.sort(key=lambda pair: -cells[pair[0]].life / max(cells[pair[1]].life, 1e-9))
    return [
        {
            "lived_longer": _name(cells[a]),
            "row": cells[a].row,
            "life": cells[a].life,
            "score": float(scores[a]),
            "scored_higher": _name(cells[b]),
            "its_row": cells[b].row,
            "its_life": cells[b].life,
            "its_score": float(scores[b]),
            "life_unit": cells[a].life_unit,
        }
        for a, b in wrong
    ]


def _name(cell: PublishedCell) -> str:
    return f"{cell.precursor or 'bare sodium'}, {cell.route}"


def _shown(cell: PublishedCell) -> dict[str, Any]:
    return {
        "row": cell.row,
        "host": cell.host,
        "precursor": cell.precursor,
        "route": cell.route,
        "life": None if isnan(cell.life) else cell.life,
        "life_unit": cell.life_unit,
        "censored": cell.censored,
        "evidence": cell.evidence,
        "reference": cell.reference,
    }
