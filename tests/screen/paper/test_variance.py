"""Sobol indices against closed forms, and the table of sources."""

import numpy as np
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.layer import Errors, LayerEstimate
from maiscreen.screen.campaign.campaign import Campaign, Weights
from maiscreen.screen.paper.variance import sobol_indices, variance
from maiscreen.screen.scoring.draws import ErrorDraws, Outcomes, Source, sources


def linear(value: float, *errors: float) -> LayerEstimate:
    parts = Errors(*(np.array([one]) for one in errors))
    return LayerEstimate(np.array([value]), parts, np.array(["x"]), np.array(["F0"]))


def test_shares_of_a_single_attribute_are_those_of_its_variances() -> None:
    """Where errors are small, a score is linear in them."""
    errors = dict.fromkeys(ATTRIBUTES, (0.0, 0.0, 0.0, 0.0))
    errors["electrolyte_permeability"] = (0.03, 0.04, 0.0, 0.0)
    estimates = {name: linear(0.5, *of) for name, of in errors.items()}
    sure = np.ones(1)
    possible = Outcomes(np.array(["Sn"]), np.array(["Cl"]), sure, sure, estimates, estimates)
    campaign = Campaign(
        weights=Weights(
            adhesion=0, ionic_conductivity=0, youngs_modulus=0, electrolyte_permeability=1
        )
    )
    first, total = sobol_indices(possible, campaign)
    # What is asked of it has an error of 0.1.
    total_variance = 0.03**2 + 0.04**2 + 0.1**2
    expected = {"phase": 0.03**2, "salt": 0.04**2, "threshold": 0.1**2}
    for source in sources():
        of_this = source.attribute == "electrolyte_permeability"
        share = expected.get(source.cause, 0.0) * of_this / total_variance
        assert first[source][0] == pytest.approx(share, abs=0.03)
        assert total[source][0] == pytest.approx(share, abs=0.03)


def test_what_is_scaled_is_that_source_alone() -> None:
    drawn = ErrorDraws.of(100, 0)
    none = drawn.scaled(Source("salt", "adhesion"), 0.0)
    assert not none.salt["adhesion"].any()
    assert (none.salt["youngs_modulus"] == drawn.salt["youngs_modulus"]).all()
    assert none.phase is drawn.phase
    likelier = drawn.scaled(Source("alloying"), 0.0).formed
    assert ((likelier < 0.6) & ~(likelier < 0.4)).all()
    in_time = drawn.scaled(Source("kinetics"), 0.5)
    assert in_time.formed is drawn.formed
    assert np.ptp(in_time.in_time) == pytest.approx(np.ptp(drawn.in_time) / 2)


def test_the_table_names_every_source_that_matters() -> None:
    found = variance(Campaign(samples=500))
    words = [row["source"] for row in found["sources"]]
    assert len(set(words)) == len(words)
    assert {
        "whether the alloys are stable",
        "whether the alloys form in time",
        "ionic conductivity of the metal phases",
    } <= set(words)
    for row in found["sources"]:
        for formula in ("SnCl4", "SiCl4", "TiCl4"):
            assert 0 <= row[f"{formula}_first"] <= 1
        assert 0 <= row["p_order_without"] <= 1
    assert sum(row["SnCl4_first"] for row in found["sources"]) < 1.1
    assert found["now"]["places"] <= 22
