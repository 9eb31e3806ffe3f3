"""The algebra of stiffness, against formulas of crystal classes and pymatgen's averages."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pymatgen.analysis.elasticity import ElasticTensor
from pymatgen.symmetry.groups import PointGroup
from scipy.spatial.transform import Rotation

from maiscreen.models.simulation import elasticity

Floats = NDArray[np.float64]

few = settings(max_examples=20, deadline=None)
# Independent constants by Laue class: J. F. Nye, Physical Properties of Crystals, table 9.
CONSTANTS = {
    "-1": 21,
    "2/m": 13,
    "mmm": 9,
    "4/m": 7,
    "4/mmm": 6,
    "m-3m": 3,
    "-43m": 3,
}
HEXAGONAL = {"-3": 7, "-3m": 6, "6/m": 5, "6/mmm": 5}
_AXES = np.array([[1.0, 0.0, 0.0], [-0.5, np.sqrt(0.75), 0.0], [0.0, 0.0, 1.0]]).T


@cache
def group(symbol: str) -> list[Floats]:
    matrices = [operation.rotation_matrix for operation in PointGroup(symbol).symmetry_ops]
    if symbol in HEXAGONAL:
        return [_AXES @ m @ np.linalg.inv(_AXES) for m in matrices]
    return [np.asarray(m, dtype=np.float64) for m in matrices]


def random_stiffness(seed: int, symbol: str = "-1") -> Floats:
    """A stable stiffness of the given symmetry, GPa, in Voigt's notation."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(6, 6))
    mandel = root @ root.T + np.eye(6)
    turns = [elasticity.rotation(r) for r in group(symbol)]
    averaged = np.mean([t @ mandel @ t.T for t in turns], axis=0)
    weight = np.sqrt([1, 1, 1, 2, 2, 2])
    return np.asarray(10 * averaged / np.outer(weight, weight))


def stresses(voigt: Floats, strains: tuple[int, ...]) -> Floats:
    """Stress over strain as Hooke's law has it, tensors written out."""
    tensor = ElasticTensor.from_voigt(voigt)
    unit = [elasticity.to_matrix(row) for row in np.eye(6)[list(strains)]]
    result = np.array([np.einsum("ijkl,kl", tensor, e) for e in unit])
    pairs = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
    return np.array([elasticity.from_voigt_stress(np.array([s[p] for p in pairs])) for s in result])


@pytest.mark.parametrize(("symbol", "count"), [*CONSTANTS.items(), *HEXAGONAL.items()])
def test_symmetry_leaves_as_many_constants_as_the_tables_say(symbol: str, count: int) -> None:
    basis = elasticity.invariant_basis(group(symbol))
    assert len(basis) == count
    np.testing.assert_allclose(basis, basis.transpose(0, 2, 1), atol=1e-12)
    np.testing.assert_allclose(np.einsum("aij,bij->ab", basis, basis), np.eye(count), atol=1e-12)


@given(st.integers(0, 10_000))
def test_a_rotation_turns_stress_as_a_tensor_and_keeps_its_length(seed: int) -> None:
    rng = np.random.default_rng(seed)
    turn, vector = Rotation.random(random_state=seed).as_matrix(), rng.normal(size=6)
    matrix = elasticity.rotation(turn)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(6), atol=1e-12)
    as_tensor = turn @ elasticity.to_matrix(vector) @ turn.T
    np.testing.assert_allclose(elasticity.to_matrix(matrix @ vector), as_tensor, atol=1e-12)


@pytest.mark.parametrize("symbol", [*CONSTANTS, *HEXAGONAL])
def test_the_fewest_strains_determine_the_stiffness(symbol: str) -> None:
    rotations, expected = group(symbol), random_stiffness(1, symbol)
    basis, strains = elasticity.invariant_basis(rotations), elasticity.fewest_strains(rotations)
    found, left = elasticity.fit(basis, strains, stresses(expected, strains))
    np.testing.assert_allclose(found, expected, atol=1e-10)
    assert left < 1e-12


def test_cubic_crystals_need_two_strains_and_hexagonal_three() -> None:
    assert elasticity.fewest_strains(group("m-3m")) == (0, 3)
    assert elasticity.fewest_strains(group("6/mmm")) == (0, 2, 3)
    assert elasticity.fewest_strains(group("mmm")) == (0, 1, 2, 3, 4, 5)


@few
@given(st.integers(0, 10_000), st.sampled_from(["4/mmm", "-3m", "2/m"]))
def test_wrong_stresses_are_averaged_over_the_group_and_show_in_the_residual(
    seed: int, symbol: str
) -> None:
    rotations, expected = group(symbol), random_stiffness(seed, symbol)
    every = tuple(range(6))
    noise = np.random.default_rng(seed + 1).normal(scale=0.5, size=(6, 6))
    noisy = stresses(expected, every) + noise
    found, left = elasticity.fit(elasticity.invariant_basis(rotations), every, noisy)
    turns = [elasticity.rotation(r) for r in rotations]
    symmetric = (noisy + noisy.T) / 2
    mean = np.mean([t @ symmetric @ t.T for t in turns], axis=0)
    weight = np.sqrt([1, 1, 1, 2, 2, 2])
    np.testing.assert_allclose(found, mean / np.outer(weight, weight), atol=1e-9)
    assert left == pytest.approx(np.linalg.norm(noisy - mean) / np.linalg.norm(noisy))


def test_a_strain_is_skipped_only_where_the_group_turns_it_round() -> None:
    cubic = elasticity.sign_changers(group("m-3m"))
    assert [c is None for c in cubic] == [True, True, True, False, False, False]
    for index in (3, 4, 5):
        changer = cubic[index]
        assert changer is not None
        strain = elasticity.to_matrix(np.eye(6)[index])
        np.testing.assert_allclose(changer @ strain @ changer.T, -strain, atol=1e-12)
    # About the threefold axis z, with a twofold one along x: xz and xy change sign, yz does not.
    trigonal = elasticity.sign_changers(group("-3m"))
    assert sum(c is not None for c in trigonal) == 2
    assert elasticity.sign_changers(group("-1")) == [None] * 6


@few
@given(st.integers(0, 10_000), st.sampled_from(["-1", "mmm", "-3m", "m-3m"]))
def test_averages_are_those_of_pymatgen_and_of_any_setting(seed: int, symbol: str) -> None:
    voigt = random_stiffness(seed, symbol)
    ours, theirs = elasticity.moduli(voigt), ElasticTensor.from_voigt(voigt)
    for a, b in (
        (ours.bulk_voigt_gpa, theirs.k_voigt),
        (ours.bulk_reuss_gpa, theirs.k_reuss),
        (ours.shear_voigt_gpa, theirs.g_voigt),
        (ours.shear_reuss_gpa, theirs.g_reuss),
        (ours.youngs_gpa, theirs.y_mod / 1e9),
        (ours.poisson, theirs.homogeneous_poisson),
    ):
        assert a == pytest.approx(b, rel=1e-6)
    turned = theirs.rotate(Rotation.random(random_state=seed).as_matrix(), tol=1e-3).voigt
    assert elasticity.moduli(turned).youngs_gpa == pytest.approx(ours.youngs_gpa)
    assert elasticity.least_eigenvalue_gpa(turned) == pytest.approx(
        elasticity.least_eigenvalue_gpa(voigt)
    )


@given(st.floats(10, 200), st.floats(0, 0.99), st.floats(5, 100))
def test_cubic_averages_are_the_textbook_ones(c11: float, ratio: float, c44: float) -> None:
    c12 = ratio * c11
    voigt = np.diag([c11 - c12] * 3 + [c44] * 3)
    voigt[:3, :3] += c12
    found = elasticity.moduli(voigt)
    shear = (c11 - c12) / 2
    assert found.bulk_gpa == pytest.approx((c11 + 2 * c12) / 3)
    assert found.shear_voigt_gpa == pytest.approx((2 * shear + 3 * c44) / 5)
    assert found.shear_reuss_gpa == pytest.approx(5 / (2 / shear + 3 / c44), rel=1e-6)
    least = min(2 * shear, 2 * c44, c11 + 2 * c12)
    assert elasticity.least_eigenvalue_gpa(voigt) == pytest.approx(least, abs=1e-9)


def test_a_crystal_that_gives_way_has_a_negative_eigenvalue() -> None:
    voigt = np.diag([2.5] * 3 + [1.0] * 3)
    voigt[:3, :3] += 3.0 * (1 - np.eye(3))  # C11 < C12
    assert elasticity.least_eigenvalue_gpa(voigt) == pytest.approx(-0.5)
