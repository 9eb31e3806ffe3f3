"""The phases with sodium and their plateaus."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloy_system
from maiscreen.descriptors.alloys.records import AlloyPhase, AlloySystem
from maiscreen.screen.campaign.campaign import Campaign

_SYMBOL = re.compile(r"[A-Z][a-z]?")


def metals_of(row: Mapping[str, Any]) -> list[str]:
    """Return the metals of a row's layer: of a halide its own, of a recipe those of its phases.

    Where no metal is named the label stands for it, or formula or recipe.

    Examples
    --------
    >>> metals_of({"metal": "Sn, Si"}), metals_of({"phases": "0.6 Na15Sn4 + 0.4 NaSi"})
    (['Sn', 'Si'], ['Sn', 'Si'])
    """
    metals = str(row.get("metal") or "")
    own = metals.split(", ") if metals else _SYMBOL.findall(str(row.get("phases") or ""))
    named = [symbol for symbol in dict.fromkeys(own) if symbol != "Na"]
    return named or [str(row.get("recipe") or row.get("formula"))]


def systems(campaign: Campaign, metals: Sequence[str]) -> list[AlloySystem]:
    """Return the alloys with sodium of each metal once."""
    snapshot = load_snapshot(campaign.snapshot)
    known = [metal for metal in dict.fromkeys(metals) if metal in METALS]
    return [alloy_system(snapshot, metal, campaign.hull_tolerance_ev_atom) for metal in known]


def on_hull(system: AlloySystem) -> list[AlloyPhase]:
    """Return the phases with a plateau, by rising share of sodium."""
    steps = [phase for phase in system.phases if phase.plateau_v is not None]
    return sorted(steps, key=lambda phase: phase.sodium_per_metal)
