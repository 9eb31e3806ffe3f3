import numpy as np
import pytest

from maiscreen.candidates.snapshot.corrections import (
    ANION_SHIFT_EV,
    HUBBARD_FLUORIDE_SHIFT_EV,
    derive_shifts_ev,
    shift_ev_atom,
)


def test_shifts_are_those_of_pymatgens_correction_files() -> None:
    anion, hubbard = derive_shifts_ev()
    assert anion == pytest.approx(ANION_SHIFT_EV, abs=6e-4)
    assert hubbard == pytest.approx(HUBBARD_FLUORIDE_SHIFT_EV, abs=1e-5)


@pytest.mark.parametrize(
    ("metal", "halogen", "m", "x", "na", "expected"),
    [
        ("Sn", "I", 1, 4, 0, -0.379 * 4 / 5),
        ("", "Cl", 0, 1, 1, -0.019 / 2),
        ("Fe", "F", 1, 3, 0, (3 * 0.029 + 0.477) / 4),
        ("Fe", "Cl", 1, 3, 0, -0.019 * 3 / 4),
        ("Fe", "F", 1, 6, 3, (6 * 0.029 + 0.477) / 10),
        ("Sb", "", 1, 0, 3, 0.0),
    ],
)
def test_shift(metal: str, halogen: str, m: int, x: int, na: int, expected: float) -> None:
    counts = (np.array([n]) for n in (m, x, m + x + na))
    shift = shift_ev_atom(np.array([metal]), np.array([halogen]), *counts)
    assert shift == pytest.approx([expected])
