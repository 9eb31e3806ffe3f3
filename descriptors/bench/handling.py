"""What a precursor comes in: a bottle that is poured, or a cylinder with a line."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import ROOM_K
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

BOTTLE, CYLINDER = "bottle", "cylinder"
HANDLINGS = (BOTTLE, CYLINDER)
"""In the order in which a glovebox prefers them: the paper poured."""

WARM_C = 40.0
"""What boils below is a liquid that builds up pressure in a warm room [judgement]."""

_STATES = {
    "gas": "a gas: cylinder, regulator and a closed line; cannot be poured as in the paper",
    "liquid": "a liquid: can be poured beside the sodium in a closed glass, as in the paper",
    "solid": "a solid: sublimes or needs warmth; closed vessel, keep the sodium below 80 °C",
}
_NO_GLASS = "vessel and line of PFA, PTFE, steel or nickel: HF from moisture eats glass"


def handling(boiling_k: Floats, melting_k: Floats, pressure_25_pa: Floats) -> Strings:
    """Choose between bottle and cylinder, by the state at 25 °C and 1 atm.

    Parameters
    ----------
    boiling_k, melting_k : ndarray, shape (n,)
        K, at 1 atm; NaN where not known.
    pressure_25_pa : ndarray, shape (n,)
        Vapour pressure at 25 °C, Pa; NaN where not known.

    Returns
    -------
    Strings
        One of :data:`HANDLINGS`; empty where nothing tells, shape (n,).

    Examples
    --------
    >>> boiling, melting = np.array([387.3, 236.6, np.nan]), np.full(3, np.nan)
    >>> handling(boiling, melting, np.array([3e3, np.nan, np.nan])).tolist()
    ['bottle', 'cylinder', '']
    """
    gas = (boiling_k <= ROOM_K) | (np.isnan(boiling_k) & (pressure_25_pa >= ATMOSPHERE_PA))
    condensed = (boiling_k > ROOM_K) | (melting_k > ROOM_K) | (pressure_25_pa < ATMOSPHERE_PA)
    return np.where(gas, CYLINDER, np.where(condensed, BOTTLE, ""))


def hardest(handlings: list[str]) -> str:
    """Choose what a blend comes in: one gas makes it one of cylinders; empty if nothing tells.

    Examples
    --------
    >>> hardest(["bottle", "cylinder"]), hardest(["bottle", ""])
    ('cylinder', '')
    """
    if CYLINDER in handlings:
        return CYLINDER
    return "" if "" in handlings else BOTTLE


def container(state: str, boiling_c: float | None = None, fluoride: bool = False) -> str | None:
    """Tell what a state at 25 °C means at the glovebox; None where the state is not known.

    Parameters
    ----------
    state : str
        ``gas``, ``liquid`` or ``solid``.
    boiling_c : float, optional
        °C, at 1 atm.
    fluoride : bool
        Whether moisture makes hydrogen fluoride of it.

    Examples
    --------
    >>> container("liquid", 34.0, fluoride=True).split("; ")[1]
    'boils at 34 °C: a bottle that holds pressure, kept cool'
    """
    if state not in _STATES:
        return None
    # What the paper's glass is to a fluoride, it must not be poured into.
    text = _STATES[state].replace("in a closed glass", "in a closed vessel" if fluoride else
                                  "in a closed glass")  # fmt: skip
    warm = state == "liquid" and boiling_c is not None and boiling_c < WARM_C
    cool = f"boils at {boiling_c:.0f} °C: a bottle that holds pressure, kept cool" if warm else ""
    return "; ".join(filter(None, (text, cool, _NO_GLASS if fluoride else "")))
