"""The paper's cases, scored by the same rules as every candidate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.precursors.space import ADDITIVE_CONTROL
from maiscreen.candidates.rounding import significant
from maiscreen.descriptors.layer.layer import Errors, LayerEstimate
from maiscreen.descriptors.reaction.control import CHLOROPROPANE_CAS, control_reduction
from maiscreen.models.attributes.attributes import Assumptions, attributes
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import state_columns
from maiscreen.screen.describe.interphase import (
    CELL_TEMPERATURE_K,
    STATES,
    ZERO_CELSIUS_K,
    alloy_states,
    interphases,
    probability_in_time,
    probability_of_alloy,
    process_of,
)
from maiscreen.screen.paper.controls import (
    ADDITIVE,
    BARE_SODIUM,
    CHLOROPROPANE,
    PRECURSORS,
    chloropropane_layer,
)
from maiscreen.screen.scoring.draws import ErrorDraws, Outcomes, Stream, draw_scores, random_stream
from maiscreen.screen.scoring.ranking import (
    attribute_columns,
    rank_candidates,
    summarise_draws,
    weights,
)
from maiscreen.screen.scoring.score import BARE_SODIUM_WORTHS, desirability, log_desirability, score

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
        three = np.argsort(-significant(self.scores[: len(PRECURSORS)]), kind="stable")
        return [PRECURSORS[i].formula for i in three.tolist()]

    def holds(self) -> bool:
        """Return whether the three stand as in the paper, without a tie."""
        return bool(falls(self.scores[: len(PRECURSORS)]))


def falls(values: Floats) -> NDArray[np.bool_]:
    """Return whether values fall along their last axis; what is equal but for rounding does not.

    Examples
    --------
    >>> falls(np.array([[0.5, 0.3, 0.1 + 0.2], [0.5, 0.3, 0.2]])).tolist()
    [False, True]
    """
    return np.asarray((np.diff(significant(values), axis=-1) < 0).all(axis=-1))


def compare(campaign: Campaign, state: str, assumptions: Assumptions | None = None) -> Comparison:
    """Score the cases of the paper in one state of the layer, under a campaign's assumptions."""
    possible = paper_outcomes(campaign, state, assumptions)
    values = {name: e.value for name, e in possible.nominal().items()}
    worth = {name: desirability(name, value) for name, value in values.items()}
    errors = ErrorDraws.of(campaign.samples, campaign.seed)
    drawn = draw_scores(possible, weights(campaign), errors)
    return Comparison(
        score(worth, weights(campaign)),
        drawn.std(axis=0),
        drawn,
        np.stack(list(worth.values()), axis=1),
        values,
    )


def paper_outcomes(
    campaign: Campaign, state: str, assumptions: Assumptions | None = None
) -> Outcomes:
    """Tell what may come of :data:`CASES`."""
    records = [*(Precursor.parse(case.formula) for case in PRECURSORS), ADDITIVE_CONTROL]
    return _outcomes(campaign, records, state, assumptions or campaign.assumptions)


def score_layers(campaign: Campaign, records: Sequence[Precursor], state: str) -> Floats:
    """Score the layers of halides, whatever their gates, and last that of NaCl alone, (n + 1,)."""
    possible = _outcomes(campaign, records, state, campaign.assumptions)
    worth = {name: desirability(name, e.value) for name, e in possible.nominal().items()}
    return score(worth, weights(campaign))


def _outcomes(
    campaign: Campaign, records: Sequence[Precursor], state: str, assumptions: Assumptions
) -> Outcomes:
    """Tell what may come of halides, and last of the salt alone that 1-chloropropane leaves."""
    batch = Precursors.of(list(records))
    alloys = alloy_states(batch.metal, campaign.hull_tolerance_ev_atom, assumptions)
    by_state = interphases(batch, alloys, assumptions)
    salt_alone = attributes(chloropropane_layer(), CELL_TEMPERATURE_K, assumptions)
    p_alloy = probability_of_alloy(getattr(alloys, state))
    p_kinetic = probability_in_time(batch.metal, alloys, state, process_of(campaign))
    return Outcomes(
        np.append(batch.metal, ""),
        np.append(batch.halogen, "Cl"),
        np.append(p_alloy, 0.0),
        np.append(p_kinetic, 0.0),
        {name: _append(e, salt_alone[name]) for name, e in by_state[state].items()},
        {name: _append(e, salt_alone[name]) for name, e in by_state["bare"].items()},
    )


def _append(first: LayerEstimate, second: LayerEstimate) -> LayerEstimate:
    errors = (np.concatenate(pair) for pair in zip(first.errors, second.errors, strict=True))
    value, source, fidelity = (
        np.concatenate([getattr(e, f) for e in (first, second)])
        for f in ("value", "source", "fidelity")
    )
    return LayerEstimate(value, Errors(*errors), source, fidelity)


def weight_simplex_share(worth: Floats, seed: int) -> float:
    """Return the share of all weightings that puts the three precursors in the paper's order.

    Parameters
    ----------
    worth : Floats
        Desirabilities, shape (at least 3, 4), the paper's best first.
    seed : int
        Seed of the draws, even over the simplex.
    """
    drawn = random_stream(seed, Stream.WEIGHTINGS).dirichlet(np.ones(worth.shape[1]), SIMPLEX_DRAWS)
    logarithms = drawn @ log_desirability(worth[: len(PRECURSORS)]).T
    return float(falls(logarithms).mean())


def bare_sodium_bound(campaign: Campaign) -> float:
    """Bound the score of sodium without a layer from above."""
    worth = dict(zip(weights(campaign), np.array(BARE_SODIUM_WORTHS), strict=True))
    return float(score(worth, weights(campaign)))


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
    none = np.zeros(1)
    certain = Outcomes(np.array([""]), np.array(["Cl"]), none, none, salt_alone, salt_alone)
    errors = ErrorDraws.of(campaign.samples, campaign.seed)
    drawn = draw_scores(certain, weights(campaign), errors)
    columns = attribute_columns(salt_alone, worth) | summarise_draws(drawn)
    columns |= state_columns(dict.fromkeys(STATES, salt_alone))
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
    controls = _as_rows_of(ranked, control_rows(campaign))
    return pa.concat_tables([ranked, controls], promote_options="default").combine_chunks()


def _as_rows_of(table: pa.Table, rows: list[dict[str, Any]]) -> pa.Table:
    """Lay out rows by the columns of a table; one without any value may have any type."""
    fields = [
        field.with_type(pa.array([row.get(field.name) for row in rows]).type)
        if pa.types.is_null(field.type)
        else field
        for field in table.schema
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))
