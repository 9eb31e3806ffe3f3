"""The paper's measurements: three precursors, and the controls beside them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maiscreen.candidates.precursors.space import ADDITIVE_CONTROL
from maiscreen.descriptors.layer.layer import Layer


@dataclass(frozen=True, slots=True)
class Measured:
    """One cell of the paper: symmetric, 2 mA/cm², 1 mAh/cm².

    Attributes
    ----------
    name : str
        What the sodium was treated with.
    formula : str
        Of the precursor, empty for bare sodium.
    route : str
        ``vapour``, ``additive`` or ``none``.
    cycles : int or None
        Until short circuit; None where the paper gives no number for a symmetric cell.
    note : str
        What the number leaves open.
    """

    name: str
    formula: str
    route: str
    cycles: int | None
    note: str = ""

    @property
    def key(self) -> str:
        """Key of its row in a ranking."""
        by_route = {"vapour": self.formula, "none": self.name}
        return by_route.get(self.route, f"{self.formula} {self.route}")


PRECURSORS = (
    Measured("SnCl4 vapour", "SnCl4", "vapour", 650, "more than 650"),
    Measured("SiCl4 vapour", "SiCl4", "vapour", 220, "about 220"),
    Measured("TiCl4 vapour", "TiCl4", "vapour", 150, "over a solution of about 1 mol/L"),
)
"""The three precursors, best first."""

ADDITIVE = Measured(
    "SnCl2 in the electrolyte", ADDITIVE_CONTROL.formula, "additive", 100, "about 100"
)
CHLOROPROPANE = Measured("1-chloropropane vapour", "C3H7Cl", "vapour", 40, "NaCl alone; about 40")
BARE_SODIUM = Measured(
    "bare sodium", "", "none", None, "below 100 in a sodium–sulfur cell; no symmetric cell given"
)
CONTROLS = (ADDITIVE, CHLOROPROPANE, BARE_SODIUM)
"""The controls, best first."""

BESIDE = tuple(case.key for case in (CHLOROPROPANE, BARE_SODIUM))
"""Keys of the controls that stand in a ranking beside its candidates: no halides, never passed."""


def candidates_of(ranking: pa.Table) -> pa.Table:
    """Return a ranking without the rows of the controls beside it.

    Examples
    --------
    >>> candidates_of(pa.table({"key": ["SnCl4", "C3H7Cl", "bare sodium"]})).num_rows
    1
    """
    return ranking.filter(pc.invert(pc.is_in(ranking["key"], value_set=pa.array(BESIDE))))


def chloropropane_layer() -> Layer:
    """Describe what 1-chloropropane leaves: NaCl.

    Na + C3H7Cl → NaCl + ½ C6H14 (Wurtz coupling); hexane boils at 69 °C and leaves no pores.
    """
    no_metal, none = np.array([""]), np.zeros(1)
    return Layer(no_metal, np.array(["Cl"]), no_metal, np.ones(1), none, none, none)
