"""The paper's cases, scored by the same rules as every candidate."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.precursors.space import ADDITIVE_CONTROL
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.descriptors.reaction.control import CHLOROPROPANE_CAS, control_reduction
from maiscreen.models.attributes.attributes import Assumptions, attributes
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.interphase import (
    CELL_TEMPERATURE_K,
    ZERO_CELSIUS_K,
    alloy_states,
    interphases,
    probability_of_alloy,
)
from maiscreen.screen.paper.controls import (
    ADDITIVE,
    BARE_SODIUM,
    CHLOROPROPANE,
    PRECURSORS,
    chloropropane_layer,
)
from maiscreen.screen.scoring.ranking import (
    Outcomes,
    attribute_columns,
    nominal,
    rank_candidates,
    sample_scores,
    summarise_draws,
    weights,
)
from maiscreen.screen.scoring.score import FLOOR, desirability, score

Floats = NDArray[np.float64]

SIMPLEX_DRAWS = 10_000
"""Weights drawn evenly from the simplex: the share is then good to half a percent."""

CASES = (*PRECURSORS, ADDITIVE, CHLOROPROPANE)
"""Everything with a number of cycles in a symmetric cell, best first."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores of :data:`CASES` in one state.

    Attributes
    ----------
    scores, stds : Floats
        Shape (5,).
    drawn : Floats
        Monte Carlo scores, shape (samples, 5).
    worth : Floats
        Desirabilities, shape (5, 4).
    values : dict[str, Floats]
        The attributes, shape (5,), logarithmic ones as log10.
    """

    scores: Floats
    stds: Floats
    drawn: Floats
    worth: Floats
    values: dict[str, Floats]

    def order(self) -> list[str]:
        """Return the three precursors by falling score."""
        three = sorted(range(len(PRECURSORS)), key=lambda i: -self.scores[i])
        return [PRECURSORS[i].formula for i in three]

    def holds(self) -> bool:
        """Return whether the three stand as in the paper, without a tie."""
        return bool((np.diff(self.scores[: len(PRECURSORS)]) < 0).all())


def compare(campaign: Campaign, state: str, assumptions: Assumptions | None = None) -> Comparison:
    """Score the cases of the paper in one state of the layer, under a campaign's assumptions."""
    possible = _outcomes(campaign, state, assumptions or campaign.assumptions)
    values = {name: e.value for name, e in nominal(possible).items()}
    worth = {name: desirability(name, value) for name, value in values.items()}
    drawn = sample_scores(possible, weights(campaign), campaign.samples, campaign.seed)
    return Comparison(
        score(worth, weights(campaign)),
        drawn.std(axis=0),
        drawn,
        np.stack(list(worth.values()), axis=1),
        values,
    )


def _outcomes(campaign: Campaign, state: str, assumptions: Assumptions) -> Outcomes:
    records = [Precursor.parse(case.formula) for case in PRECURSORS]
    batch = Precursors.of([*records, ADDITIVE_CONTROL])
    alloys = alloy_states(batch.metal, campaign.hull_tolerance_ev_atom, assumptions)
    by_state = interphases(batch, alloys, assumptions)
    salt_alone = attributes(chloropropane_layer(), CELL_TEMPERATURE_K, assumptions)
    p_alloy = probability_of_alloy(getattr(alloys, state))
    return Outcomes(
        np.append(batch.metal, ""),
        np.append(p_alloy, 0.0),
        {name: _append(e, salt_alone[name]) for name, e in by_state[state].items()},
        {name: _append(e, salt_alone[name]) for name, e in by_state["bare"].items()},
    )


def _append(first: Estimate, second: Estimate) -> Estimate:
    pairs = ((getattr(first, f), getattr(second, f)) for f in Estimate.__slots__)
    return Estimate(*(np.concatenate(pair) for pair in pairs))


def weight_simplex_share(worth: Floats, seed: int) -> float:
    """Return the share of all weightings that puts the three precursors in the paper's order.

    Parameters
    ----------
    worth : Floats
        Desirabilities, shape (at least 3, 4), the paper's best first.
    seed : int
        Seed of the draws, even over the simplex.
    """
    drawn = np.random.default_rng([seed, 9]).dirichlet(np.ones(worth.shape[1]), SIMPLEX_DRAWS)
    logarithms = drawn @ np.log(np.maximum(worth[: len(PRECURSORS)], FLOOR)).T
    # Ties of rounding are no order.
    return float((np.diff(logarithms, axis=1) < -1e-9).all(axis=1).mean())


def bare_sodium_bound(campaign: Campaign) -> float:
    """Bound the score of sodium without a layer from above.

    It holds on to itself and no layer resists, but nothing is stiffer than sodium or tight.
    """
    worth = dict(zip(weights(campaign), np.array([[1.0], [1.0], [0.0], [0.0]]), strict=True))
    return float(score(worth, weights(campaign))[0])


def control_rows(campaign: Campaign) -> list[dict[str, Any]]:
    """Lay out 1-chloropropane and bare sodium as rows of a ranking, rejected as controls."""
    return [_chloropropane_row(campaign), _bare_sodium_row(campaign)]


_CONTROL = {
    "metal_count": 0,
    "origin": "control",
    "known": "experiment",
    "passed": False,
    "pareto": False,
    "rejected_reason": "compound: a control of the paper, not a homoleptic halide",
}


def _chloropropane_row(campaign: Campaign) -> dict[str, Any]:
    salt_alone = attributes(chloropropane_layer(), CELL_TEMPERATURE_K, campaign.assumptions)
    worth = {name: desirability(name, e.value) for name, e in salt_alone.items()}
    certain = Outcomes(np.array([""]), np.zeros(1), salt_alone, salt_alone)
    drawn = sample_scores(certain, weights(campaign), campaign.samples, campaign.seed)
    columns = attribute_columns(salt_alone, worth) | summarise_draws(drawn)
    reaction = control_reduction(campaign.temperature_c + ZERO_CELSIUS_K)
    return {
        **_CONTROL,
        "key": CHLOROPROPANE.formula,
        "formula": CHLOROPROPANE.formula,
        "name": "1-chloropropane",
        "cas": CHLOROPROPANE_CAS,
        "halogen": "Cl",
        "halogen_count": 1,
        "route": CHLOROPROPANE.route,
        "equation": reaction.equation,
        "electrons": 1,
        "delta_g_kj_mol": reaction.delta_g_kj_mol,
        "delta_g_std_kj_mol": reaction.delta_g_std_kj_mol,
        "delta_g_source": reaction.source,
        "reduction_potential_v": reaction.potential_v,
        "reduction_potential_std_v": reaction.potential_std_v,
        "score": float(score(worth, weights(campaign))[0]),
        **{name: values.tolist()[0] for name, values in columns.items()},
    }


def _bare_sodium_row(campaign: Campaign) -> dict[str, Any]:
    return {
        **_CONTROL,
        "key": BARE_SODIUM.name,
        "formula": "Na",
        "name": "sodium without a layer: the score is an upper bound",
        "halogen_count": 0,
        "route": BARE_SODIUM.route,
        "score": bare_sodium_bound(campaign),
    }


def rank_with_controls(campaign: Campaign, described: pa.Table) -> pa.Table:
    """Gate, score and rank described candidates, and add the controls that are no halides.

    Returns
    -------
    pa.Table
        One row for each candidate and control: ranked ones first, then by key.
    """
    ranked = rank_candidates(campaign, described)
    controls = pa.Table.from_pylist(control_rows(campaign), schema=ranked.schema)
    return pa.concat_tables([ranked, controls]).combine_chunks()
