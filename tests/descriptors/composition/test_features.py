"""Features of compositions, against matminer."""

import itertools
import math
import warnings
from collections.abc import Iterable
from decimal import Context, Decimal
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Composition

from maiscreen.candidates.chemistry.formula import ELEMENTS, compositions
from maiscreen.candidates.snapshot.training_data import energies, moduli
from maiscreen.descriptors.composition import features as extra
from maiscreen.descriptors.composition.features import (
    ELEMENT_LABELS,
    FEATURE_LABELS,
    GROUPS,
    MAGPIE_LABELS,
    element_fractions,
    feature_labels,
    features,
    magpie,
)
from maiscreen.descriptors.composition.statistics import (
    BONDING,
    MAGPIE,
    bonding_table,
    magpie_table,
    matscholar_table,
    pair_sums,
    statistics,
)

AWKWARD = ["Na", "Og", "NaCl", "Na1.17Sn2", "Ca3(PO4)2", "H1000O999", "Cs2F6NaY", "HeNeArKrXeRn",
           "LrNoMdFmEs", "NaLiKRbCsBeMgCaSrBaScTiVCrMnFeCoNiCuZn", "U3Og", "NaN"]  # fmt: skip
PARTS = st.lists(st.tuples(st.sampled_from(ELEMENTS[:103]), st.integers(1, 30)), min_size=1,
                 max_size=7, unique_by=lambda t: t[0])  # fmt: skip


@cache
def featurizer(name: str, **options: object) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from matminer.featurizers import composition

        return getattr(composition, name)(**options)


@cache
def element_property() -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from matminer.featurizers.composition import ElementProperty

        return ElementProperty.from_preset("magpie")


def by_matminer(formulas: list[str], which: object) -> np.ndarray:
    return np.array([which.featurize(Composition(f)) for f in formulas], dtype=np.float64)


def sample(formulas: list[str], count: int) -> list[str]:
    chosen = np.random.default_rng(20).choice(len(formulas), count, replace=False)
    return [formulas[k] for k in chosen.tolist()]


def training_formulas() -> list[str]:
    several = sample(moduli()["formula"].to_pylist(), 400)
    return several + sample(energies()["formula"].to_pylist(), 400) + AWKWARD


def test_magpie_is_that_of_matminer() -> None:
    formulas = training_formulas()
    expected = by_matminer(formulas, element_property())
    # Deviations of equal properties are zero here and rounding (1e-14) there.
    np.testing.assert_allclose(magpie(compositions(formulas)), expected, rtol=1e-9, atol=1e-11)
    assert list(MAGPIE_LABELS) == element_property().feature_labels()


@pytest.mark.data
def test_magpie_is_that_of_matminer_for_all_moduli() -> None:
    formulas = moduli()["formula"].to_pylist()
    expected = by_matminer(formulas, element_property())
    np.testing.assert_allclose(magpie(compositions(formulas)), expected, rtol=1e-9, atol=1e-11)


@settings(max_examples=100, deadline=None)
@given(PARTS)
def test_magpie_is_that_of_matminer_for_any_elements(parts: list[tuple[str, int]]) -> None:
    formula = "".join(f"{s}{n}" for s, n in parts)
    expected = by_matminer([formula], element_property())
    np.testing.assert_allclose(magpie(compositions([formula])), expected, rtol=1e-9, atol=1e-11)


def test_stoichiometry_and_valence_are_those_of_matminer() -> None:
    formulas = training_formulas()[::4]
    c = compositions(formulas)
    expected = by_matminer(formulas, featurizer("Stoichiometry"))
    np.testing.assert_allclose(extra.stoichiometry(c), expected, rtol=1e-12)
    expected = by_matminer(formulas, featurizer("ValenceOrbital", props=("avg", "frac")))[:, 4:]
    np.testing.assert_allclose(extra.valence_shares(c), expected, rtol=1e-12)
    assert tuple(featurizer("Stoichiometry").feature_labels()) == extra.STOICHIOMETRY_LABELS


def test_ionic_characters_by_a_loop_over_pairs() -> None:
    formulas = training_formulas()[::8]
    for formula, row in zip(formulas, extra.ionic_character(compositions(formulas)), strict=True):
        known = Composition(formula)
        x = {e: magpie_table()[e.Z - 1, 7] for e in known}
        pairs = list(itertools.combinations(known, 2))
        each = [1 - np.exp(-0.25 * (x[a] - x[b]) ** 2) for a, b in pairs]
        weights = [known.get_atomic_fraction(a) * known.get_atomic_fraction(b) for a, b in pairs]
        expected = [max(each, default=0.0), float(np.dot(weights, each))]
        assert row == pytest.approx(expected, abs=1e-12)


def test_pair_sums_by_a_loop_over_pairs() -> None:
    formulas = training_formulas()[::8]
    table = magpie_table()
    for formula, row in zip(formulas, pair_sums(compositions(formulas), table), strict=True):
        known = Composition(formula)
        expected = np.zeros(table.shape[1])
        for a, b in itertools.combinations(known, 2):
            weight = known.get_atomic_fraction(a) * known.get_atomic_fraction(b)
            expected += weight * (table[a.Z - 1] - table[b.Z - 1]) ** 2
        np.testing.assert_allclose(row, expected, rtol=1e-9, atol=1e-7)


def test_mixture_of_one_element_has_its_own_density_and_moduli() -> None:
    row = dict(zip(extra.DENSITY_LABELS, extra.density(compositions(["Na"]))[0], strict=True))
    sodium = dict(zip(MAGPIE_LABELS, magpie(compositions(["Na"]))[0], strict=True))
    volume = sodium["MagpieData mean GSvolume_pa"]
    assert row["valence electrons per A3"] == pytest.approx(1 / volume)
    assert row["atomic mass per A3"] == pytest.approx(22.98977 / volume, rel=1e-5)
    assert row["cohesive energy per A3"] == pytest.approx(1.113 / volume, rel=0.01)
    assert row["Voigt bulk modulus"] == pytest.approx(row["Reuss bulk modulus"])
    assert row["Voigt bulk modulus"] == pytest.approx(6.5, rel=0.1)  # GPa, measured 6.3–6.8


def test_voigt_is_above_reuss() -> None:
    c = compositions(training_formulas())
    rows = extra.density(c)
    assert (rows[:, 3:5] >= rows[:, 5:7] * (1 - 1e-12)).all()


def test_words_are_those_of_matminer() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from matminer.utils.data import MatscholarElementData

        source = MatscholarElementData(impute_nan=False)
    known = [s for s in ELEMENTS if s in source.all_element_data]
    assert len(known) > 80
    for symbol in known:
        expected = list(source.all_element_data[symbol].values())
        assert matscholar_table()[ELEMENTS.index(symbol)].tolist() == expected


def test_element_fractions() -> None:
    row = element_fractions(compositions(["NaSn3"]))[0]
    found = {label: value for label, value in zip(ELEMENT_LABELS, row, strict=True) if value}
    assert found == {"Na fraction": 0.25, "Sn fraction": 0.75}


def test_every_group_is_finite_labelled_and_the_same_row_by_row() -> None:
    formulas = [*training_formulas()[::6], "".join(ELEMENTS[:100])]
    c = compositions(formulas)
    together = features(c, tuple(GROUPS))
    assert np.isfinite(together).all()
    names = feature_labels(tuple(GROUPS))
    assert together.shape == (len(formulas), len(names)) and len(set(names)) == len(names)
    for k in (0, 7, len(formulas) - 1):
        alone = features(compositions([formulas[k]]), tuple(GROUPS))
        np.testing.assert_array_equal(alone[0], together[k])


def test_features_are_those_of_plain_numbers_to_the_last_bit() -> None:
    """No kernel, no order of NumPy's, no fused product decides: what is left is IEEE 754."""
    formulas = training_formulas()[::4]
    c = compositions(formulas)
    found = dict(zip(FEATURE_LABELS, features(c).T, strict=True))
    for k, (start, stop) in enumerate(itertools.pairwise(c.start.tolist())):
        fractions = c.fraction[start:stop].tolist()
        z = c.element[start:stop].tolist()
        expected = by_plain_numbers(fractions, z)
        rounded = {label: to_30_bits(value) for label, value in expected.items()}
        assert {label: found[label][k] for label in rounded} == rounded, formulas[k]


def to_30_bits(value: float) -> float:
    size = 2.0 ** (max(math.frexp(value)[1], 0) - 30)
    return round(value / size) * size


def by_plain_numbers(fractions: list[float], z: list[int]) -> dict[str, float]:
    expected = {}
    tables = {"MagpieData": (MAGPIE, magpie_table()), "bonding": (BONDING, bonding_table())}
    for prefix, (names, table) in tables.items():
        for name, column in zip(names, table.T.tolist(), strict=True):
            values = [column[i] for i in z]
            mean = in_order(f * v for f, v in zip(fractions, values, strict=True))
            off = in_order(abs(v - mean) * f for f, v in zip(fractions, values, strict=True))
            expected[f"{prefix} mean {name}"] = mean
            expected[f"{prefix} avg_dev {name}"] = off
            expected[f"{prefix} range {name}"] = max(values) - min(values)
    paired = {"MagpieData": extra.PAIRED, "bonding": extra.PAIRED_BONDING}
    for prefix, (names, table) in tables.items():
        for name in paired[prefix]:
            column = table[:, names.index(name)]
            centred = [column.tolist()[i] - float(column.mean()) for i in z]
            first = in_order(f * v for f, v in zip(fractions, centred, strict=True))
            second = in_order(f * (v * v) for f, v in zip(fractions, centred, strict=True))
            expected[f"pairs {name}"] = max(second - first * first, 0.0)
    x = [magpie_table()[i, MAGPIE.index("Electronegativity")].item() for i in z]
    squares = [(a - b) * (a - b) for a in x for b in x]
    each = [1 - float(Decimal(-0.25 * square).exp(Context(prec=40))) for square in squares]
    weight = [f * g for f in fractions for g in fractions]
    expected["max ionic char"] = max(each)
    expected["avg ionic char"] = in_order(w * e for w, e in zip(weight, each, strict=True)) / 2
    return expected


def in_order(terms: Iterable[float]) -> float:
    first, *others = terms
    for term in others:
        first += term
    return first


def test_features_go_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    c = compositions(training_formulas()[:50])
    whole = features(c)
    assert whole.shape == (50, len(FEATURE_LABELS))
    assert FEATURE_LABELS[: len(MAGPIE_LABELS)] == MAGPIE_LABELS
    monkeypatch.setattr("maiscreen.descriptors.composition.features._CHUNK", 7)
    np.testing.assert_array_equal(features(c), whole)


def test_no_composition_gives_no_row() -> None:
    assert features(compositions([]), tuple(GROUPS)).shape == (
        0,
        len(feature_labels(tuple(GROUPS))),
    )


def test_spelling_does_not_matter() -> None:
    rows = features(compositions(["NaSn2", "Sn4Na2", "(NaSn2)0.5", "SnNaSn"]), tuple(GROUPS))
    assert (rows == rows[0]).all()


def test_inputs_are_left_alone() -> None:
    c, table = compositions(["NaSn2", "Na"]), magpie_table()
    before = (c.fraction.copy(), c.element.copy(), table.copy())
    statistics(c, table)
    for array, kept in zip((c.fraction, c.element, table), before, strict=True):
        np.testing.assert_array_equal(array, kept)
    with pytest.raises(ValueError, match="read-only"):
        table[0, 0] = 1.0
