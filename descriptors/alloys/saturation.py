"""The saturated state where the most sodium-rich compound that is known has no energy.

In an excess of sodium M takes up sodium until that compound, whatever was computed. Its energy is
bounded: along a hull the plateaus fall, and they are above 0 V, since the compound is stable beside
sodium. So the step to it gains between nothing and Δx times the plateau before it: the middle is
taken, with the error of an even distribution. docs/decisions/0046-what-forms-in-time.md.

A known phase that has an energy and lies above the hull of the snapshot is left out, also where
experiment knows it as the most sodium-rich one: Na3Hg, for which Na8Hg3 stands. The computation is
believed there that it has no place beside its neighbours.
"""

from dataclasses import dataclass
from math import hypot, sqrt

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.snapshot.known_phases import known_phases_of
from maiscreen.descriptors.alloys.ladder import Ladder


@dataclass(frozen=True, slots=True)
class StatePhase:
    """The phase of a state, for one atom of M.

    Attributes
    ----------
    formula : str
        Reduced, sodium first.
    sodium_per_metal : float
        x of NaₓM.
    energy_ev_metal, std_ev_metal : float
        Formation energy for an atom of M, and its standard deviation, eV.
    """

    formula: str
    sodium_per_metal: float
    energy_ev_metal: float
    std_ev_metal: float


def saturate(metal: str, computed: StatePhase, ladder: Ladder) -> StatePhase:
    """Return the most sodium-rich stable phase that is known, where that is not computed.

    Parameters
    ----------
    metal : str
        M.
    computed : StatePhase
        The saturated phase among those with an energy; returned if no richer one is known.
    ladder : Ladder
        Phases with an energy.
    """
    richest, x = _richest_known(metal)
    if x <= computed.sodium_per_metal or richest in ladder.formula.tolist():
        return computed
    gain = (x - computed.sodium_per_metal) * _last_plateau_v(computed, ladder)
    return StatePhase(
        richest,
        x,
        computed.energy_ev_metal - gain / 2,
        hypot(computed.std_ev_metal, gain / sqrt(12)),
    )


def _richest_known(metal: str) -> tuple[str, float]:
    stable = [k.formula for k in known_phases_of(metal) if k.status == "stable"]
    content = {f: parse_formula(f)["Na"] / parse_formula(f)[metal] for f in stable}
    return max(content.items(), key=lambda pair: pair[1], default=("", 0.0))


def _last_plateau_v(computed: StatePhase, ladder: Ladder) -> float:
    """Return the potential at which the computed phase takes up sodium at last, vs Na/Na⁺, V.

    From the phase with an energy before it that gives the lowest one: the hull's neighbour.
    """
    steps = [computed.energy_ev_metal / computed.sodium_per_metal]
    for x, energy in zip(ladder.sodium_per_metal, ladder.formation_energy_ev_atom, strict=True):
        if 0 < x < computed.sodium_per_metal:
            before = float(energy * (1 + x))
            step = (computed.energy_ev_metal - before) / float(computed.sodium_per_metal - x)
            steps.append(step)
    return max(0.0, -max(steps))
