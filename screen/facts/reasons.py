"""Why a precursor ranks where it does, and which single measurement would most move it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import SYMBOLS
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.advice.suggest import how_to_label
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.ranking import (
    metal_index,
    outcomes,
    places_of,
    sample_errors,
    sample_scores,
    weights,
)
from maiscreen.screen.scoring.score import FLOOR
from maiscreen.screen.screens.halides import NEEDED
from maiscreen.screen.screens.screen import ALLOY
from maiscreen.screen.text import finite_or_none, plain_words

Row = Mapping[str, Any]
Floats = NDArray[np.float64]

REFERENCE = "SnCl4"
"""What the others are compared with: the paper's best."""

MOST_BINS, LEAST_IN_A_BIN = 16, 25
"""Of the draws, for means of the rank along an input; few draws make few bins."""

_LEAST_SHARE = 0.005
"""Factors closer to 1 than this, and shares below it, are not told."""


def compare_with_reference(row: Row, reference: Row | None, campaign: Campaign) -> dict[str, str]:
    """Find which attributes lift a precursor above the reference, and which pull it below.

    The score is a product of the desirabilities' powers, so its ratio to that of the reference is
    the product of the factors told here (those of 1.00 left out).

    Examples
    --------
    >>> tin = {f"desirability_{name}": 0.5 for name in ATTRIBUTES}
    >>> compare_with_reference(tin | {"desirability_adhesion": 1.0}, tin, Campaign())
    {'lifts': 'adhesion × 1.19', 'pulls_down': ''}
    """
    if reference is None:
        return {}
    effects = {}
    total = sum(weights(campaign).values())
    for name, weight in weights(campaign).items():
        pair = [finite_or_none(one.get(f"desirability_{name}")) for one in (row, reference)]
        if None in pair:
            return {}
        mine, other = (max(one or 0.0, FLOOR) for one in pair)
        effects[name] = weight / total * log(mine / other)
    up = sorted(
        (n for n in effects if exp(effects[n]) - 1 > _LEAST_SHARE), key=lambda n: -effects[n]
    )
    down = sorted(
        (n for n in effects if 1 - exp(effects[n]) > _LEAST_SHARE), key=lambda n: effects[n]
    )
    return {key: "; ".join(f"{plain_words(n)} × {exp(effects[n]):.2f}" for n in names)
            for key, names in (("lifts", up), ("pulls_down", down))}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RankCause:
    """What the rank of a precursor hangs on.

    Attributes
    ----------
    phase : str
        Metal phase whose attribute it is.
    shares : dict of str to float
        Share of the variance of its rank by input, the largest first; ``alloy_formation`` is
        whether the alloy forms at all.
    """

    phase: str
    shares: dict[str, float]

    def as_dict(self, fidelities: Mapping[str, str]) -> dict[str, Any]:
        """Return it as columns of a shortlist.

        Parameters
        ----------
        fidelities : mapping
            Of the values that there are, by attribute.
        """
        every = "; ".join(
            f"{plain_words(n)} {s:.0%}" for n, s in self.shares.items() if s > _LEAST_SHARE
        )
        name, share = next(iter(self.shares.items()))
        if share <= _LEAST_SHARE:
            return {"rank_variance": every, "place_hangs_on": "nothing by itself"}
        what = (
            f"whether {self.phase} forms"
            if name == ALLOY
            else f"{plain_words(name)} of {self.phase}"
        )
        return {
            "place_hangs_on": what,
            "place_hangs_on_share": round(share, 3),
            "rank_variance": every,
            "measurement": how_to_label(self.phase, name, fidelities.get(name, "")),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """The draws of a campaign over the errors of its inputs, made again.

    Attributes
    ----------
    keys, phases : tuple of str
        Of the candidates that passed, and the metal phase of each one's layer, length n.
    places : Floats
        Rank in each draw, shape (samples, n).
    inputs : dict of str to Floats
        Error of each attribute with a weight, and whether the alloy forms, shape (samples, n).

    Notes
    -----
    First-order Sobol indices: the variance of the mean rank along an input, over the variance of
    the rank, with the draws put into bins of equal count and the scatter of a bin's mean taken off.
    What is missing to 1 is the interplay of inputs and the errors of the other precursors.
    """

    keys: tuple[str, ...]
    phases: tuple[str, ...]
    places: Floats
    inputs: dict[str, Floats]

    @classmethod
    def of(cls, ranking: pa.Table, campaign: Campaign) -> "Draws | None":
        """Draw again; None where nothing passed or the ranking lacks what draws are made from."""
        if not _can_be_drawn(ranking):
            return None
        passed = ranking.filter(ranking["passed"])
        metals, alloys = (passed[n].to_pylist() for n in ("metal", f"alloy_{campaign.state}"))
        if not metals or not {*metals} <= {*SYMBOLS, ""}:
            return None
        phases = tuple(str(a or m) for a, m in zip(alloys, metals, strict=True))
        return cls(tuple(passed["key"].to_pylist()), phases, *_draws(passed, campaign))

    def cause(self, key: str) -> RankCause | None:
        """Find which input's error contributes most to the variance of a precursor's rank."""
        if key not in self.keys:
            return None
        i = self.keys.index(key)
        return RankCause(self.phases[i], _shares(self.places[:, i], self.inputs, i))


def _can_be_drawn(ranking: pa.Table) -> bool:
    """Return whether the columns of the draws are there and hold what they should."""
    number = [n for n in NEEDED if n.startswith(("p_alloy", *ATTRIBUTES))]
    number = [n for n in number if not n.endswith(("_source", "_fidelity"))]
    names = set(ranking.column_names)
    if not {*NEEDED, "rank"} <= names:
        return False
    texts = pa.types.is_string(ranking["metal"].type) and pa.types.is_boolean(
        ranking["passed"].type
    )
    return texts and all(pa.types.is_floating(ranking[n].type) for n in number)


def _draws(passed: pa.Table, campaign: Campaign) -> tuple[Floats, dict[str, Floats]]:
    """Return places and inputs of the campaign's own draws, shape (samples, n) each."""
    possible = outcomes(passed, campaign.state)
    scores = sample_scores(possible, weights(campaign), campaign.samples, campaign.seed)
    # Equal scores are ranked by key, as in the ranking.
    order = np.argsort(np.array(passed["key"].to_pylist(), dtype=np.str_), kind="stable")
    places = np.empty_like(scores)
    places[:, order] = places_of(scores[:, order])
    formed, errors = sample_errors(tuple(possible.alloy), campaign.samples, campaign.seed)
    column = metal_index(possible.metal)
    inputs = {n: errors[n][:, column] for n, weight in weights(campaign).items() if weight > 0}
    inputs[ALLOY] = (formed[:, column] < possible.p_alloy).astype(np.float64)
    return places, inputs


def _shares(places: Floats, inputs: Mapping[str, Floats], i: int) -> dict[str, float]:
    found = {name: first_order(drawn[:, i], places) for name, drawn in inputs.items()}
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def first_order(x: Floats, y: Floats) -> float:
    """Estimate the share of the variance of ``y`` that ``x`` alone explains, both of shape (n,).

    Examples
    --------
    >>> x, z = np.random.default_rng(1).standard_normal((2, 4000))
    >>> round(first_order(x, x + z), 1), round(first_order(x, z), 1), first_order(x, 0 * z)
    (0.5, 0.0, 0.0)
    """
    total = float(y.var())
    if total == 0:
        return 0.0
    bins = _bins(x)
    parts = [y[one] for one in bins if len(one)]
    means = np.array([part.mean() for part in parts])
    share = np.array([len(part) for part in parts]) / len(y)
    between = float((share * (means - y.mean()) ** 2).sum())
    # The mean of a bin scatters by itself: that much would be there without any connection.
    chance = sum(float(part.var()) for part in parts) / len(y)
    return min(1.0, max(0.0, (between - chance) / total))


def _bins(x: Floats) -> list[NDArray[np.int64]]:
    values = np.unique(x)
    if len(values) <= 2:
        return [np.flatnonzero(x == value) for value in values]
    count = max(2, min(MOST_BINS, len(x) // LEAST_IN_A_BIN))
    return np.array_split(np.argsort(x, kind="stable"), count)
