"""One simulation of one phase: from its prototype to labels with their checks."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.models import elasticity, relax
from maiscreen.models.energetics import (
    ELEMENT_FORCE_EV_A,
    ELEMENT_STRESS_GPA,
    formation_energy,
)
from maiscreen.models.labels import QUANTITIES, Label, SimulationError
from maiscreen.models.potential import DEFAULT, Potential, load_potential
from maiscreen.models.prototypes import Prototype, prototype
from maiscreen.models.symmetry import space_group

ENERGY_TOLERANCE_EV_ATOM = 0.05
"""How far a formation energy may be from the snapshot's [judgement]: the energies of alloys in the
snapshot are worth ±0.04 eV/atom, and the potential adds its own error."""

VOLUME_TOLERANCE = 0.08
"""How far a volume may be from the measured one, relative [judgement]: PBE is within 5 % for most
solids (F. Tran et al., J. Chem. Phys. 144, 204120 (2016)), the potential adds its own error."""

MODULUS_TOLERANCE = 0.5
"""How far Young's modulus may be from the measured one of an element or salt [judgement]: beyond
it the potential does not know the solid."""

NUMERICAL_TOLERANCE = 0.1
"""Largest numerical error of a stiffness, relative [judgement]."""

_VERSION = 1  # of what is done, to be raised when it changes and no setting shows it


@dataclass(frozen=True, slots=True)
class Finding:
    """What a simulation found of one property: value, numerical error and what is wrong."""

    value: float | None
    std: float | None
    faults: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


Findings = Mapping[str, Finding]


def simulate(formula: str, quantity: str, model: str = DEFAULT) -> tuple[Label, ...]:
    """Simulate one quantity of one phase.

    Parameters
    ----------
    formula : str
        A phase of the table of prototypes.
    quantity : str
        One of :data:`~maiscreen.models.labels.QUANTITIES`.
    model : str
        One of :data:`~maiscreen.models.potential.MODELS`.

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
    phase, potential = prototype(formula), load_potential(model)
    begun = time.perf_counter()
    try:
        findings = _SIMULATIONS[quantity](phase, potential)
    except SimulationError as error:
        reason = " ".join(str(error).split())
        findings = {name: Finding(None, None, (reason,)) for name in QUANTITIES[quantity]}
    seconds = time.perf_counter() - begun
    return _labels(phase, quantity, findings, potential, seconds)


def settings(quantity: str) -> Mapping[str, Any]:
    """Give the numerical settings of a simulation, ready for JSON."""
    common = {"version": _VERSION, "max_stress_gpa": relax.MAX_STRESS_GPA}
    return common | _own_settings(quantity)


def settings_hash(quantity: str) -> str:
    """Give a short hash of the settings: labels with another one are to be computed again."""
    canonical = json.dumps(settings(quantity), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _own_settings(quantity: str) -> dict[str, Any]:
    if quantity == "structure":
        limits = {"energy_ev_atom": ENERGY_TOLERANCE_EV_ATOM, "volume": VOLUME_TOLERANCE}
        forces = {"rough": relax.MAX_FORCE_EV_A, "tight": elasticity.FMAX_EV_A}
        elements = {"fmax_ev_a": ELEMENT_FORCE_EV_A, "max_stress_gpa": ELEMENT_STRESS_GPA}
        return {"fmax_ev_a": forces, "elements": elements, "tolerance": limits}
    if quantity == "elasticity":
        own = {"fmax_ev_a": elasticity.FMAX_EV_A, "strain": elasticity.STRAIN}
        limits = {"modulus": MODULUS_TOLERANCE, "numerical": NUMERICAL_TOLERANCE}
        return {**own, "tolerance": limits}
    if quantity == "migration":
        from maiscreen.models import migration

        return {"fmax_ev_a": relax.MAX_FORCE_EV_A, "migration": _constants(migration)}
    from maiscreen.models import interface

    return {"fmax_ev_a": relax.MAX_FORCE_EV_A, "interface": _plain(interface.SETTINGS)}


def _constants(module: Any) -> dict[str, Any]:
    """Give the numbers that a module keeps as constants."""
    names = (name for name in vars(module) if name.isupper() and not name.startswith("_"))
    values = {name: getattr(module, name) for name in names}
    return {name: v for name, v in values.items() if isinstance(v, int | float | str | tuple)}


def _structure(phase: Prototype, potential: Potential) -> Findings:
    start = phase.structure()
    rough = relax.relaxed(start, potential)
    result = relax.relaxed(rough.structure, potential, fmax_ev_a=elasticity.FMAX_EV_A)
    energy = formation_energy(result.structure, result.energy_ev, potential)
    volume = result.structure.volume / len(start)
    groups = space_group(start), space_group(result.structure)
    reference, origin = _reference_volume(phase)
    snapshot = _snapshot_energy(phase.formula)
    # As the snapshot has them: with the corrections of 2020 for halides, of before for alloys.
    halide = phase.kind == "salt"
    comparable = energy.value_ev_atom if halide else energy.plain_ev_atom + energy.legacy_ev_atom
    faults = _structure_faults(groups, volume / reference - 1, origin, comparable, snapshot)
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


def _structure_faults(
    groups: tuple[str, str],
    excess_volume: float,
    origin: str,
    energy_ev_atom: float,
    snapshot_ev_atom: float | None,
) -> tuple[str, ...]:
    """Say which checks of a relaxed structure failed, and by how much."""
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


def _elasticity(phase: Prototype, potential: Potential) -> Findings:
    start = phase.structure()
    result = relax.relaxed(start, potential, fmax_ev_a=elasticity.FMAX_EV_A)
    found = elasticity.elastic(result.structure, potential)
    details = {
        "tensor_gpa": np.round(found.tensor_gpa, 3).tolist(),
        "least_eigenvalue_gpa": found.least_eigenvalue_gpa,
        "residual": found.residual,
        "step_error": found.step_error,
        "strains": found.strains,
        "steps": (result.steps, found.steps),
        "atoms": len(start),
        "space_group": space_group(result.structure),
    }
    if found.moduli is None:
        fault = f"elastically unstable: eigenvalue {found.least_eigenvalue_gpa:.2f} GPa"
        return {name: Finding(None, None, (fault,), details) for name in QUANTITIES["elasticity"]}
    faults = _elastic_faults(phase, found.moduli.youngs_gpa, found.relative_error)
    values = {
        "bulk_modulus": found.moduli.bulk_gpa,
        "shear_modulus": found.moduli.shear_gpa,
        "youngs_modulus": found.moduli.youngs_gpa,
    }
    details |= {"poisson": found.moduli.poisson, **_plain(found.moduli)}
    return {
        name: Finding(value, value * found.relative_error, faults, details)
        for name, value in values.items()
    }


def _elastic_faults(phase: Prototype, youngs_gpa: float, error: float) -> tuple[str, ...]:
    faults = []
    measured = _measured_youngs_gpa(phase)
    if measured is not None and abs(youngs_gpa / measured - 1) > MODULUS_TOLERANCE:
        faults.append(
            f"Young's modulus {youngs_gpa:.1f} GPa, measured {measured:.1f}: "
            "take the measured value"
        )
    if error > NUMERICAL_TOLERANCE:
        faults.append(f"numerical error of the stiffness {error:.0%}")
    return tuple(faults)


def _migration(phase: Prototype, potential: Potential) -> Findings:
    from maiscreen.models.migration import migrate

    result = relax.relaxed(phase.structure(), potential)
    found = migrate(result.structure, potential)
    fault = () if found.converged else ("a band that decides the barrier is not converged",)
    details = _plain(found)
    return {
        "migration_barrier": Finding(found.barrier_ev, found.barrier_std_ev, fault, details),
        "vacancy_formation_energy": Finding(
            found.vacancy_formation_ev, found.vacancy_formation_std_ev, (), details
        ),
    }


def _adhesion(phase: Prototype, potential: Potential) -> Findings:
    from maiscreen.models.interface import adhere

    result = relax.relaxed(phase.structure(), potential)
    sodium = relax.relaxed(prototype("Na").structure(), potential)
    found = adhere(result.structure, sodium.structure, potential)
    return {"work_of_adhesion": Finding(found.work_j_m2, found.std_j_m2, (), _plain(found))}


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
            details=_plain(findings[name].details),
        )
        for name, unit in QUANTITIES[quantity].items()
    )


def _snapshot_energy(formula: str) -> float | None:
    from maiscreen.candidates.snapshot import formation_energies_ev_atom, load_snapshot

    return formation_energies_ev_atom(load_snapshot()).get(formula)


def _reference_volume(phase: Prototype) -> tuple[float, str]:
    """Give a volume to check against, Å3/atom, and where it is from; NaN where there is none."""
    from maiscreen.candidates.snapshot import load_snapshot, phase_arrays, phase_volume_a3_atom

    if phase.lattice_measured:
        return phase.volume_a3_atom, "measured"
    snapshot = load_snapshot()
    at = np.flatnonzero(phase_arrays(snapshot).formula == phase.formula)
    volume = phase_volume_a3_atom(snapshot)[at]
    return (float(volume[0]) if len(at) else np.nan), "snapshot's"


def _measured_youngs_gpa(phase: Prototype) -> float | None:
    from maiscreen.candidates.element_data import youngs_modulus_gpa
    from maiscreen.descriptors.salts import SALTS

    if phase.kind == "salt":
        return SALTS[phase.formula.removeprefix("Na")].youngs_modulus_gpa
    if phase.kind == "element":
        value = float(youngs_modulus_gpa(np.array([phase.formula]))[0])
        return value if np.isfinite(value) else None
    return None


def _plain(value: Any) -> Any:
    """Give records, arrays and tuples as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
