"""A computed modulus of the same crystal comes before a potential's."""

import numpy as np
import pytest

from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.models.attributes.computed_moduli import (
    SAME_BULK_MODULUS,
    prefer_computed,
    single_row_moduli,
)
from maiscreen.models.labels.evidence import Evidence

COMPUTED, LABELLED = 7.0, 11.0


def chosen(formula: str, bulk_gpa: float) -> tuple[float, str]:
    labels = {
        (formula, name): Evidence(value, 1.0, "potential", ("7net-0",))
        for name, value in (("bulk_modulus", bulk_gpa), ("youngs_modulus", LABELLED))
    }

    def estimate(value: float, fidelity: str) -> Estimate:
        texts = np.array(["source"]), np.array([fidelity])
        return Estimate(np.array([value]), np.ones(1), *texts, np.zeros(1))

    both = estimate(COMPUTED, "F1"), estimate(LABELLED, "F2")
    found = prefer_computed(np.array([formula]), *both, labels, "")
    return float(found.value[0]), str(found.fidelity[0])


def test_the_bulk_modulus_says_whether_it_is_the_same_crystal() -> None:
    [row] = single_row_moduli(["NaPt2"]).values()
    assert row["bulk_modulus"] == pytest.approx(124, abs=0.5)
    k = row["bulk_modulus"]
    assert chosen("NaPt2", k * (1 + 0.9 * SAME_BULK_MODULUS)) == (COMPUTED, "F1")
    assert chosen("NaPt2", k * (1 - 0.9 * SAME_BULK_MODULUS)) == (COMPUTED, "F1")
    assert chosen("NaPt2", k * (1 + 1.1 * SAME_BULK_MODULUS)) == (LABELLED, "F2")


def test_of_several_rows_none_is_taken() -> None:
    assert single_row_moduli(["Na3Bi", "NaSn"]) == {}
    assert chosen("Na3Bi", 17.0) == (LABELLED, "F2")


def test_youngs_modulus_is_that_of_an_isotropic_solid() -> None:
    for row in single_row_moduli(["NaCl", "NaZn13", "Na2S"]).values():
        k, g, e = row["bulk_modulus"], row["shear_modulus"], row["youngs_modulus"]
        poisson = (3 * k - 2 * g) / (2 * (3 * k + g))
        assert e == pytest.approx(2 * g * (1 + poisson))


def test_without_a_label_nothing_is_decided() -> None:
    value = Estimate(*(np.ones(1), np.ones(1), np.array(["s"]), np.array(["F1"]), np.zeros(1)))
    kept = prefer_computed(np.array(["NaPt2"]), value, value, {}, "")
    assert kept.value[0] == 1.0
