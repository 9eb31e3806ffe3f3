"""Everything the screen asks of mixed halides, oxyhalides, organo- and hydrohalides, as arrays."""

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.handbook.points import Points
from maiscreen.candidates.molecules.data import molecule_points, thermochemistry_of
from maiscreen.candidates.molecules.molecule import Molecules, read_ligands
from maiscreen.descriptors.molecules.coupling import coupled_product
from maiscreen.descriptors.molecules.hazards import (
    molecule_cautions,
    molecule_dangers,
    molecule_hazards,
)
from maiscreen.descriptors.molecules.reduction import Energies, reduce_molecules
from maiscreen.descriptors.molecules.vapour import parents_of, vapour

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class MoleculeTable:
    """Descriptors of n molecules at t temperatures.

    Attributes
    ----------
    molecules : Molecules, shape (n,)
    temperature_k : ndarray, shape (t,)
    log10_pa, log10_pa_std : ndarray, shape (n, t)
        Vapour pressure; NaN where it is not known.
    pressure_source, pressure_reason : ndarray of str, shape (n, t)
        Where it comes from; why there is none.
    boiling_k, boiling_std_k, melting_k : ndarray, shape (n,)
        At 1 atm; of mixed halides without their own, between their parents'.
    delta_g_kj_mol, delta_g_std_kj_mol : ndarray, shape (n, t)
        ΔG° of the reduction of the gas at 1 bar, per mole of formula units.
    delta_g_source, delta_g_reason : ndarray of str, shape (n, t)
        Where it comes from; why there is none, or what to know of it.
    electrons : ndarray of int, shape (n,)
        Sodium atoms per formula unit.
    by_product : ndarray of str, shape (n,)
        What the groups turn into, ``1.5 ethane``; empty without groups.
    by_product_cm3_mol : ndarray, shape (n,)
        Volume of organic liquid or solid that stays in the layer, cm³ per mole of formula units:
        0 where none is formed or all evaporates, NaN where it is not known.
    by_product_reason : ndarray of str, shape (n,)
        Why it is not known.
    sodium_oxide_mol : ndarray, shape (n,)
        Na2O per formula unit.
    hazard, hazard_reason : ndarray of str, shape (n,)
        Empty for none.
    caution : ndarray of str, shape (n,)
    danger : ndarray of str, shape (n,)
        The gravest GHS statement in three words.
    isolable : ndarray of bool, shape (n,)
    isolable_reason : ndarray of str, shape (n,)
    """

    molecules: Molecules
    temperature_k: Floats
    log10_pa: Floats
    log10_pa_std: Floats
    pressure_source: Strings
    pressure_reason: Strings
    boiling_k: Floats
    boiling_std_k: Floats
    melting_k: Floats
    delta_g_kj_mol: Floats
    delta_g_std_kj_mol: Floats
    delta_g_source: Strings
    delta_g_reason: Strings
    electrons: NDArray[np.int64]
    by_product: Strings
    by_product_cm3_mol: Floats
    by_product_reason: Strings
    sodium_oxide_mol: Floats
    hazard: Strings
    hazard_reason: Strings
    caution: Strings
    danger: Strings
    isolable: NDArray[np.bool_]
    isolable_reason: Strings

    def __len__(self) -> int:
        return len(self.molecules)


def describe_molecules(
    molecules: Molecules, temperature_k: Floats, energies: Energies | None = None
) -> MoleculeTable:
    """Compute all descriptors.

    Parameters
    ----------
    molecules : Molecules, shape (n,)
    temperature_k : ndarray, shape (t,)
    energies : callable, optional
        Materials Project formation energies, eV/atom, of an array of homoleptic halides, for
        parents of mixed halides that no handbook has.

    Raises
    ------
    InputError
        If a temperature is not above 0 K.

    Examples
    --------
    >>> from maiscreen.candidates.molecules.space import oxyhalides
    >>> table = describe_molecules(Molecules.of(oxyhalides(["V"], ["Cl"])), np.array([298.15]))
    >>> table.molecules.formula[-1], table.delta_g_kj_mol.round(0)[-1], table.electrons[-1]
    (np.str_('VOCl3'), array([-872.]), np.int64(5))
    """
    temperatures = np.asarray(temperature_k, dtype=np.float64)
    if not (temperatures > 0).all():
        raise InputError("temperature_k", temperatures.tolist(), "give temperatures above 0 K")
    pressure = vapour(molecules, temperatures)
    reduced = reduce_molecules(molecules, temperatures, energies)
    hazard, why = molecule_hazards(molecules)
    return MoleculeTable(
        molecules,
        temperatures,
        pressure.log10_pa,
        pressure.std_log10,
        pressure.source,
        pressure.reason,
        pressure.boiling_k,
        pressure.boiling_std_k,
        pressure.melting_k,
        reduced.delta_g_kj_mol,
        reduced.std_kj_mol,
        reduced.source,
        reduced.reason,
        reduced.electrons,
        *by_products(molecules),
        molecules.oxygen.astype(np.float64),
        hazard,
        why,
        molecule_cautions(molecules),
        molecule_dangers(molecules, pressure.log10_pa),
        *isolable_molecules(molecules),
    )


def by_products(molecules: Molecules) -> tuple[Strings, Floats, Strings]:
    """Name what the groups turn into, its volume that stays, cm³/mol, and why it is not known.

    Examples
    --------
    >>> from maiscreen.candidates.molecules.space import organohalides
    >>> tin = [m for m in organohalides(["Sn"], ["Cl"]) if m.formula == "(CH3)3SnCl"]
    >>> [column.tolist() for column in by_products(Molecules.of(tin))]
    [['1.5 ethane'], [0.0], ['']]
    """
    texts, text = np.unique(molecules.ligands, return_inverse=True)
    rows = [_by_product(str(one)) for one in texts]
    return (
        np.array([name for name, _, _ in rows], dtype=np.str_)[text],
        np.array([volume for _, volume, _ in rows], dtype=np.float64)[text],
        np.array([why for _, _, why in rows], dtype=np.str_)[text],
    )


def _by_product(ligands: str) -> tuple[str, float, str]:
    names, volume, why = [], 0.0, ""
    for group, count in read_ligands(ligands):
        product = coupled_product(group)
        names.append(f"{count / 2:g} {product.name or f'of what {group} couples to'}")
        volume += count / 2 * product.volume_cm3_mol
        if np.isnan(product.volume_cm3_mol):
            why = f"no density of what {group} couples to"
    return ", ".join(names), volume if not why else nan, why


def isolable_molecules(molecules: Molecules) -> tuple[NDArray[np.bool_], Strings]:
    """Find which molecules the tables know as a substance, and by what, shape (n,) each."""
    known = np.zeros(len(molecules), dtype=np.bool_)
    reason = np.full(len(molecules), "not registered", dtype="U160")
    for i in np.flatnonzero(molecules.cas != "").tolist():
        known[i], reason[i] = _evidence(str(molecules.cas[i]))
    mixed = (molecules.kind == "mixed_halide") & (molecules.cas == "")
    if mixed.any():
        parents = parents_of(molecules.take(mixed))
        named = parents.lacking(np.zeros(parents.formula.shape, dtype=np.bool_))
        reason[mixed] = np.char.add(np.char.add("redistributes into ", named), "; not registered")
    return known, reason


def _evidence(cas: str) -> tuple[bool, str]:
    point = molecule_points().get(cas, Points("", cas))
    if point.boiling_source or point.melting_source:
        return True, f"boiling or melting point ({point.boiling_source or point.melting_source})"
    for phase, word in (("l", "liquid"), ("s", "solid")):
        best = thermochemistry_of(cas, phase)
        if best.source:
            return True, f"thermochemistry of the {word} ({best.source})"
    return False, f"registered as CAS {cas}, but no phase change or condensed phase in the tables"
