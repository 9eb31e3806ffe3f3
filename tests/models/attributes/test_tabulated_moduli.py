"""Moduli of Materials Project: which rows are used, how they are joined, how far they are off."""

import numpy as np
import pytest

from maiscreen.candidates.chemistry import elements
from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.snapshot.training_data import moduli
from maiscreen.descriptors.reaction.salts import salt
from maiscreen.models.attributes.crystal_data import POISSON_RANGE, tabulated_moduli, usable_rows


def _key(formula: str) -> str:
    return str(compositions([formula]).key[0])


def test_one_crystal_gives_its_own_modulus() -> None:
    found = tabulated_moduli()[_key("NaGa4")]
    assert found.value == pytest.approx(9 * 45 * 29 / (3 * 45 + 29))
    assert found.std == pytest.approx(0.25 * found.value)
    assert found.crystals == 1
    assert tabulated_moduli()[_key("Na2Ba")] == tabulated_moduli()[_key("BaNa2")]


def test_several_crystals_give_their_median_and_half_range() -> None:
    from pymatgen.core import Composition

    table = moduli()
    mine = [
        (row["bulk_modulus_gpa"], row["shear_modulus_gpa"])
        for row in table.to_pylist()
        if Composition(row["formula"]).reduced_formula == "Si"
    ]
    young = sorted(9 * k * g / (3 * k + g) for k, g in mine)
    found = tabulated_moduli()[_key("Si")]
    assert found.crystals == len(young) == 5
    assert found.value == pytest.approx(young[2])
    assert found.std == pytest.approx(np.hypot(0.25 * young[2], (young[4] - young[0]) / 2))


@pytest.mark.parametrize("formula", ["S", "Na2Te"])  # clipped to 1 GPa; K 10 beside G 15
def test_what_no_solid_has_is_not_used(formula: str) -> None:
    assert _key(formula) not in tabulated_moduli()


def test_few_rows_are_refused() -> None:
    table = moduli()
    bulk, shear = (table[f"{kind}_modulus_gpa"].to_numpy() for kind in ("bulk", "shear"))
    good = usable_rows(bulk, shear)
    assert 100 < (~good).sum() < 200
    poisson = (3 * bulk - 2 * shear)[good] / (2 * (3 * bulk + shear))[good]
    assert poisson.min() >= POISSON_RANGE[0]
    assert poisson.max() <= POISSON_RANGE[1]


def test_the_error_covers_the_elements_that_handbooks_agree_on() -> None:
    symbols = np.array([*METALS, "Na"])
    young, other = (
        elements.youngs_modulus_gpa(symbols),
        elements._tabulated_youngs_modulus(symbols),
    )
    miedema = elements.miedema("shear_modulus_gpa", symbols)
    found = [tabulated_moduli().get(_key(s)) for s in symbols.tolist()]
    agree = np.abs(np.log(young / other)) < 0.2
    rows = np.flatnonzero(agree & np.isfinite(miedema) & np.array([f is not None for f in found]))
    measured = np.sqrt(young * other)[rows]
    value, std = np.array([(found[i].value, found[i].std) for i in rows]).T  # type: ignore[union-attr]
    apart = np.log(value / measured)
    assert len(rows) == 49
    assert np.sqrt(np.mean(apart**2)) == pytest.approx(0.31, abs=0.02)
    assert np.median(np.abs(apart)) == pytest.approx(0.11, abs=0.01)
    assert apart.mean() == pytest.approx(0.09, abs=0.01)
    assert np.mean(np.abs(apart) < 1.645 * std / value) == pytest.approx(0.90, abs=0.03)


def test_salts_lie_within_seven_per_cent() -> None:
    halogens = np.array(["F", "Cl", "Br", "I"])
    measured = salt("youngs_modulus_gpa", halogens)
    value = np.array([tabulated_moduli()[_key(f"Na{x}")].value for x in halogens])
    assert np.abs(np.log(value / measured)).max() < 0.07
