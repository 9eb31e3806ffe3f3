"""The periodic table read from its file, against pymatgen's own reading."""

import warnings

import pytest
from pymatgen.core.composition import Composition
from pymatgen.core.periodic_table import Element

from maiscreen.candidates.chemistry.elements import (
    SYMBOLS,
    molar_mass_g,
    oxidation_states,
    periodic_table,
)


def test_every_element_is_pymatgens() -> None:
    for symbol in SYMBOLS:
        ours, theirs = periodic_table()[symbol], Element(symbol)
        states = {*theirs.oxidation_states, *theirs.icsd_oxidation_states}
        with warnings.catch_warnings():
            # It warns of elements without a volume.
            warnings.simplefilter("ignore")
            volume = theirs.molar_volume
        assert ours["Name"] == theirs.long_name
        assert ours.get("Molar volume") == (None if volume is None else pytest.approx(volume))
        assert oxidation_states(symbol) == tuple(sorted(n for n in states if n > 0))


@pytest.mark.parametrize("formula", ["SnCl4", "C3H9SiCl", "ZnBr2", "Na15Sn4"])
def test_molar_mass_is_pymatgens(formula: str) -> None:
    composition = Composition(formula)
    counts = {str(element): n for element, n in composition.items()}
    assert molar_mass_g(counts) == pytest.approx(composition.weight, rel=1e-12)
