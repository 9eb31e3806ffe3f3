"""Whether an alloy forms in the time that it has: docs/decisions/0046-what-forms-in-time.md.

The time that M needs in a layer to become NaₓM at 25 °C is known by its logarithm, with a standard
deviation, from what was seen elsewhere (:mod:`maiscreen.candidates.snapshot.sodium_uptake`):
x′ sodium atoms for each M in t seconds at T′ say

    log τ = log t + 2 log(x/x′) + (E / R ln 10) (1/298.15 K − 1/T′) − b,

the square being that of growth by diffusion. Of rates the quickest alone counts, of limits all;
what was made by heating counts where nothing else is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, hypot, inf, log, log10, sqrt
from statistics import fmean, pvariance

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import ROOM_K, R
from maiscreen.candidates.snapshot.sodium_uptake import KINDS, Uptake, sodium_uptakes
from maiscreen.descriptors.alloys.records import StateArrays

Floats = NDArray[np.float64]

BORNE_DECADES = 1.0
"""b of a rate that a cell bore: nobody drove the alloy to its limit, and M in a layer is fresh and
fine [judgement]. Tin, which has both kinds of evidence, formed its alloy within ten seconds; by its
cells it would need 19 s without b, and 2 s with it."""

SPECIMEN_DECADES = 1.2
"""Standard deviation of what a specimen elsewhere is worth for a layer [judgement]."""

ACTIVATION_KJ_MOL = 60.0
"""Where none was measured: mean of the 50 and 70 kJ/mol of germanium's two steps (Zhang et al.,
Insights into the Sodiation Kinetics of Si and Ge Anodes for Sodium-Ion Batteries, abstract)."""

ATTEMPTS_S = 1e7
"""Of what was heated, E = R T ln(attempts · t): 10¹³ a second, and a million hops through 0.3 µm of
grain [judgement]."""

UNKNOWN_LOG10_S, UNKNOWN_DECADES = log10((10.0 * 86400.0) ** 0.5), 3.0
"""Where nothing is known: halfway between ten seconds and a day, and so wide that either may be
enough or not (0.26, 0.74) [judgement]."""

OPERATION_S = 86400.0
"""What the state in operation has to form in, at 25 °C: the first day of cycling [judgement]."""


@dataclass(frozen=True, slots=True)
class FormationTime:
    """The time that a phase needs to form at 25 °C.

    Attributes
    ----------
    log10_s, decades : float
        Its logarithm, and the standard deviation of that.
    activation_kj_mol : float
        How it changes with the temperature.
    seen_s : float
        From this time on, at 25 °C or as long as that elsewhere, the phase or one with less sodium
        was seen in a layer: what is an alloy then is no bare metal later. Infinite where none was.
    evidence : str
        On what this rests.
    """

    log10_s: float
    decades: float
    activation_kj_mol: float
    seen_s: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Process:
    """What a layer is made by: temperature of the vapour, °C, and exposure, s."""

    temperature_c: float
    exposure_s: float


@lru_cache(maxsize=1024)
def formation_time(metal: str, formula: str, sodium_per_metal: float) -> FormationTime:
    """Tell how long a phase needs to form at 25 °C.

    Parameters
    ----------
    metal, formula : str
        M, and the phase.
    sodium_per_metal : float
        x of NaₓM, above 0.

    Examples
    --------
    >>> boron = formation_time("B", "Na3B20", 0.15)
    >>> boron.log10_s > 30
    True
    >>> formation_time("Ag", "NaAg2", 0.5).evidence
    'no report of how quickly Ag and sodium alloy was found'
    """
    seen = sodium_uptakes().get(metal, ())
    counted = _counted(seen)
    activation = _activation_of(counted)
    seen_s = _seen_in_layer_s(seen, sodium_per_metal, activation)
    if not counted:
        words = f"no report of how quickly {metal} and sodium alloy was found"
        return FormationTime(UNKNOWN_LOG10_S, UNKNOWN_DECADES, activation, seen_s, words)
    times = [_log10_seconds(one, sodium_per_metal) for one in counted]
    return FormationTime(
        fmean(times),
        hypot(SPECIMEN_DECADES, pvariance(times) ** 0.5),
        activation,
        seen_s,
        _words(seen if seen_s < inf else counted),
    )


def _activation_of(counted: Sequence[Uptake]) -> float:
    """Choose the activation energy of a phase: the highest that was measured."""
    measured = [one.activation_kj_mol for one in counted if one.activation_kj_mol is not None]
    alone = _activation_kj_mol(counted[0]) if counted else ACTIVATION_KJ_MOL
    return max(measured, default=alone)


def _seen_in_layer_s(
    seen: Sequence[Uptake], sodium_per_metal: float, activation_kj_mol: float
) -> float:
    """Return the shortest time after which so much sodium or less was seen in a layer.

    As time at 25 °C, by the same activation energy as every other time of the phase, so that the
    process in which it was seen is as long as itself.
    """
    in_layer = (u for u in seen if u.kind == "layer" and u.sodium_per_metal <= sodium_per_metal)
    equivalent = (u.seconds * quickening(u.temperature_c, activation_kj_mol) for u in in_layer)
    return min(map(float, equivalent), default=inf)


def _words(seen: Sequence[Uptake]) -> str:
    return "; ".join(f"{one.finding} ({one.source})" for one in seen)


def _counted(seen: Sequence[Uptake]) -> list[Uptake]:
    """Choose what counts: the quickest of rates, all limits, or else what was heated."""
    of = {kind: [one for one in seen if one.kind == kind] for kind in KINDS}
    quickest = sorted(of["rate"], key=lambda one: _log10_seconds(one, 1.0))[:1]
    return quickest + of["limit"] or of["heated"]


def _activation_kj_mol(seen: Uptake) -> float:
    if seen.activation_kj_mol is not None:
        return seen.activation_kj_mol
    if seen.kind == "heated":
        kelvin = seen.temperature_c + 273.15
        return R * kelvin * log(ATTEMPTS_S * seen.seconds) / 1e3
    return ACTIVATION_KJ_MOL


def _log10_seconds(seen: Uptake, sodium_per_metal: float) -> float:
    at_room_s = seen.seconds * float(quickening(seen.temperature_c, _activation_kj_mol(seen)))
    grown = 2 * log10(sodium_per_metal / seen.sodium_per_metal)
    return log10(at_room_s) + grown - (BORNE_DECADES if seen.kind == "rate" else 0.0)


def quickening(temperature_c: float | Floats, activation_kj_mol: float | Floats) -> Floats:
    """Return how many times as quick as at 25 °C a reaction is (Arrhenius).

    Examples
    --------
    >>> quickening(60.0, 70.0).round(1).item(), quickening(25.0, 70.0).item()
    (19.4, 1.0)
    """
    inverse = 1 / ROOM_K - 1 / (np.asarray(temperature_c) + 273.15)
    return np.asarray(np.exp(np.asarray(activation_kj_mol) * 1e3 / R * inverse))


@dataclass(frozen=True, slots=True, eq=False)
class FormationTimes:
    """What :class:`FormationTime` says of one state of many metals, arrays of shape (n,).

    Without a phase the time is infinite.
    """

    log10_s: Floats
    decades: Floats
    activation_kj_mol: Floats
    seen_s: Floats
    evidence: NDArray[np.str_]

    def probability(self, process: Process, state: str) -> Floats:
        """Return the probability that the phases form in time.

        Parameters
        ----------
        process : Process
            How the layer is made.
        state : str
            ``as_formed``, in the exposure, or ``in_operation``, in that and
            :data:`OPERATION_S` at 25 °C.

        Returns
        -------
        Floats
            Shape (n,).
        """
        quicker = quickening(process.temperature_c, self.activation_kj_mol)
        # All as the time at 25 °C that would do as much; the day of operation is spent there.
        at_room_s = process.exposure_s * quicker
        at_room_s = at_room_s + (OPERATION_S if state == "in_operation" else 0.0)
        z = (np.log10(at_room_s) - self.log10_s) / self.decades
        # SciPy's import takes longer than a small command.
        chance = np.array([erfc(-one / sqrt(2)) / 2 for one in z.tolist()])
        # More digits would be those of the processor, and of a tail that nobody believes.
        return np.where(at_room_s >= self.seen_s, 1.0, np.round(chance, 6))


def formation_times(metal: NDArray[np.str_], state: StateArrays) -> FormationTimes:
    """Tell how long the phases of a state need; each distinct metal is worked out once.

    Parameters
    ----------
    metal : NDArray
        Symbols, shape (n,).
    state : StateArrays
        Of these metals.
    """
    distinct, first, rows = np.unique(metal, return_index=True, return_inverse=True)
    found = [
        formation_time(m, formula, x) if formula else _NEVER
        for m, formula, x in zip(
            distinct.tolist(),
            state.formula[first].tolist(),
            state.sodium_per_metal[first].tolist(),
            strict=True,
        )
    ]
    columns = {n: np.array([getattr(t, n) for t in found])[rows.ravel()] for n in _NEVER.__slots__}
    return FormationTimes(**columns)


_NEVER = FormationTime(inf, 1.0, ACTIVATION_KJ_MOL, inf, "")
"""Without a phase."""
