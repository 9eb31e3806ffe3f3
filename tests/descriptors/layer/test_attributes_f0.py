"""The four attributes at F0 against values computed or measured elsewhere, and their limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.elements import SURFACE_ENERGY_J_M2, _cohesive_energy_ev
from maiscreen.descriptors.layer.adhesion import (
    adhesion,
    interface_energy_j_m2,
    phase_adhesion,
)
from maiscreen.descriptors.layer.layer import Layer
from maiscreen.descriptors.layer.mechanics import (
    ALLOY_MODULUS_STD_FRACTION,
    hill_mean,
    phase_modulus,
    youngs_modulus,
)
from maiscreen.descriptors.layer.permeability import electrolyte_permeability, openness_from_growth
from maiscreen.descriptors.layer.transport import effective_medium
from maiscreen.descriptors.reaction.salts import SALTS, salt
from maiscreen.screen.paper.controls import chloropropane_layer

NA7SN12_CM3_PER_SN = 2243.0e-24 * 6.02214076e23 / 48
"""Published cell of Na7Sn12: 2243 Å³, four formula units (Inorg. Chem. 42, 5474 (2003))."""


def layer(
    metal: str = "Sn",
    halogen: str = "Cl",
    salt_mol: float = 4.0,
    sodium_mol: float = 7 / 12,
    phase_cm3: float = NA7SN12_CM3_PER_SN,
    organic_cm3: float = 0.0,
) -> Layer:
    numbers = (salt_mol, sodium_mol, phase_cm3, organic_cm3)
    symbols = (np.array([text]) for text in (metal, halogen, metal))
    return Layer(*symbols, *(np.array([x]) for x in numbers))


def test_salts_look_up_in_any_order() -> None:
    given_order = np.array(["I", "F", "Br", "Cl", "F"])
    expected = [SALTS[x].barrier_ev for x in given_order]
    assert salt("barrier_ev", given_order).tolist() == expected


@pytest.mark.parametrize(
    ("halogen", "c11", "c12", "c44"),
    [  # GPa, Haussühl 1960
        ("F", 97.0, 24.3, 28.1),
        ("Cl", 49.1, 12.8, 12.8),
        ("Br", 39.7, 10.0, 9.98),
        ("I", 30.1, 9.1, 7.3),
    ],
)
def test_salt_moduli_are_the_hill_mean_of_the_crystal(
    halogen: str, c11: float, c12: float, c44: float
) -> None:
    from pymatgen.analysis.elasticity import ElasticTensor

    voigt = np.diag([c11] * 3 + [c44] * 3)
    voigt[:3, :3] += c12 * (1 - np.eye(3))
    expected = ElasticTensor.from_voigt(voigt).y_mod / 1e9  # pymatgen takes GPa, gives Pa
    assert SALTS[halogen].youngs_modulus_gpa == pytest.approx(expected, rel=0.01)


def test_stoichiometry_leaves_mostly_salt() -> None:
    assert layer().volumes.phase_fraction[0] == pytest.approx(0.207, abs=0.005)


# Miedema & den Broeder, worked by hand for the three metals of the paper.
@pytest.mark.parametrize(("metal", "gamma"), [("Sn", 0.04), ("Si", 0.32), ("Ti", 1.34)])
def test_interface_energy(metal: str, gamma: float) -> None:
    assert interface_energy_j_m2(np.array([metal]))[0] == pytest.approx(gamma, abs=0.03)


@pytest.mark.filterwarnings("ignore:Downcasting:FutureWarning")  # matminer's own
def test_interface_enthalpy_has_the_sign_of_matminers() -> None:
    from matminer.featurizers.composition.alloy import Miedema
    from pymatgen.core import Composition

    reference = Miedema(struct_types="inter")
    for metal in ("Sn", "Pb", "Sb", "Bi", "In", "Ti", "W", "Fe", "Cr", "Zn"):
        expected = reference.featurize(Composition({"Na": 1, metal: 1}))[0]
        structural = 0.15 * (0.26 + SURFACE_ENERGY_J_M2[metal])
        ours = interface_energy_j_m2(np.array([metal]))[0] - structural
        assert np.sign(ours) == np.sign(expected), metal


def test_surface_energy_estimate_is_worth_what_it_says() -> None:
    from maiscreen.candidates.chemistry.elements import molar_volume_cm3

    symbols = np.array(list(SURFACE_ENERGY_J_M2))
    cohesive = np.array([_cohesive_energy_ev()[s] for s in symbols]) * 96485
    estimate = cohesive / (4.5e8 * (molar_volume_cm3(symbols) * 1e-6) ** (2 / 3))
    table = np.array(list(SURFACE_ENERGY_J_M2.values()))
    assert np.sqrt(np.mean(np.log(estimate / table) ** 2)) < 0.35


def test_work_of_adhesion_is_by_dupre() -> None:
    # γ_Na + γ_M − γ_int by hand: 0.26 + γ_M − γ_int, of the bare metal.
    for metal, gamma_int in (("Sn", 0.03), ("Si", 0.32)):
        work = phase_adhesion(layer(metal, sodium_mol=0.0)).value[0]
        assert work == pytest.approx(0.26 + SURFACE_ENERGY_J_M2[metal] - gamma_int, abs=0.01)


def test_a_phase_of_sodium_alone_holds_as_sodium_does() -> None:
    assert phase_adhesion(layer(sodium_mol=1e9)).value[0] == pytest.approx(0.52)


def test_adhesion_never_beats_sodium_and_strong_metals_tie() -> None:
    values = {m: adhesion(layer(m, sodium_mol=0.0)).value[0] for m in ("Sn", "W", "Ta", "B")}
    assert max(values.values()) <= 0.52
    assert len(set(values.values())) == 1


def test_adhesion_of_salt_alone_and_of_fluoride() -> None:
    salts = [adhesion(layer("", x, sodium_mol=0, phase_cm3=0)) for x in ("F", "Cl")]
    assert salts[0].value[0] < salts[1].value[0] == pytest.approx(0.15)
    assert not np.isnan(salts[0].std[0])


def test_unknown_metal_stays_unknown() -> None:
    assert np.isnan(adhesion(layer("Te")).value[0])
    assert np.isnan(youngs_modulus(layer("S")).value[0])


@given(st.floats(-12, 2), st.floats(-12, 2), st.floats(0.0, 1.0), st.sampled_from([0.16, 1 / 3]))
def test_effective_medium_solves_its_equation(
    a: float, b: float, fraction: float, threshold: float
) -> None:
    low, high = 10.0 ** min(a, b), 10.0 ** max(a, b)
    mixed = effective_medium(np.array([high]), np.array([low]), np.array([fraction]), threshold)[0]
    assert low * (1 - 1e-9) <= mixed <= high * (1 + 1e-9)
    ratio = (1 - threshold) / threshold
    s, t = (low / mixed) ** (1 / 0.87), (high / mixed) ** 0.5
    terms = (1 - fraction) * (s - 1) / (s + ratio), fraction * (t - 1) / (t + ratio)
    assert sum(terms) == pytest.approx(0, abs=1e-6)


def test_effective_medium_percolates() -> None:
    fractions = np.array([0.05, 0.15, 0.17, 0.3, 0.9])
    mixed = effective_medium(np.ones(5), np.full(5, 1e-9), fractions, 0.16)
    assert (np.diff(mixed) > 0).all()
    assert mixed[1] < 1e-4 < mixed[3]
    # Above the threshold the exponent is 2.
    assert mixed[4] == pytest.approx(((0.9 - 0.16) / 0.84) ** 2, rel=1e-3)


def test_hill_lies_between_the_hashin_shtrikman_bounds() -> None:
    # For bulk moduli of phases with equal shear modulus the bounds coincide (Hill 1963).
    shear, k1, k2, f = 10.0, 15.0, 45.0, 0.3
    exact = 1 / (f / (k1 + 4 / 3 * shear) + (1 - f) / (k2 + 4 / 3 * shear)) - 4 / 3 * shear
    voigt, reuss = f * k1 + (1 - f) * k2, 1 / (f / k1 + (1 - f) / k2)
    ours = hill_mean(np.array([f]), np.array([k1]), np.array([k2]))[0]
    assert reuss < exact < voigt
    assert ours == pytest.approx(exact, rel=0.1)


def test_moduli_against_the_papers() -> None:
    assert youngs_modulus(layer("", sodium_mol=0, phase_cm3=0)).value[0] == pytest.approx(
        37.6, rel=0.05
    )
    assert phase_modulus(layer()).value[0] == pytest.approx(21.2, rel=0.35)


def test_fluoride_is_porous_and_iodide_dissolves() -> None:
    opened = {
        x: electrolyte_permeability(layer("", x, 1.0, 0.0, 0.0)).value[0] for x in ("F", "Cl", "I")
    }
    assert opened["F"] == pytest.approx(1 - 15.0 / 23.78)
    assert opened["Cl"] == 0
    assert opened["I"] == 1


def test_organic_by_products_that_stay_open_the_layer() -> None:
    dissolved = layer("", salt_mol=1, sodium_mol=0, phase_cm3=0, organic_cm3=27.0)
    assert electrolyte_permeability(dissolved).value[0] == pytest.approx(0.5)


def test_chloropropane_leaves_what_sodium_chloride_alone_would() -> None:
    control, salt_alone = chloropropane_layer(), layer("", salt_mol=1, sodium_mol=0, phase_cm3=0)
    assert control.organic_cm3[0] == 0  # hexane boils at 69 °C
    for attribute in (adhesion, electrolyte_permeability, youngs_modulus):
        assert attribute(control).value[0] == attribute(salt_alone).value[0]


@given(st.floats(0.05, 20))
def test_open_share_is_a_share(ratio: float) -> None:
    opened = openness_from_growth(np.array([ratio]))[0]
    assert 0 <= opened < 1
    assert (opened == 0) == (1 <= ratio <= 2)


ALLOY_MODULI_GPA = {  # the paper's DFT; then 7net-0 and 7net-l3i5, relaxed ions, Hill
    ("Sn", 7 / 12): [21.2],
    ("Sn", 1.0): [16.9, 19.9],
    ("Sn", 0.5): [18.8, 14.9],
    ("Sn", 3.75): [22.2, 19.3],
    ("Pb", 1.0): [16.2, 17.1],
    ("Pb", 3.75): [16.6, 17.1],
    ("Bi", 3.0): [15.5, 22.1],
    ("Sb", 3.0): [19.1, 24.8],
}


def test_error_of_an_alloy_modulus_is_what_is_found() -> None:
    off = [
        np.log(phase_modulus(layer(metal, sodium_mol=x)).value[0] / value)
        for (metal, x), values in ALLOY_MODULI_GPA.items()
        for value in values
    ]
    rms = np.sqrt(np.mean(np.square(off)))
    assert rms == pytest.approx(ALLOY_MODULUS_STD_FRACTION, abs=0.03)
