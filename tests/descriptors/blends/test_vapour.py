import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.constants import N_A, e

from maiscreen.candidates.molecules.mixtures import MixtureSpace
from maiscreen.descriptors.blends.vapour import blend_reduction, thickness_um, vapour_over

SPACE = MixtureSpace(3, (0, 1, 2), blends=3, ratio_steps=7)
PRESSURES = st.lists(st.floats(1e-3, 1e6), min_size=3, max_size=3)


@given(PRESSURES)
def test_raoult_by_hand(pressures: list[float]) -> None:
    recipes = SPACE.slice(0, SPACE.size)
    over = vapour_over(recipes, np.array([*pressures, 0.0])[recipes.ingredient])
    for k in range(len(recipes)):
        partial = [
            x * pressures[i]
            for i, x in zip(recipes.ingredient[:, k], recipes.fraction[:, k], strict=True)
            if i >= 0
        ]
        assert over.pressure_pa[k] == pytest.approx(sum(partial))
        expected = [p / sum(partial) for p in partial]
        assert over.fraction[: len(partial), k] == pytest.approx(expected)
        assert (over.fraction[len(partial) :, k] == 0).all()


def test_a_precursor_alone_is_all_of_its_vapour_known_or_not() -> None:
    recipes = SPACE.slice(0, 3)
    over = vapour_over(recipes, np.array([0.1, 3e7, np.nan, 0.0])[recipes.ingredient])
    assert over.fraction.tolist() == [[1.0] * 3, [0.0] * 3, [0.0] * 3]
    assert over.pressure_pa[:2].tolist() == [0.1, 3e7]
    assert np.isnan(over.pressure_pa[2])


def test_an_unknown_pressure_leaves_its_blends_unknown() -> None:
    recipes = SPACE.slice(3, SPACE.size)
    over = vapour_over(recipes, np.array([1e3, 1e4, np.nan, 0.0])[recipes.ingredient])
    assert (np.isnan(over.pressure_pa) == (recipes.ingredient == 2).any(axis=0)).all()


def test_potential_of_a_blend_is_the_mean_by_electrons() -> None:
    fraction = np.array([[0.25], [0.75], [0.0]])
    gibbs, charge, volts = blend_reduction(
        fraction, np.array([[-1104.0], [-600.0], [0.0]]), np.array([[4.0], [3.0], [0.0]])
    )
    assert gibbs[0] == pytest.approx(-726.0)
    assert charge[0] == pytest.approx(3.25)
    alone = [1e3 * 1104 / (4 * N_A * e), 1e3 * 600 / (3 * N_A * e)]
    assert volts[0] == pytest.approx((0.25 * 4 * alone[0] + 0.75 * 3 * alone[1]) / 3.25)


def test_thickness_lies_within_the_error_of_the_three_that_were_measured() -> None:
    found = thickness_um(np.array([10.0, 20.0, 30.0]))
    assert found[0] == 6.0
    assert found == pytest.approx([6, 10, 22], rel=0.35)
