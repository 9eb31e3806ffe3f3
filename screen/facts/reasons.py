"""Why a precursor ranks where it does, and which single measurement would most move it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import SYMBOLS
from maiscreen.candidates.rounding import shared_places
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.advice.suggest import MEASURED, MEASURED_TOGETHER, how_to_label
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.variance import source_words
from maiscreen.screen.scoring.draws import (
    ALLOY,
    FORMATION,
    ErrorDraws,
    Source,
    anion_index,
    draw_scores,
    metal_index,
    outcomes,
    salt_formula,
)
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.score import log_desirability
from maiscreen.screen.screens.halides import NEEDED
from maiscreen.screen.screens.screen import ALLOY_FORMATION
from maiscreen.screen.text import finite_or_none, plain_words

Row = Mapping[str, Any]
Floats = NDArray[np.float64]

REFERENCE = "SnCl4"
"""What the others are compared with: the paper's best."""

MOST_BINS, LEAST_IN_A_BIN = 16, 25
"""Of the draws, for means of the rank along an input; few draws make few bins."""

LEAST_SHARE = 0.005
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
        mine, other = log_desirability(np.array(pair, dtype=np.float64)).tolist()
        effects[name] = weight / total * (mine - other)
    up = sorted(
        (n for n in effects if exp(effects[n]) - 1 > LEAST_SHARE), key=lambda n: -effects[n]
    )
    down = sorted(
        (n for n in effects if 1 - exp(effects[n]) > LEAST_SHARE), key=lambda n: effects[n]
    )
    return {key: "; ".join(f"{plain_words(n)} × {_factor(exp(effects[n]))}" for n in names)
            for key, names in (("lifts", up), ("pulls_down", down))}  # fmt: skip


def _factor(factor: float) -> str:
    """Write a factor with two decimals, or two digits where it is small."""
    return f"{factor:.2f}" if factor >= 0.1 else f"{factor:.2g}"


_FORMATION = dict(zip((ALLOY, *FORMATION), ("forms", "is stable", "forms in time"), strict=True))


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment, and what it settles.

    Attributes
    ----------
    settles : str
        Input of a rank, in a few words.
    by : str
        The simplest experiment.
    """

    settles: str
    by: str


@dataclass(frozen=True, slots=True)
class RankCause:
    """What the rank of a precursor hangs on.

    Attributes
    ----------
    phase, salt : str
        Metal phase and salt of its layer.
    shares : dict of Source to float
        Share of the variance of its rank by input, the largest first.
    """

    phase: str
    salt: str
    shares: dict[Source, float]

    def __str__(self) -> str:
        """Name the input with the largest share, in a few words."""
        first, share = next(iter(self.shares.items()))
        return f"{self.words(first)} ({share:.0%})" if share > LEAST_SHARE else "–"

    def as_dict(self, fidelities: Mapping[str, str]) -> dict[str, Any]:
        """Return it as columns of a shortlist.

        Parameters
        ----------
        fidelities : mapping
            Of the values that there are, by attribute.
        """
        every = "; ".join(
            f"{self.words(of)} {share:.0%}"
            for of, share in self.shares.items()
            if share > LEAST_SHARE
        )
        first, share = next(iter(self.shares.items()))
        if share <= LEAST_SHARE:
            return {"rank_variance": every, "place_hangs_on": "nothing by itself"}
        return {
            "place_hangs_on": self.words(first),
            "place_hangs_on_share": round(share, 3),
            "rank_variance": every,
            "measurement": self._measurement(first, fidelities.get(first.attribute, "")),
        }

    def first_experiment(self) -> Experiment | None:
        """Return the largest input that an experiment on layers can settle, and the simplest one.

        A threshold of the score is settled by no layer, and passed over; None if nothing is left.
        """
        for of, share in self.shares.items():
            if of.cause != "threshold" and share > LEAST_SHARE:
                return Experiment(self.words(of), _experiment(of))
        return None

    def words(self, of: Source) -> str:
        """Name an input."""
        if of in _FORMATION:
            return f"whether {self.phase} {_FORMATION[of]}"
        if of.cause not in ("phase", "salt"):
            return source_words(of)
        return f"{plain_words(of.attribute)} of {getattr(self, of.cause)}"

    def _measurement(self, of: Source, fidelity: str) -> str:
        if of.cause in ("shared", "structure"):
            return f"experiment: {_experiment(of)}"
        if of.cause == "threshold":
            return "no measurement of one layer: cells of many"
        if of in _FORMATION:
            return how_to_label(self.phase, ALLOY_FORMATION, fidelity)
        return how_to_label(getattr(self, of.cause), of.attribute, fidelity)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """The draws of a campaign over the errors of its inputs, made again.

    Attributes
    ----------
    keys, phases, salts : tuple of str
        Of the candidates that passed, and of each one's layer the metal phase and the salt,
        length n.
    places : Floats
        Rank in each draw, of equals the mean of theirs, shape (samples, n).
    inputs : dict of Source to Floats
        Errors of each attribute with a weight, and whether the alloy is stable and forms in time,
        shape (samples, n).

    Notes
    -----
    First-order Sobol indices: the variance of the mean rank along an input, over the variance of
    the rank, with the draws put into bins of equal count and the scatter of a bin's mean taken off.
    What is missing to 1 is the interplay of inputs and the errors of the other precursors.
    """

    keys: tuple[str, ...]
    phases: tuple[str, ...]
    salts: tuple[str, ...]
    places: Floats
    inputs: dict[Source, Floats]

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
        salts = tuple(salt_formula(x) for x in passed["halogen"].to_pylist())
        return cls(tuple(passed["key"].to_pylist()), phases, salts, *_draws(passed, campaign))

    def cause(self, key: str) -> RankCause | None:
        """Find which input's error contributes most to the variance of a precursor's rank."""
        if key not in self.keys:
            return None
        i = self.keys.index(key)
        shares = _shares(self.places[:, i], self.inputs, i)
        return RankCause(self.phases[i], self.salts[i], shares)


def _experiment(of: Source) -> str:
    """Name the simplest experiment that settles an input."""
    if of.cause == "shared":
        return MEASURED_TOGETHER[of.attribute]
    if of.cause == "structure":
        return "depth profile of salt and metal in the layer"
    return MEASURED[ALLOY_FORMATION if of in _FORMATION else of.attribute]


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


def _draws(passed: pa.Table, campaign: Campaign) -> tuple[Floats, dict[Source, Floats]]:
    """Return places and inputs of the campaign's own draws, shape (samples, n) each."""
    possible = outcomes(passed, campaign.state)
    errors = ErrorDraws.of(campaign.samples, campaign.seed)
    places = np.mean(shared_places(draw_scores(possible, weights(campaign), errors)), axis=0)
    metal, anion = metal_index(possible.metal), anion_index(possible.halogen)
    inputs = {}
    for name, weight in weights(campaign).items():
        if weight > 0:
            inputs[Source("phase", name)] = errors.phase[name][:, metal]
            inputs[Source("salt", name)] = errors.salt[name][:, anion]
            for cause in ("shared", "threshold"):
                drawn = getattr(errors, cause)[name]
                inputs[Source(cause, name)] = np.broadcast_to(drawn, places.shape)
    inputs[Source("structure")] = np.broadcast_to(errors.structure, places.shape)
    evens, chances = (errors.formed, errors.in_time), (possible.p_alloy, possible.p_kinetic)
    for source, even, chance in zip(FORMATION, evens, chances, strict=True):
        inputs[source] = (even[:, metal] < chance).astype(np.float64)
    return places, inputs


def _shares(places: Floats, inputs: Mapping[Source, Floats], i: int) -> dict[Source, float]:
    found = {of: first_order(drawn[:, i], places) for of, drawn in inputs.items()}
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
