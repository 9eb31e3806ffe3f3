"""One simulation of one phase: from its prototype to labels with their checks."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.models.crystals.prototypes import Prototype, prototype
from maiscreen.models.crystals.snapshot_phases import phase_of
from maiscreen.models.crystals.symmetry import space_group
from maiscreen.models.labels.labels import QUANTITIES, Label, SimulationError
from maiscreen.models.labels.potentials import DEFAULT, PotentialEntry
from maiscreen.models.simulation import elasticity, relax
from maiscreen.models.simulation.checks import (
    CHECKS,
    adhesion_faults,
    elastic_faults,
    migration_faults,
    reference_volume_a3_atom,
    settings_hash,
    snapshot_energy_ev_atom,
    structure_faults,
    vacancy_faults,
)
from maiscreen.models.simulation.energetics import formation_energy
from maiscreen.models.simulation.potential import Potential, load_potential


@dataclass(frozen=True, slots=True)
class Finding:
    """What a simulation found of one property: value, numerical error and what is wrong."""

    value: float | None
    std: float | None
    faults: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


Findings = Mapping[str, Finding]


def simulate(
    formula: str,
    quantity: str,
    model: str = DEFAULT,
    snapshot: str = "",
    own: PotentialEntry | None = None,
) -> tuple[Label, ...]:
    """Simulate one quantity of one phase.

    Parameters
    ----------
    formula : str
        A phase of the table of prototypes, or of the snapshot.
    quantity : str
        One of :data:`~maiscreen.models.labels.labels.QUANTITIES`.
    model : str
        One of :data:`~maiscreen.models.labels.potentials.MODELS`, or the name of `own`.
    snapshot : str
        Folder of a snapshot, for phases that are not in the table.
    own : PotentialEntry, optional
        A potential of the user's, or where the files of a built-in one lie.

    Returns
    -------
    tuple of Label
        One for each property of the quantity. Where the simulation has no result the values are
        None and the reason says why.

    Raises
    ------
    InputError
        If there is no such phase, quantity or model, or the optional extra is missing.
    """
    if quantity not in QUANTITIES:
        raise InputError("quantity", quantity, f"give one of {', '.join(QUANTITIES)}")
    phase, potential = phase_of(formula, snapshot), load_potential(model, own)
    begun = time.perf_counter()
    try:
        findings = _SIMULATIONS[quantity](phase, potential)
    except SimulationError as error:
        reason = " ".join(str(error).split())
        findings = {name: Finding(None, None, (reason,)) for name in QUANTITIES[quantity]}
    seconds = time.perf_counter() - begun
    return _labels(phase, quantity, findings, potential, seconds)


def _structure(phase: Prototype, potential: Potential) -> Findings:
    start = phase.structure()
    rough = relax.relax_crystal(start, potential)
    result = relax.relax_crystal(rough.structure, potential, fmax_ev_a=elasticity.FMAX_EV_A)
    energy = formation_energy(result.structure, result.energy_ev, potential)
    volume = result.structure.volume / len(start)
    groups = space_group(start), space_group(result.structure)
    reference, origin = reference_volume_a3_atom(phase)
    snapshot = snapshot_energy_ev_atom(phase)
    # As the snapshot has them: with the corrections of 2020, but of before for embedded alloys.
    of_2020 = phase.kind == "salt" or phase.snapshot
    comparable = energy.value_ev_atom if of_2020 else energy.plain_ev_atom + energy.legacy_ev_atom
    faults = structure_faults(groups, volume / reference - 1, origin, comparable, snapshot)
    details = {
        "steps": (rough.steps, result.steps),
        "max_force_ev_a": result.max_force_ev_a,
        "max_stress_gpa": result.max_stress_gpa,
        "atoms": len(start),
        "space_groups": groups,
        "reference_volume_a3_atom": reference if np.isfinite(reference) else None,
        "reference_volume_from": origin,
        "snapshot_formation_energy_ev_atom": snapshot,
        "comparable_formation_energy_ev_atom": comparable,
        **_plain(energy),
        "lattice": [round(x, 5) for x in result.structure.lattice.parameters],
    }
    # The numerical error: what ten times smaller forces still changed.
    energy_std = abs(rough.energy_ev - result.energy_ev) / len(start)
    volume_std = abs(rough.structure.volume / len(start) - volume)
    return {
        "formation_energy": Finding(energy.value_ev_atom, energy_std, faults, details),
        "volume": Finding(volume, volume_std, faults, details),
    }


def _elasticity(phase: Prototype, potential: Potential) -> Findings:
    start = phase.structure()
    result = relax.relax_crystal(start, potential, fmax_ev_a=elasticity.FMAX_EV_A)
    response = elasticity.compute_elasticity(result.structure, potential)
    details = {
        "tensor_gpa": np.round(response.tensor_gpa, 3).tolist(),
        "least_eigenvalue_gpa": response.least_eigenvalue_gpa,
        "residual": response.residual,
        "step_error": response.step_error,
        "strains": response.strains,
        "steps": (result.steps, response.steps),
        "atoms": len(start),
        "space_group": space_group(result.structure),
    }
    if response.moduli is None:
        fault = f"elastically unstable: eigenvalue {response.least_eigenvalue_gpa:.2f} GPa"
        return {name: Finding(None, None, (fault,), details) for name in QUANTITIES["elasticity"]}
    faults = elastic_faults(phase, response.moduli.youngs_gpa, response.relative_error)
    values = {
        "bulk_modulus": response.moduli.bulk_gpa,
        "shear_modulus": response.moduli.shear_gpa,
        "youngs_modulus": response.moduli.youngs_gpa,
    }
    details |= {"poisson": response.moduli.poisson, **_plain(response.moduli)}
    return {
        name: Finding(value, value * response.relative_error, faults, details)
        for name, value in values.items()
    }


def _migration(phase: Prototype, potential: Potential) -> Findings:
    from maiscreen.models.simulation.migration import migrate

    result = relax.relax_crystal(phase.structure(), potential)
    migration = migrate(result.structure, potential)
    faults = migration_faults(migration)
    vacant = vacancy_faults(phase, migration)
    details = _plain(migration)
    return {
        "migration_barrier": Finding(
            migration.barrier_ev, migration.barrier_std_ev, faults, details
        ),
        "vacancy_formation_energy": Finding(
            migration.vacancy_formation_ev, migration.vacancy_formation_std_ev, vacant, details
        ),
    }


def _adhesion(phase: Prototype, potential: Potential) -> Findings:
    from maiscreen.models.simulation.adhesion import compute_adhesion

    result = relax.relax_crystal(phase.structure(), potential)
    sodium = relax.relax_crystal(prototype("Na").structure(), potential)
    found = compute_adhesion(result.structure, sodium.structure, potential)
    faults = adhesion_faults(found.work_j_m2)
    return {"work_of_adhesion": Finding(found.work_j_m2, found.std_j_m2, faults, _plain(found))}


_SIMULATIONS: Mapping[str, Callable[[Prototype, Potential], Findings]] = {
    "structure": _structure,
    "elasticity": _elasticity,
    "migration": _migration,
    "adhesion": _adhesion,
}


def _labels(
    phase: Prototype, quantity: str, findings: Findings, potential: Potential, seconds: float
) -> tuple[Label, ...]:
    digest = settings_hash(quantity)
    made_by = {"crystal": phase.digest, "checks": CHECKS[quantity]}
    origin = made_by | ({"structure_from": phase.source} if phase.snapshot else {})
    return tuple(
        Label(
            formula=phase.formula,
            property=name,
            value=findings[name].value,
            unit=unit,
            std=findings[name].std,
            model=potential.name,
            passed_checks=not findings[name].faults,
            seconds=seconds,
            reason="; ".join(findings[name].faults),
            model_version=potential.version,
            weights_sha256=potential.weights_sha256,
            licence=potential.licence,
            settings=digest,
            details=_plain(findings[name].details) | origin,
        )
        for name, unit in QUANTITIES[quantity].items()
    )


def _plain(value: Any) -> Any:
    """Return records, arrays and tuples as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
