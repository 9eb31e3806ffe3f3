"""How a label could be had: by simulation where a crystal structure is known, or by experiment."""

from functools import cache

from maiscreen.models.crystals.prototypes import prototypes
from maiscreen.models.labels.evidence import unusable

_SIMULATED = {
    "adhesion": ("adhesion", "work_of_adhesion"),
    "ionic_conductivity": ("migration", "migration_barrier"),
    "youngs_modulus": ("elasticity", "youngs_modulus"),
}
"""Quantity of `maiscreen labels run` and property of its label, by attribute."""

_MEASURED = {
    "adhesion": "contact angle of molten sodium, or peel test, on the layer",
    "ionic_conductivity": "impedance of the layer between blocking electrodes",
    "youngs_modulus": "nanoindentation of the layer under argon",
    "electrolyte_permeability": "uptake of electrolyte, or a cross-section of the layer",
    "alloy_formation": "X-ray diffraction of the layer on sodium: does this phase form?",
    "test": "make the layer and cycle a symmetric cell",
}
"""Experiments that settle an attribute [judgement]."""


def how_to_label(phase: str, attribute: str, fidelity: str) -> str:
    """Say how an attribute of a phase could be labelled.

    Parameters
    ----------
    phase, attribute : str
        Formula, and one of the four attributes, ``alloy_formation`` or ``test``.
    fidelity : str
        Of the value that there is.

    Examples
    --------
    >>> how_to_label("NaGe", "alloy_formation", "F0")
    'experiment: X-ray diffraction of the layer on sodium: does this phase form?'
    """
    experiment = f"experiment: {_MEASURED[attribute]}"
    if attribute not in _SIMULATED:
        return experiment
    quantity, name = _SIMULATED[attribute]
    if fidelity == "F2":
        return f"{experiment} (a simulated label is in use already)"
    if phase not in _structures():
        return f"{experiment} (no crystal structure is embedded to simulate {phase})"
    why = unusable(phase, name)
    if why and "no label" not in why:
        return f"{experiment} (simulated without a usable result: {why})"
    return f"maiscreen labels run --phases {phase} --quantities {quantity}; or {experiment}"


@cache
def _structures() -> frozenset[str]:
    return frozenset(one.formula for one in prototypes())
