"""What somebody has at hand: the jar, the thickness that is wanted, the area of sodium."""

from dataclasses import dataclass
from math import isfinite

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.blends.dose import PAPER_JAR_CM3
from maiscreen.descriptors.blends.vapour import THICKNESS_UM

BOUNDS = {"jar_cm3": (0.1, 1e6), "thickness_um": (0.01, 1e3), "area_cm2": (0.01, 1e5)}
"""What may be asked for: a drop to a barrel."""


@dataclass(frozen=True, slots=True)
class JarSetup:
    """Jar and layer that doses are for.

    Attributes
    ----------
    jar_cm3 : float
        Gas space of the jar; that of the paper if left out.
    thickness_um : float
        Of the layer that is wanted; that of the paper's best if left out.
    area_cm2 : float
        Of sodium; 1 cm² if left out, so that doses are for each cm².

    Raises
    ------
    InputError
        If one is no number, or out of :data:`BOUNDS`.

    Examples
    --------
    >>> JarSetup()
    JarSetup(jar_cm3=19.8, thickness_um=6.0, area_cm2=1.0)
    """

    jar_cm3: float = PAPER_JAR_CM3
    thickness_um: float = THICKNESS_UM
    area_cm2: float = 1.0

    def __post_init__(self) -> None:
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not isfinite(value) or not low <= value <= high:
                raise InputError(name, value, f"give a number from {low:g} to {high:g}")


PAPER_SETUP = JarSetup()
"""The paper's jar and layer, on 1 cm²."""
