"""The layer that a reaction leaves: salt, metal phase, by-products, by stoichiometry."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.reaction.salts import SODIUM_MOLAR_VOLUME_CM3, salt

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]


class Uncertain(NamedTuple):
    """Numbers with their standard deviations, arrays of one shape."""

    value: Floats
    std: Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number for each candidate with its standard deviation, source and fidelity, shape (n,).

    Fidelities: F0, stoichiometry and tables; F1, crystal data and learned models; F2, an
    interatomic potential.
    """

    value: Floats
    std: Floats
    source: Strings
    fidelity: Strings

    @property
    def numbers(self) -> Uncertain:
        """Value and standard deviation, without words."""
        return Uncertain(self.value, self.std)

    def take(self, rows: slice) -> "Estimate":
        """Keep some candidates."""
        return Estimate(self.value[rows], self.std[rows], self.source[rows], self.fidelity[rows])


def f0_estimate(value: Floats, std: Floats | float, source: Strings | str) -> Estimate:
    """Make an estimate at fidelity F0.

    Parameters
    ----------
    value : Floats
        Shape (n,).
    std : Floats or float
        Shape (n,), or one for all.
    source : Strings or str
        Shape (n,), or one for all.
    """
    shape = value.shape
    return Estimate(
        value, np.broadcast_to(std, shape), np.broadcast_to(source, shape), np.full(shape, "F0")
    )


def lower_fidelity(first: Strings, second: Strings) -> Strings:
    """Return the lower of two fidelities, element by element.

    Examples
    --------
    >>> lower_fidelity(np.array(["F0", "F2"]), np.array(["F2", "F2"])).tolist()
    ['F0', 'F2']
    """
    return np.where(first < second, first, second)


@dataclass(frozen=True, slots=True, eq=False)
class Volumes:
    """Amounts and volumes of a layer for one mole of M; all arrays of shape (n,).

    Attributes
    ----------
    salt_mol : Floats
        Moles of sodium bound in salts.
    salt_cm3 : Floats
        Volume of the salts, cm³.
    sodium_mol : Floats
        Moles of sodium in the metal phases.
    phase_cm3 : Floats
        Volume of the metal phases, cm³; zero where there is no M.
    formed_cm3 : Floats
        Volume of salts and metal phases as they were formed, cm³.
    organic_cm3 : Floats
        Volume of organic by-products that stay in the layer, cm³.
    solid_cm3 : Floats
        Volume of salts and metal phases, cm³.
    phase_fraction : Floats
        Volume fraction of the metal phases in the solid.
    """

    salt_mol: Floats
    salt_cm3: Floats
    sodium_mol: Floats
    phase_cm3: Floats
    formed_cm3: Floats
    organic_cm3: Floats
    solid_cm3: Floats
    phase_fraction: Floats

    @classmethod
    def of(
        cls,
        salt_mol: Floats,
        salt_cm3: Floats,
        sodium_mol: Floats,
        phase_cm3: Floats,
        formed_cm3: Floats,
        organic_cm3: Floats,
    ) -> "Volumes":
        """Add up what follows from the amounts; each of shape (n,)."""
        solid = salt_cm3 + phase_cm3
        given = salt_mol, salt_cm3, sodium_mol, phase_cm3, formed_cm3, organic_cm3
        return cls(*given, solid, phase_cm3 / solid)

    @property
    def pilling_bedworth(self) -> Floats:
        """Volume of the solid layer over that of the sodium that went into it."""
        return self.solid_cm3 / ((self.salt_mol + self.sodium_mol) * SODIUM_MOLAR_VOLUME_CM3)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one mole of M leaves on the sodium; all arrays of shape (n,).

    Attributes
    ----------
    metal, halogen : Strings
        Symbols; an empty metal is a layer of salt alone.
    phase : Strings
        Formula of the metal phase: of the alloy, or the symbol of the bare metal; may be empty.
    salt_mol : Floats
        Moles of NaX for each mole of M (for each mole of X where there is no M).
    sodium_mol : Floats
        Moles of sodium alloyed with each mole of M, zero for the bare metal.
    phase_cm3 : Floats
        Volume of the metal phase Na_xM for each mole of M, cm³; zero where there is no M.
    formed_cm3 : Floats
        Volume of the whole layer as it was formed, cm³.
    organic_cm3 : Floats
        Volume of organic by-products that stay in the layer, cm³.
    """

    metal: Strings
    halogen: Strings
    phase: Strings
    salt_mol: Floats
    sodium_mol: Floats
    phase_cm3: Floats
    formed_cm3: Floats
    organic_cm3: Floats

    @property
    def salt(self) -> Strings:
        """Formula of the salt."""
        return np.char.add("Na", self.halogen)

    @property
    def volumes(self) -> Volumes:
        """What the attributes of the whole layer are computed from."""
        salt_cm3 = self.salt_mol * salt("molar_volume_cm3", self.halogen)
        return Volumes.of(
            self.salt_mol,
            salt_cm3,
            self.sodium_mol,
            self.phase_cm3,
            self.formed_cm3,
            self.organic_cm3,
        )
