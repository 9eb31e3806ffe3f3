"""The phases with sodium and their plateaus: data and drawing for the report."""

from collections.abc import Sequence

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloy_system
from maiscreen.descriptors.alloys.records import AlloyPhase, AlloySystem
from maiscreen.screen.campaign.campaign import Campaign


def systems(campaign: Campaign, metals: Sequence[str]) -> list[AlloySystem]:
    """Give the alloys with sodium of each metal once."""
    snapshot = load_snapshot(campaign.snapshot)
    known = [metal for metal in dict.fromkeys(metals) if metal in METALS]
    return [alloy_system(snapshot, metal, campaign.hull_tolerance_ev_atom) for metal in known]


def on_hull(system: AlloySystem) -> list[AlloyPhase]:
    """Give the phases with a plateau, by rising share of sodium."""
    steps = [phase for phase in system.phases if phase.plateau_v is not None]
    return sorted(steps, key=lambda phase: phase.sodium_per_metal)
