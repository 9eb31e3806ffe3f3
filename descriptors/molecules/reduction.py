"""Reduction by sodium of molecules that are no homoleptic halides: ΔG° per mole of formula units.

    MₘX_aY_bO_cR_d(g) + (a + b + 2c) Na → m M + a NaX + b NaY + c Na2O + d/2 R–R

with the molecule as a gas at 1 bar and ΔG°(T) = ΔH°(298 K) − T ΔS°(298 K), as in
``thermodynamics.py``. Enthalpies of formation are never estimated:

1. the gas tables;
2. the enthalpy of the liquid or solid, brought to the gas by the boiling-point rule's ΔH of
   vaporisation, 97.4 J/(mol K) T_b (and 58.8 J/(mol K) T_m of a solid);
3. for a mixed halide without a table, between its homoleptic parents. Halogens redistribute on M
   close to thermoneutrally and to statistical mixtures (K. Moedritzer, J. R. Van Wazer, Inorg.
   Chem. 3, 268 (1964); J. C. Lockhart, Chem. Rev. 65, 131 (1965)), so that

       G(MX_aY_b) = (a G(MX_n) + b G(MY_n))/n − RT ln(n!/(a! b!)), n = a + b.

The entropy of a gas that no table has is estimated from its atoms and mass, with its error.
"""

from dataclasses import dataclass, replace
from functools import cache
from math import hypot, isnan, lgamma, log, nan
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import R
from maiscreen.candidates.chemistry.elements import HALOGENS, molar_mass_g
from maiscreen.candidates.handbook.points import Points
from maiscreen.candidates.handbook.rules import BestValue
from maiscreen.candidates.molecules.data import atoms, molecule_points, thermochemistry_of
from maiscreen.candidates.molecules.molecule import Molecule, Molecules
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.molecules.coupling import coupled_product, sodium_oxide
from maiscreen.descriptors.molecules.vapour import Parents, parents_of
from maiscreen.descriptors.reaction.reduction import reduction
from maiscreen.descriptors.reaction.thermodynamics import (
    NAX_STD_KJ_MOL,
    element_entropy_j_mol_k,
    element_gibbs_kj_mol,
    salt_exchange_gibbs_kj_mol,
)
from maiscreen.descriptors.vapour.evaporation import (
    BOILING_ENTROPY_J_MOL_K,
    MELTING_ENTROPY_J_MOL_K,
)

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

ENTROPY_FIT = (-10.3, 13.6, 5.4, 51.9)
"""S°(gas)/(J/(mol K)) = −10.3 + 13.6 heavy atoms + 5.4 hydrogen atoms + 51.9 ln(M/(g/mol)), fitted
to the 78 molecules of the registry with a tabulated one."""

ENTROPY_FIT_STD_J_MOL_K = 15.0
"""Leave-one-out error of the fit, root mean square."""

ENTROPY_FIT_CARBON_STD_J_MOL_K = 5.0
"""Added for each carbon atom [judgement]: the fit knows no chain longer than methyl."""

VAPORISATION_STD_KJ_MOL = 5.0
"""Error of an enthalpy of vaporisation by the rule [judgement]: 0.45 dex of p are 2.6 kJ/mol; the
dialkylaluminium halides are dimers in both phases."""

MIXED_STD_KJ_MOL = 10.0
"""Error of an interpolated ΔG [judgement from a measurement]: root mean square 7 kJ/mol on 13 mixed
halides of Be, B, Mg, Al and P with gas tables, and 58 on SiF3Cl and SiFCl3, whose enthalpies in
JANAF are estimates. Where a mixed halide has a table, half of its distance from the interpolated
value goes into its own standard deviation."""

BINDS_OXYGEN = frozenset(
    """Li Be Mg Ca Sr Ba Sc Y La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Ac Th Pa U Np Pu
    Ti Zr Hf V Nb Ta B Al Si""".split()
)
"""M with an oxide that binds oxygen more strongly than Na2O, −375 kJ per mol of O: VO −404,
NbO −379, Ta2O5 −382, B2O3 −398, SiO2 −428, TiO −495, Al2O3 −527 (CRC, ΔfG°). Not so Cr2O3 −353,
Ga2O3 −333, MoO2 −267, WO2 −267, GeO2 −261."""

OXYGEN_STAYS = (
    "oxygen counted as Na2O; its oxide or a sodium oxometallate is more stable, so that M may keep "
    "oxygen and more energy is released: |ΔG| is a lower bound"
)
OXYGEN_GOES = (
    "oxygen counted as Na2O, which is more stable than M's oxide; where an oxide of M stays "
    "unreduced, less energy is released: |ΔG| is an upper bound"
)
NO_ENTHALPY = "no enthalpy of formation in the tables"
NO_VAPORISATION = "enthalpy of the condensed phase alone, and no boiling point"


class Energies(Protocol):
    """Give Materials Project formation energies of halides, eV/atom, NaN where there is none."""

    def __call__(self, precursors: Precursors, /) -> Floats:
        """Look them up, shape (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class MoleculeReduction:
    """ΔG° of n molecules at t temperatures; NaN with a reason where it is not known.

    Attributes
    ----------
    delta_g_kj_mol, std_kj_mol : ndarray, shape (n, t)
    source, reason : ndarray of str, shape (n, t)
        Where the value comes from; why there is none, or what to know of it.
    electrons : ndarray of int, shape (n,)
        Sodium atoms per formula unit.
    """

    delta_g_kj_mol: Floats
    std_kj_mol: Floats
    source: Strings
    reason: Strings
    electrons: NDArray[np.int64]


def reduce_molecules(
    molecules: Molecules, temperature_k: Floats, energies: Energies | None = None
) -> MoleculeReduction:
    """Return ΔG° of the reduction of each molecule.

    Parameters
    ----------
    molecules : Molecules, shape (n,)
    temperature_k : ndarray, shape (t,)
    energies : callable, optional
        For homoleptic parents that no handbook has; without it these stay missing.
    """
    size = len(molecules)
    enthalpy, entropy, std = (np.full(size, nan) for _ in range(3))
    source, reason = np.full(size, "", dtype="U160"), np.full(size, NO_ENTHALPY, dtype="U256")
    for i in np.flatnonzero(molecules.cas != "").tolist():
        gas, why = gas_of(next(iter(molecules.take(slice(i, i + 1)))))
        reason[i] = why
        if not isnan(gas.enthalpy_kj_mol):
            enthalpy[i], entropy[i], source[i] = (
                gas.enthalpy_kj_mol,
                gas.entropy_j_mol_k,
                gas.source,
            )
            std[i] = hypot(gas.enthalpy_std_kj_mol, 0.3 * gas.entropy_std_j_mol_k)
    products, unknown = _products(molecules, temperature_k)
    gibbs = products - (enthalpy[:, None] - np.outer(entropy, temperature_k) / 1000)
    halogens = molecules.halogens.sum(axis=1)
    oxide_std = sodium_oxide().enthalpy_std_kj_mol * molecules.oxygen
    one = np.sqrt(std**2 + (NAX_STD_KJ_MOL * halogens) ** 2 + oxide_std**2)
    spread = np.repeat(one[:, None], len(temperature_k), axis=1)
    reason = np.where(~np.isnan(enthalpy) & (unknown != ""), unknown, reason)
    is_mixed = molecules.kind == "mixed_halide"
    between = np.isnan(enthalpy) & is_mixed
    if is_mixed.any():
        every = _interpolate_parents(molecules.take(is_mixed), temperature_k, energies)
        gap = np.abs(gibbs[is_mixed] - every.delta_g_kj_mol) / 2
        spread[is_mixed] = np.fmax(spread[is_mixed], gap)
        mixed = _rows(every, between[is_mixed])
        gibbs[between], spread[between] = mixed.delta_g_kj_mol, mixed.std_kj_mol
        source[between], reason[between] = mixed.source[:, 0], mixed.reason[:, 0]
    nothing = np.isnan(gibbs)
    return MoleculeReduction(
        gibbs,
        np.where(nothing, nan, spread),
        np.where(nothing, "", source[:, None]),
        np.where(nothing, reason[:, None], _value_remark(molecules, reason, enthalpy)[:, None]),
        halogens + 2 * molecules.oxygen,
    )


def _rows(table: MoleculeReduction, kept: NDArray[np.bool_]) -> MoleculeReduction:
    return MoleculeReduction(*(getattr(table, name)[kept] for name in table.__slots__))


def _value_remark(molecules: Molecules, reason: Strings, enthalpy: Floats) -> Strings:
    """State what to know of a value that is there."""
    stays = np.isin(molecules.metal, sorted(BINDS_OXYGEN))
    oxygen = np.where(stays, OXYGEN_STAYS, OXYGEN_GOES)
    return np.where(molecules.oxygen > 0, oxygen, np.where(np.isnan(enthalpy), reason, ""))


@cache
def gas_of(molecule: Molecule) -> tuple[BestValue, str]:
    """Enthalpy of formation and entropy of the gas, and why there is none.

    Examples
    --------
    >>> from maiscreen.candidates.molecules.space import oxyhalides
    >>> best, _ = gas_of(oxyhalides(["V"], ["Cl"])[-1])
    >>> best.enthalpy_kj_mol, best.entropy_j_mol_k, best.source
    (-695.6, 344.3, 'CRC, gas')
    """
    gas = thermochemistry_of(molecule.cas, "g")
    if not isnan(gas.enthalpy_kj_mol):
        return _with_entropy(molecule, replace(gas, source=f"{gas.source}, gas")), ""
    point = molecule_points().get(molecule.cas, Points("", molecule.cas))
    for phase, word, melting_k in (("l", "liquid", 0.0), ("s", "solid", point.melting_k)):
        row = thermochemistry_of(molecule.cas, phase)
        if isnan(row.enthalpy_kj_mol):
            continue
        rise = BOILING_ENTROPY_J_MOL_K * point.boiling_k + MELTING_ENTROPY_J_MOL_K * melting_k
        if isnan(rise):
            return BestValue("", "g"), NO_VAPORISATION
        best = BestValue(
            "",
            "g",
            row.enthalpy_kj_mol + rise / 1000,
            hypot(row.enthalpy_std_kj_mol, VAPORISATION_STD_KJ_MOL),
            gas.entropy_j_mol_k,
            gas.entropy_std_j_mol_k,
            f"{row.source}, {word} and boiling point",
        )
        return _with_entropy(molecule, best), ""
    return BestValue("", "g"), NO_ENTHALPY


def _with_entropy(molecule: Molecule, gas: BestValue) -> BestValue:
    if not isnan(gas.entropy_j_mol_k):
        return gas
    carbon = atoms(molecule).get("C", 0)
    return replace(
        gas,
        entropy_j_mol_k=estimated_entropy_j_mol_k(molecule),
        entropy_std_j_mol_k=ENTROPY_FIT_STD_J_MOL_K + ENTROPY_FIT_CARBON_STD_J_MOL_K * carbon,
        source=f"{gas.source} + estimated entropy",
    )


def estimated_entropy_j_mol_k(molecule: Molecule) -> float:
    """Estimate S°(298 K) of the gas from atoms and mass (:data:`ENTROPY_FIT`)."""
    counts = atoms(molecule)
    hydrogen = counts.get("H", 0)
    start, heavy, light, mass = ENTROPY_FIT
    atoms_in_all = sum(counts.values())
    return (
        start
        + heavy * (atoms_in_all - hydrogen)
        + light * hydrogen
        + mass * log(molar_mass_g(counts))
    )


def _products(molecules: Molecules, temperature_k: Floats) -> tuple[Floats, Strings]:
    """Gibbs energy of the products less that of the sodium, (n, t), and what is not known, (n,)."""
    metals, metal = np.unique(molecules.metal, return_inverse=True)
    texts, text = np.unique(molecules.ligands, return_inverse=True)
    groups = [_groups(str(one)) for one in texts]
    oxide = sodium_oxide()
    columns = []
    for t in temperature_k.tolist():
        element = element_gibbs_kj_mol(metals, t)[metal]
        salts = molecules.halogens @ salt_exchange_gibbs_kj_mol(HALOGENS, t)
        entropy = oxide.entropy_j_mol_k - 2 * element_entropy_j_mol_k("Na")
        one_oxide = oxide.enthalpy_kj_mol - t * entropy / 1000
        organic = np.array([h - t * s / 1000 for h, s, _ in groups])[text]
        columns.append(
            molecules.metal_count * element + salts + molecules.oxygen * one_oxide + organic
        )
    unknown = np.array([why for _, _, why in groups], dtype=np.str_)[text]
    return np.stack(columns, axis=1), unknown


def _groups(ligands: str) -> tuple[float, float, str]:
    """Enthalpy, kJ/mol, and entropy, J/(mol K), of the coupled groups, and what is not known."""
    enthalpy = entropy = 0.0
    for part in ligands.split():
        group, count = part.rsplit(":", 1)
        best = coupled_product(group).best
        if isnan(best.enthalpy_kj_mol) or isnan(best.entropy_j_mol_k):
            return nan, nan, f"no enthalpy and entropy of what {group} couples to"
        enthalpy += int(count) / 2 * best.enthalpy_kj_mol
        entropy += int(count) / 2 * best.entropy_j_mol_k
    return enthalpy, entropy, ""


def statistical_gibbs_kj_mol(halogens: NDArray[np.int64], temperature_k: Floats) -> Floats:
    """RT ln(n!/(a! b! …)), shape (n, t): what mixing halogens on one M is worth.

    Examples
    --------
    >>> statistical_gibbs_kj_mol(np.array([[0, 2, 2, 0]]), np.array([298.15])).round(2)
    array([[4.44]])
    """
    log_factorial = np.array([lgamma(i + 1) for i in range(int(halogens.sum(axis=1).max()) + 1)])
    ways = log_factorial[halogens.sum(axis=1)] - log_factorial[halogens].sum(axis=1)
    return np.asarray(np.outer(ways, R * temperature_k / 1000), dtype=np.float64)


def _interpolate_parents(
    molecules: Molecules, temperature_k: Floats, energies: Energies | None
) -> MoleculeReduction:
    """Interpolate between the homoleptic parents as gases."""
    parents = parents_of(molecules)
    gibbs, std = _parent_gibbs(parents, temperature_k, energies)
    value = parents.mean(gibbs) + statistical_gibbs_kj_mol(molecules.halogens, temperature_k)
    lacking = parents.lacking(np.asarray(~np.isnan(gibbs).all(axis=2)))
    named = parents.lacking(np.zeros(parents.formula.shape, dtype=np.bool_))
    nothing = np.isnan(value)
    redistributed = "interpolated; statistical redistribution of the halogens assumed"
    return MoleculeReduction(
        value,
        np.where(nothing, nan, np.hypot(parents.mean(std), MIXED_STD_KJ_MOL)),
        np.char.add("between ", named)[:, None],
        np.where(
            nothing.all(axis=1), np.char.add("ΔG as gas not known of ", lacking), redistributed
        )[:, None],
        molecules.halogens.sum(axis=1),
    )


def _parent_gibbs(
    parents: Parents, temperature_k: Floats, energies: Energies | None
) -> tuple[Floats, Floats]:
    """ΔG and its standard deviation of each parent as gas, (p, 4, t); NaN where condensed."""
    at = np.argwhere(parents.needed)
    halides = Precursors.of(Precursor.parse(str(parents.formula[i, j])) for i, j in at)
    known = np.full(len(halides), nan) if energies is None else energies(halides)
    shape = (*parents.formula.shape, len(temperature_k))
    gibbs, std = np.full(shape, nan), np.full(shape, nan)
    for k, t in enumerate(temperature_k.tolist()):
        reduced = reduction(halides, t, known)
        gas = np.char.find(reduced.phase, "g") == 0
        gibbs[at[:, 0], at[:, 1], k] = np.where(gas, reduced.delta_g_kj_mol, nan)
        std[at[:, 0], at[:, 1], k] = np.where(gas, reduced.delta_g_std_kj_mol, nan)
    return gibbs, std
