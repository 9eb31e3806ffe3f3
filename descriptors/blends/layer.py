"""The layer that a blend leaves: salts of several precursors, several metal phases, as arrays.

What a precursor or a phase brings is worked out once and stands in a table; a blend gathers rows
and takes means by volume. With a single precursor every weight is 1.0 and every other term zero,
so that its numbers are those of :mod:`maiscreen.descriptors.layer.layer`, to the last digit.
Errors of the same kind are added as if they went together, which is on the safe side [judgement].
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.layer.adhesion import adhesion_j_m2, limit_work
from maiscreen.descriptors.layer.layer import Attribute, Uncertain, Volumes
from maiscreen.descriptors.layer.mechanics import Stiffness, layer_modulus_gpa
from maiscreen.descriptors.layer.permeability import open_fraction
from maiscreen.descriptors.layer.transport import layer_conductivity

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Solids:
    """Salts or metal phases: arrays of shape (k,), for one mole of M each.

    Attributes
    ----------
    sodium_mol : Floats
        Moles of sodium in it.
    cm3 : Floats
        Its volume.
    work, work_std, work_shared : Floats
        Work of adhesion of sodium, J/m², as much as an interface can hold, and its errors.
    ln_sigma, barrier_std, barrier_shared : Floats
        ln of its conductivity in mS/cm, and its barrier's errors, eV.
    voigt, reuss, relative_std : Floats
        As in :class:`~maiscreen.descriptors.layer.mechanics.Stiffness`.
    """

    sodium_mol: Floats
    cm3: Floats
    work: Floats
    work_std: Floats
    work_shared: Floats
    ln_sigma: Floats
    barrier_std: Floats
    barrier_shared: Floats
    voigt: Floats
    reuss: Floats
    relative_std: Floats

    @classmethod
    def of(
        cls,
        sodium_mol: Floats,
        cm3: Floats,
        work: Uncertain,
        conductor: Uncertain,
        modulus: Uncertain,
    ) -> "Solids":
        """Take one phase in each row: works in J/m², ln σ with its barrier's error, GPa."""
        stiffness = 1 / modulus.value, modulus.std / modulus.value
        works = limit_work(work.value), work.std, work.shared
        return cls(sodium_mol, cm3, *works, *conductor, modulus.value, *stiffness)

    def with_nothing(self) -> "Solids":
        """Add a last row, so that the place −1 stands for nothing at all."""
        return Solids(*(np.append(getattr(self, f.name), 0.0) for f in fields(self)))

    def joined(self, other: "Solids") -> "Solids":
        """Append others."""
        names = [f.name for f in fields(self)]
        return Solids(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in names))


_CONDUCTOR = ("ln_sigma", "barrier_std", "barrier_shared")


@dataclass(frozen=True, slots=True, eq=False)
class Precipitate:
    """What the precursors leave beside the metal phases, for one mole of M; shape (v,) each.

    Attributes
    ----------
    salts : Solids
        The sodium salts of each precursor.
    soluble, soluble_std : Floats
        Share of them that the glyme dissolves.
    organic_cm3 : Floats
        Volume of organic by-products that stay.
    """

    salts: Solids
    soluble: Floats
    soluble_std: Floats
    organic_cm3: Floats


def mean_of_slots(share: Floats, column: Floats, place: Integers) -> Floats:
    """Add up a property of what is in the three slots, by share, shape (n,).

    One slot after another: that is the order of a sum over the first axis, without an array of
    (3, n) for what is added.
    """
    total = share[0] * column[place[0]]
    for slot in range(1, len(place)):
        total += share[slot] * column[place[slot]]
    return np.asarray(total)


def mixed_by_volume(parts: Solids, place: Integers, volume: Floats) -> dict[str, Floats]:
    """Take means of solids by volume.

    Parameters
    ----------
    parts : Solids
        What is mixed, the last row nothing.
    place : Integers
        Rows of it, shape (k, n).
    volume : Floats
        Share of each in the volume of all, shape (k, n).

    Returns
    -------
    dict of str to Floats
        Intensive properties by name, shape (n,).
    """
    names = [f.name for f in fields(parts)][2:]
    return {name: mean_of_slots(volume, getattr(parts, name), place) for name in names}


@dataclass(frozen=True, slots=True, eq=False)
class BlendLayers:
    """Layers of n blends, ready for their attributes.

    Attributes
    ----------
    volumes : Volumes
        Shape (n,).
    salts : dict of str to Floats
        Means over the salts, shape (n,), with ``soluble`` and ``soluble_std``.
    phase : Integers
        Metal phases, shape (3, n), −1 for none.
    share : Floats
        Share of each in the volume of the metal phases, shape (3, n).
    """

    volumes: Volumes
    salts: dict[str, Floats]
    phase: Integers
    share: Floats


def blend_layers(
    precipitate: Precipitate,
    phases: Solids,
    ingredient: Integers,
    metal_share: Floats,
    phase: Integers,
    phase_mol: Floats,
) -> BlendLayers:
    """Put layers together.

    Parameters
    ----------
    precipitate : Precipitate
        Of the precursors, the last row nothing.
    phases : Solids
        Metal phases, the last row nothing.
    ingredient : Integers
        Precursors, shape (3, n), −1 for none.
    metal_share : Floats
        Share of the metal atoms that each brings, shape (3, n).
    phase, phase_mol : Integers, Floats
        Metal phases, −1 for none, and the share of the metal atoms in each, shape (3, n).
    """
    salts = precipitate.salts

    def total(column: Floats) -> Floats:
        return mean_of_slots(metal_share, column, ingredient)

    salt_each, phase_each = metal_share * salts.cm3[ingredient], phase_mol * phases.cm3[phase]
    salt_cm3, phase_cm3 = (one[0] + one[1] + one[2] for one in (salt_each, phase_each))
    sodium = mean_of_slots(phase_mol, phases.sodium_mol, phase)
    organic = total(precipitate.organic_cm3)
    volumes = Volumes.of(total(salts.sodium_mol), salt_cm3, sodium, phase_cm3, organic)
    by_volume = salt_each / salt_cm3
    mixed = mixed_by_volume(salts, ingredient, by_volume)
    mixed["soluble"] = mean_of_slots(by_volume, precipitate.soluble, ingredient)
    mixed["soluble_std"] = mean_of_slots(by_volume, precipitate.soluble_std, ingredient)
    return BlendLayers(volumes, mixed, phase, phase_each / phase_cm3)


def blend_attributes(
    layers: BlendLayers, phases: Solids, temperature_k: float, threshold: float
) -> dict[str, Attribute]:
    """Return the four attributes of layers, logarithmic ones as log10.

    Parameters
    ----------
    layers : BlendLayers
        Of n blends.
    phases : Solids
        Metal phases, the last row nothing.
    temperature_k, threshold : float
        Temperature of the cell; percolation threshold.
    """
    volumes, salts, phase = layers.volumes, layers.salts, layers.phase
    metal = mixed_by_volume(phases, phase, layers.share)
    sigma = [Uncertain(*(salts[name] for name in _CONDUCTOR))]
    sigma += [Uncertain(*(getattr(phases, name)[row] for name in _CONDUCTOR)) for row in phase]
    fraction = volumes.phase_fraction
    shares = [1 - fraction, *(fraction * share for share in layers.share)]
    conductivity, _ = layer_conductivity(sigma, shares, temperature_k, threshold)
    stiff = [Stiffness(m["voigt"], m["reuss"], m["relative_std"]) for m in (metal, salts)]
    works = [Uncertain(m["work"], m["work_std"], m["work_shared"]) for m in (metal, salts)]
    return {
        "adhesion": adhesion_j_m2(volumes, *works),
        "ionic_conductivity": conductivity,
        "youngs_modulus": layer_modulus_gpa(volumes, *stiff),
        "electrolyte_permeability": open_fraction(volumes, salts["soluble"], salts["soluble_std"]),
    }
