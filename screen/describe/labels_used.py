"""How many labels of simulations each attribute of a campaign takes, by the model they are of."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from maiscreen.models.labels.evidence import evidence_of
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.interphase import alloy_states

PROPERTY_OF = MappingProxyType(
    {
        "adhesion": "work_of_adhesion",
        "ionic_conductivity": "migration_barrier",
        "youngs_modulus": "youngs_modulus",
    }
)
"""The property of a label that an attribute takes; the permeability has none."""


def labels_used(campaign: Campaign) -> dict[str, dict[str, int]]:
    """Count the labels that may be used of the phases and salts that a campaign's halides become.

    A label that is held against that of another model counts too: it is in the error. The mean
    barriers, which phases without a label of their own take, stand on further ones.

    Parameters
    ----------
    campaign : Campaign
        With its own labels pinned, if it has some.

    Returns
    -------
    dict of str to dict
        Attribute → model → labels; empty below fidelity F2.
    """
    if campaign.fidelity != "F2":
        return {}
    there, labels = _phases(campaign), evidence_of(campaign.labels)
    used = {}
    for attribute, name in PROPERTY_OF.items():
        found = [labels[formula, name] for formula in there if (formula, name) in labels]
        counted = Counter(model for one in found for model in one.models)
        used[attribute] = dict(sorted(counted.items()))
    return used


def labels_text(used: Mapping[str, Mapping[str, int]]) -> str:
    """State in a line how many labels each attribute took.

    Examples
    --------
    >>> labels_text({"adhesion": {"7net-0": 12, "toy": 1}, "youngs_modulus": {}})
    'labels used: adhesion 7net-0 12, toy 1; youngs modulus none'
    """
    parts = [
        f"{name.replace('_', ' ')} "
        + (", ".join(f"{model} {count}" for model, count in by_model.items()) or "none")
        for name, by_model in used.items()
    ]
    return f"labels used: {'; '.join(parts)}"


def _phases(campaign: Campaign) -> list[str]:
    """List the phases of all layers: alloys in both states, bare metals, salts."""
    metals = np.array(campaign.metals)
    alloys = alloy_states(metals, campaign.hull_tolerance_ev_atom, campaign.assumptions)
    formulas = (*alloys.as_formed.formula.tolist(), *alloys.in_operation.formula.tolist())
    salts = (f"Na{halogen}" for halogen in campaign.halogens)
    return sorted({*formulas, *campaign.metals, *salts} - {""})
