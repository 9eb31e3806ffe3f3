"""Constants against those of SciPy."""

import pytest
from scipy import constants as peer

from maiscreen.candidates.chemistry import constants


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AVOGADRO_MOL", peer.N_A),
        ("ELEMENTARY_CHARGE_C", peer.e),
        ("BOLTZMANN_J_K", peer.k),
        ("BOLTZMANN_EV_K", peer.k / peer.e),
        ("R", peer.R),
        ("FARADAY_C_MOL", peer.N_A * peer.e),
        ("KJ_MOL_PER_EV", peer.N_A * peer.eV / peer.kilo),
        ("CM3_MOL_PER_A3", peer.N_A * peer.angstrom**3 / peer.centi**3),
        ("J_M2_PER_EV_A2", peer.eV / peer.angstrom**2),
    ],
)
def test_constants(name: str, value: float) -> None:
    assert getattr(constants, name) == pytest.approx(value, rel=1e-14)
