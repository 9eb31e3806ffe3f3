"""Whether a precursor can be bought, whether it lasts, and what it comes in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.bench.handling import handling
from maiscreen.descriptors.bench.stability import Stability
from maiscreen.descriptors.bench.supply import supply

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What the gates of supply, stability and handling ask for, arrays of shape (n,)."""

    supply: Strings
    supply_evidence: Strings
    handling: Strings
    stability: Stability

    @classmethod
    def of(
        cls,
        cas: Strings,
        boiling_k: Floats,
        melting_k: Floats,
        pressure_25_pa: Floats,
        lasting: Stability,
    ) -> "Bench":
        """Look compounds up.

        Parameters
        ----------
        cas : Strings
            CAS numbers, empty where there is none, shape (n,).
        boiling_k, melting_k : Floats
            At 1 atm, shape (n,); NaN where not known.
        pressure_25_pa : Floats
            Vapour pressure at 25 °C, shape (n,); NaN where not known.
        lasting : Stability
            Of the same compounds.
        """
        return cls(*supply(cas.tolist()), handling(boiling_k, melting_k, pressure_25_pa), lasting)

    def columns(self) -> dict[str, Strings | Floats]:
        """Lay out the columns of a table."""
        return {
            "supply": self.supply,
            "supply_evidence": self.supply_evidence,
            "stability": self.stability.word,
            "stability_limit_c": self.stability.limit_c,
            "stability_reason": self.stability.reason,
            "handling": self.handling,
        }
