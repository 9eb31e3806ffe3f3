"""The numerical settings of the simulations, and a hash that names them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from types import ModuleType
from typing import Any

from maiscreen.models.simulation import checks, elasticity, energetics, relax

_VERSION = 1  # of what is done, to be raised when it changes and no setting shows it


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
        limits = {
            "energy_ev_atom": checks.ENERGY_TOLERANCE_EV_ATOM,
            "volume": checks.VOLUME_TOLERANCE,
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
            "modulus": checks.MODULUS_TOLERANCE,
            "numerical": checks.NUMERICAL_TOLERANCE,
        }
        return {**own, "tolerance": limits}
    if quantity == "migration":
        from maiscreen.models.crystals import network, supercell
        from maiscreen.models.simulation import band, migration, vacancy

        parts = (network, migration, band, supercell, vacancy)
        constants = {part.__name__.rpartition(".")[2]: _constants(part) for part in parts}
        return {"fmax_ev_a": relax.MAX_FORCE_EV_A, **constants}
    from maiscreen.models.simulation import adhesion

    return {"fmax_ev_a": relax.MAX_FORCE_EV_A, "interface": asdict(adhesion.SETTINGS)}


def _constants(module: ModuleType) -> dict[str, float]:
    """Give the numbers that a module keeps as constants."""
    values = {name: value for name, value in vars(module).items() if name.isupper()}
    numbers = {k: v for k, v in values.items() if isinstance(v, int | float)}
    return {k: v for k, v in numbers.items() if not isinstance(v, bool)}
