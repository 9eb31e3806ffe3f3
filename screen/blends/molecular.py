"""Mixed halides, oxyhalides, organo- and hydrohalides as ingredients of a wide space."""

from collections import Counter
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.molecules.molecule import Molecules
from maiscreen.candidates.molecules.space import (
    hydrohalides,
    mixed_halides,
    organohalides,
    oxyhalides,
)
from maiscreen.candidates.rounding import at_least
from maiscreen.candidates.snapshot.snapshot import Snapshot, load_snapshot
from maiscreen.descriptors.molecules.molecules import MoleculeTable, describe_molecules
from maiscreen.screen.blends.ingredients import Ingredients, metal_index, temperatures_c
from maiscreen.screen.blends.tables import metals_of
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import T_LIMIT_C
from maiscreen.screen.describe.describe import formation_energy_ev_atom
from maiscreen.screen.describe.interphase import ZERO_CELSIUS_K
from maiscreen.screen.scoring.gates import first_rejection, gates

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

_NOT_KNOWN = {"work": "adhesion", "voigt": "youngs_modulus", "cm3": "volume"}

GROUPS_STAY = "a layer of M, as its groups outlive sodium (space.groups_leave)"
"""Wurtz coupling of R3MCl gives R3M–MR3, of R2MCl2 chains: R. West, J. Organomet. Chem. 300, 327
(1986). Chlorosilane and sodium amalgam give disilane."""


def molecular(campaign: Campaign) -> Ingredients | None:
    """Describe what a campaign asks for beside homoleptic halides; None if that is nothing."""
    snapshot = load_snapshot(campaign.snapshot)
    chosen = molecules_of(campaign, snapshot)
    if not len(chosen):
        return None
    celsius = (*temperatures_c(campaign), T_LIMIT_C)
    kelvin = np.array(celsius) + ZERO_CELSIUS_K
    energies = partial(formation_energy_ev_atom, snapshot=snapshot)
    table = describe_molecules(chosen, kelvin, energies)
    metal = metal_index(chosen.metal)
    count = chosen.metal_count.astype(np.float64)
    pressure = 10.0**table.log10_pa.T
    rejected = _rejected(campaign, table, pressure, _missing(campaign, table, metal))
    return Ingredients(
        _keys(chosen),
        chosen.name,
        chosen.cas,
        chosen.kind,
        table.caution,
        metal,
        count,
        table.electrons.astype(np.float64),
        np.vstack([chosen.halogens.T, 2 * table.sodium_oxide_mol]) / count,
        table.by_product_cm3_mol / count,
        np.full(len(chosen), np.nan),
        pressure[:-1],
        table.delta_g_kj_mol.T[:-1],
        rejected,
    )


def molecules_of(campaign: Campaign, snapshot: Snapshot) -> Molecules:
    """Gather the molecules that a campaign asks for."""
    asked, of = campaign.space, (campaign.metals, campaign.halogens)
    found = Molecules.of(())
    if asked.mixed_halides and len(campaign.halogens) > 1:
        found = found.joined(mixed_halides(snapshot, *of))
    if asked.oxyhalides:
        found = found.joined(Molecules.of(oxyhalides(*of)))
    if asked.organohalides:
        found = found.joined(Molecules.of((*organohalides(*of), *hydrohalides(*of))))
    return found


def _keys(chosen: Molecules) -> Strings:
    """Name molecules by their formula, and isomers by their name as well."""
    formulas = chosen.formula.tolist()
    several = Counter(formulas)
    named = zip(formulas, chosen.name.tolist(), chosen.cas.tolist(), strict=True)
    return np.array(
        [f if several[f] == 1 else f"{f} ({name or cas})" for f, name, cas in named], dtype=np.str_
    )


def _missing(campaign: Campaign, table: MoleculeTable, metal: NDArray[np.int64]) -> Strings:
    """Name what is not known of the layers that molecules leave."""
    metals = metals_of(campaign)
    alloyed = metals.p_alloy[metal] >= 0.5
    row = np.where(alloyed, metal, metal + len(metals.p_alloy))
    words = np.full(len(metal), "", dtype=object)
    for field, name in _NOT_KNOWN.items():
        words[np.isnan(getattr(metals.phases, field)[row])] = name
    words[np.isnan(table.by_product_cm3_mol)] = "volume of the by-product"
    if not campaign.space.groups_leave:
        words[table.molecules.ligands != ""] = GROUPS_STAY
    return words.astype(np.str_)


def _rejected(
    campaign: Campaign, table: MoleculeTable, pressure_pa: Floats, missing: Strings
) -> Strings:
    """Ask the gates at each temperature, shape (t, n)."""
    known = np.isfinite(pressure_pa).any(axis=0)
    reached = np.nanmax(np.where(np.isnan(pressure_pa), -np.inf, pressure_pa), axis=0)
    dry = at_least(reached, campaign.min_vapour_pressure_pa)
    route = np.where(dry, "vapour", np.where(known, "solution", ""))
    answers = []
    for row, celsius in enumerate(temperatures_c(campaign)):
        described = pa.table(
            {
                "isolable": table.isolable,
                "isolable_reason": table.isolable_reason.tolist(),
                "vapour_pressure_pa": pressure_pa[row],
                "temperature_for_pressure_c": np.full(len(missing), np.nan),
                "vapour_pressure_reason": table.pressure_reason[:, row].tolist(),
                "route": route.tolist(),
                "delta_g_kj_mol": table.delta_g_kj_mol[:, row],
                "delta_g_reason": table.delta_g_reason[:, row].tolist(),
                "hazard": table.hazard.tolist(),
                "hazard_reason": table.hazard_reason.tolist(),
                "missing_attributes": missing.tolist(),
            }
        )
        tried = gates(described, replace(campaign, temperature_c=celsius))
        answers.append(first_rejection(tried))
    return np.stack(answers)
