"""The layer that a reaction leaves: salt, metal phase, by-products, by stoichiometry."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.reaction.salts import SODIUM_MOLAR_VOLUME_CM3, salt

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]


class Uncertain(NamedTuple):
    """A property of phases or salts with its errors, arrays of one shape.

    Attributes
    ----------
    value : Floats
    std : Floats
        Standard deviation of the error that is its own.
    shared : Floats
        Standard deviation of the error that it has in common with all others.
    """

    value: Floats
    std: Floats
    shared: Floats


class Errors(NamedTuple):
    """Standard deviations of an attribute of a layer by their cause, arrays of one shape.

    Attributes
    ----------
    phase, salt : Floats
        What is not known of the metal phases, and of the salts.
    shared : Floats
        What is not known of all layers alike.
    structure : Floats
        How the layer is built, with the sign of its effect: root mean square about the value, when
        it may be anything from there to :data:`FARTHEST` as far.
    """

    phase: Floats
    salt: Floats
    shared: Floats
    structure: Floats

    @property
    def std(self) -> Floats:
        """All of them, as they are independent."""
        return np.sqrt(self.phase**2 + self.salt**2 + self.shared**2 + self.structure**2)


FARTHEST = float(np.sqrt(3.0))
"""End of an even distribution from 0 on, in its root mean squares."""


class Attribute(NamedTuple):
    """An attribute of layers with its errors by cause, arrays of one shape."""

    value: Floats
    errors: Errors

    def between(self, other: Floats) -> "Attribute":
        """Let it lie anywhere between itself and what the layer has if it is built otherwise."""
        return Attribute(self.value, with_structure(self.errors, other - self.value))


def with_structure(errors: Errors, difference: Floats) -> Errors:
    """Take a difference as the end of what the structure of a layer may change."""
    return errors._replace(structure=difference / FARTHEST)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number for each candidate with its errors, source and fidelity, shape (n,).

    Fidelities: F0, stoichiometry and tables; F1, crystal data and learned models; F2, an
    interatomic potential.
    """

    value: Floats
    std: Floats
    source: Strings
    fidelity: Strings
    shared: Floats
    """Standard deviation of the error that it has in common with all others of its kind."""

    @property
    def numbers(self) -> Uncertain:
        """Value and errors, without words."""
        return Uncertain(self.value, self.std, self.shared)


@dataclass(frozen=True, slots=True)
class LayerEstimate:
    """An attribute of each candidate's layer, with its source and fidelity, shape (n,)."""

    value: Floats
    errors: Errors
    source: Strings
    fidelity: Strings

    @property
    def std(self) -> Floats:
        """Standard deviation, all causes together."""
        return self.errors.std

    def between(self, other: "LayerEstimate") -> "LayerEstimate":
        """Let it lie anywhere between itself and what the layer has if it is built otherwise."""
        return replace(self, errors=with_structure(self.errors, other.value - self.value))


def f0_estimate(
    value: Floats, std: Floats | float, source: Strings | str, shared: Floats | float = 0.0
) -> Estimate:
    """Make an estimate at fidelity F0.

    Parameters
    ----------
    value : Floats
        Shape (n,).
    std : Floats or float
        Shape (n,), or one for all.
    source : Strings or str
        Shape (n,), or one for all.
    shared : Floats or float
        Error that all have in common, shape (n,), or one for all.
    """
    shape = value.shape
    return Estimate(
        value,
        np.broadcast_to(std, shape),
        np.broadcast_to(source, shape),
        np.full(shape, "F0"),
        np.broadcast_to(shared, shape),
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
        organic_cm3: Floats,
    ) -> "Volumes":
        """Add up what follows from the amounts; each of shape (n,)."""
        solid = salt_cm3 + phase_cm3
        given = salt_mol, salt_cm3, sodium_mol, phase_cm3, organic_cm3
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
    organic_cm3 : Floats
        Volume of organic by-products that stay in the layer, cm³.
    """

    metal: Strings
    halogen: Strings
    phase: Strings
    salt_mol: Floats
    sodium_mol: Floats
    phase_cm3: Floats
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
            self.organic_cm3,
        )
