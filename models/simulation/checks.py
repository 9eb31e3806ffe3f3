"""What a simulation is held against before its labels are used, and its settings."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from maiscreen.models.crystals.prototypes import Prototype
from maiscreen.models.simulation import elasticity, energetics, relax
from maiscreen.models.simulation.migration_records import Migration

ENERGY_TOLERANCE_EV_ATOM = 0.05
"""How far a formation energy may be from the snapshot's [judgement]: the energies of alloys in the
snapshot are worth ±0.04 eV/atom, and the potential adds its own error."""

VOLUME_TOLERANCE = 0.08
"""How far a volume may be from the measured one, relative [judgement]: PBE is within 5 % for most
solids (F. Tran et al., J. Chem. Phys. 144, 204120 (2016)), the potential adds its own error."""

REARRANGED = "atoms left their sites beside a vacancy: the model does not hold the crystal together"
"""Fault of a vacancy and of every barrier beside it."""

CHARGED = "vacancies of a salt are charged, which the potential knows nothing of"
"""Fault of a vacancy's energy in NaX, where models differ by more than 1 eV. A barrier is the
difference of two energies with the same vacancy."""

MODULUS_TOLERANCE = 0.3
"""How far Young's modulus may be from the measured one of an element or salt, relative
[judgement]: the potential's softening is some 15 %, tables of elements differ as much; beyond both
the potential does not know the solid. Sodium's own, known to be wrong, fails."""

NUMERICAL_TOLERANCE = 0.1
"""Largest numerical error of a stiffness, relative [judgement]."""


def structure_faults(
    groups: tuple[str, str],
    excess_volume: float,
    origin: str,
    energy_ev_atom: float,
    snapshot_ev_atom: float | None,
) -> tuple[str, ...]:
    """Find which checks of a relaxed structure failed, and by how much.

    Parameters
    ----------
    groups : tuple of str
        Space group before and after.
    excess_volume : float
        Relative to the reference; NaN where there is none.
    origin : str
        Whose volume the reference is.
    energy_ev_atom, snapshot_ev_atom : float
        Formation energy, and the snapshot's under the same corrections; None where it has none.
    """
    faults = []
    if groups[0] != groups[1]:
        faults.append(f"space group went from {groups[0]} to {groups[1]}")
    if abs(excess_volume) > VOLUME_TOLERANCE:
        faults.append(f"volume {excess_volume:+.1%} from the {origin} one")
    if snapshot_ev_atom is not None:
        excess = energy_ev_atom - snapshot_ev_atom
        if abs(excess) > ENERGY_TOLERANCE_EV_ATOM:
            faults.append(f"formation energy {excess:+.3f} eV/atom from the snapshot's")
    return tuple(faults)


def elastic_faults(phase: Prototype, youngs_gpa: float, error: float) -> tuple[str, ...]:
    """Find which checks of a stiffness failed, and by how much.

    Parameters
    ----------
    phase : Prototype
        Elements and salts have measured moduli.
    youngs_gpa : float
        Young's modulus, GPa.
    error : float
        Numerical error of the stiffness, relative.
    """
    faults = []
    measured = measured_youngs_gpa(phase)
    if measured is not None and abs(youngs_gpa / measured - 1) > MODULUS_TOLERANCE:
        faults.append(
            f"Young's modulus {youngs_gpa:.1f} GPa, measured {measured:.1f}: "
            "take the measured value"
        )
    if error > NUMERICAL_TOLERANCE:
        faults.append(f"numerical error of the stiffness {error:.0%}")
    return tuple(faults)


def migration_faults(migration: Migration) -> tuple[str, ...]:
    """Describe what is wrong with a barrier."""
    faults = [] if migration.converged else ["a band that decides the barrier is not converged"]
    if migration.dimensions < 2:
        faults.append("the hops connect the crystal in one dimension alone")
    return (*faults, REARRANGED) if migration.rearranged else tuple(faults)


def adhesion_faults(work_j_m2: float) -> tuple[str, ...]:
    """Describe what is wrong with a work of adhesion."""
    return () if work_j_m2 > 0 else (f"slabs repel each other: {work_j_m2:.2f} J/m2",)


def vacancy_faults(phase: Prototype, found: Migration) -> tuple[str, ...]:
    """Describe what is wrong with the formation energy of a vacancy."""
    faults = [REARRANGED] if found.rearranged else []
    return (*faults, CHARGED) if phase.kind == "salt" else tuple(faults)


def snapshot_energy_ev_atom(phase: Prototype) -> float | None:
    """Return the snapshot's formation energy of a phase, eV/atom, or None.

    None for another functional than PBE, on which the potentials were trained.
    """
    from maiscreen.candidates.snapshot.snapshot import formation_energies_ev_atom, load_snapshot

    snapshot = load_snapshot(phase.snapshot)
    pbe = str(snapshot.manifest.get("functional")).startswith("PBE")
    return formation_energies_ev_atom(snapshot).get(phase.formula) if pbe else None


def reference_volume_a3_atom(phase: Prototype) -> tuple[float, str]:
    """Return a volume to check against, Å3/atom, and where it is from; NaN where there is none."""
    from maiscreen.candidates.snapshot.snapshot import (
        load_snapshot,
        phase_arrays,
        phase_volume_a3_atom,
    )

    if phase.lattice_measured:
        return phase.volume_a3_atom, "measured"
    snapshot = load_snapshot(phase.snapshot)
    at = np.flatnonzero(phase_arrays(snapshot).formula == phase.formula)
    volume = phase_volume_a3_atom(snapshot)[at]
    return (float(volume[0]) if len(at) else np.nan), "snapshot's"


def measured_youngs_gpa(phase: Prototype) -> float | None:
    """Return the measured Young's modulus of an element or salt, GPa, or None."""
    from maiscreen.candidates.chemistry.elements import youngs_modulus_gpa
    from maiscreen.descriptors.reaction.salts import SALTS

    if phase.kind == "salt":
        return SALTS[phase.formula.removeprefix("Na")].youngs_modulus_gpa
    if phase.kind == "element":
        value = float(youngs_modulus_gpa(np.array([phase.formula]))[0])
        return value if np.isfinite(value) else None
    return None


CHECKS: Mapping[str, int] = {"structure": 1, "elasticity": 1, "migration": 2, "adhesion": 1}
"""Version of the checks of each quantity, and of how long it goes on before it has no result. To be
raised when they refuse less: what was refused before is simulated again, what passed stays. Where
they refuse more, :data:`_VERSION` is raised instead."""

_VERSION = 1  # of what is done, to be raised when it changes and no setting shows it


def settings(quantity: str) -> Mapping[str, Any]:
    """Return the numerical settings of a simulation, ready for JSON."""
    common = {"version": _VERSION, "max_stress_gpa": relax.MAX_STRESS_GPA}
    return common | _own_settings(quantity)


def settings_hash(quantity: str) -> str:
    """Return a short hash of the settings: labels with another one are to be computed again."""
    canonical = json.dumps(settings(quantity), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _own_settings(quantity: str) -> dict[str, Any]:
    if quantity == "structure":
        limits = {
            "energy_ev_atom": ENERGY_TOLERANCE_EV_ATOM,
            "volume": VOLUME_TOLERANCE,
        }
        forces = {"rough": relax.MAX_FORCE_EV_A, "tight": elasticity.FMAX_EV_A}
        elements = {
            "fmax_ev_a": energetics.ELEMENT_FORCE_EV_A,
            "max_stress_gpa": energetics.ELEMENT_STRESS_GPA,
        }
        return {"fmax_ev_a": forces, "elements": elements, "tolerance": limits}
    if quantity == "elasticity":
        own = {"fmax_ev_a": elasticity.FMAX_EV_A, "strain": elasticity.STRAIN}
        limits = {
            "modulus": MODULUS_TOLERANCE,
            "numerical": NUMERICAL_TOLERANCE,
        }
        return {**own, "tolerance": limits}
    if quantity == "migration":
        return {"fmax_ev_a": relax.MAX_FORCE_EV_A, **_migration_settings()}
    from maiscreen.models.simulation import adhesion

    return {"fmax_ev_a": relax.MAX_FORCE_EV_A, "interface": asdict(adhesion.SETTINGS)}


_HOPS = "CLEARANCE_A EXTENDED_A FARTHEST_A FURTHER MOST_HOPS SHELL_A SITE_TOLERANCE_A"
_BARRIER = "FMAX_EV_A MARGIN_EV MAX_STEPS ROUGH_EV_A ROUGH_STEPS"
_BAND = "IDPP_STEPS IMAGES MAX_MOVE_A SPRING_EV_A2"
_SUPERCELL = "MOST_ATOMS USUAL_ATOMS WIDTH_A"
_VACANCY = "FMAX_EV_A MAX_MOVE_A MAX_STEPS SYMMETRY_A"


def _migration_settings() -> dict[str, dict[str, float]]:
    """Return what decides a barrier, by step; the names are in the hash of every label there is."""
    from maiscreen.models.crystals import network, supercell
    from maiscreen.models.simulation import band, migration, vacancy

    steps = {
        "hops": (network, _HOPS),
        "migration": (migration, _BARRIER),
        "neb": (band, _BAND),
        "supercell": (supercell, _SUPERCELL),
        "vacancy": (vacancy, _VACANCY),
    }
    return {
        step: {name: getattr(module, name) for name in names.split()}
        for step, (module, names) in steps.items()
    }
