"""How much vapour a jar holds, and what a layer takes: gas law and balance of volumes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.descriptors.blends.dose import (
    moles_for_layer,
    moles_in_jar,
    pressure_of_moles_pa,
)

POSITIVE = st.floats(1e-3, 1e5)


@given(POSITIVE, st.floats(200, 400), POSITIVE)
def test_pressure_and_moles_are_each_others_inverse(p: float, kelvin: float, jar: float) -> None:
    moles = moles_in_jar(np.array([p]), kelvin, jar)
    assert pressure_of_moles_pa(moles, kelvin, jar)[0] == pytest.approx(p)


def test_a_mole_at_one_bar_takes_the_molar_volume() -> None:
    # 24.79 L/mol at 25 °C and 1 bar (IUPAC).
    assert moles_in_jar(np.array([1e5]), 298.15, 24_790.0)[0] == pytest.approx(1.0, rel=1e-4)


@given(st.floats(0.1, 100), st.floats(0.1, 100), st.floats(10, 500), st.integers(1, 4))
def test_a_layer_holds_its_own_volume(d: float, area: float, volume: float, atoms: int) -> None:
    moles = moles_for_layer(d, area, np.array([volume]), np.array([float(atoms)]))[0]
    assert moles * atoms * volume == pytest.approx(area * d * 1e-4)
