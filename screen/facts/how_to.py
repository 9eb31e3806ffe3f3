"""How to do it: what to pour or dose, how long to try, what to measure first.

Every number is for the process temperature of the campaign; what another temperature would change
is said in words (decision 47).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import molar_mass_g
from maiscreen.candidates.handbook.densities import Density, liquid_density
from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.blends.dose import (
    LAYER_STD,
    SALT_VOLUME_STD,
    moles_for_layer,
    moles_in_jar,
    pressure_of_moles_pa,
)
from maiscreen.descriptors.blends.exposure import thickness_by_supply, times_to_try_s
from maiscreen.descriptors.vapour.volatility import best_estimate
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.interphase import (
    ZERO_CELSIUS_K,
    alloy_states,
    layers,
    probability_in_time,
    probability_of_alloy,
    process_of,
)
from maiscreen.screen.facts import how_to_words as words
from maiscreen.screen.facts.jar import PAPER_SETUP, JarSetup
from maiscreen.screen.facts.reasons import RankCause
from maiscreen.screen.facts.substance import (
    GLOVEBOX_C,
    TIN,
    Facts,
    pressure_of_tin_pa,
    temperature_like_tin,
)
from maiscreen.screen.facts.vapour import points_c, state_of
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LayerVolumes:
    """Volume of the layer as formed that a mole of M leaves, cm³, with its error; shape (n,)."""

    cm3_mol: Floats
    std_cm3_mol: Floats


def layer_volumes(precursors: Precursors, campaign: Campaign) -> LayerVolumes:
    """Return how much layer halides leave, without pores.

    Notes
    -----
    Of the likelier of alloy and bare metal, with its salt: p is the probability that the alloy is
    stable and forms in the exposure. The variance has that of the phase's volume, that of the
    salt's, p (1 − p) times the square of what the two differ by, and that of pores and of a rough
    surface (`LAYER_STD`).
    """
    assumptions = campaign.assumptions
    alloys = alloy_states(precursors.metal, campaign.hull_tolerance_ev_atom, assumptions)
    by_state = layers(precursors, alloys, assumptions.salt_share)
    formed, bare = by_state["as_formed"].volumes, by_state["bare"].volumes
    # Of a compound without an energy nobody knows.
    stable = np.nan_to_num(probability_of_alloy(alloys.as_formed), nan=0.5)
    in_time = probability_in_time(precursors.metal, alloys, "as_formed", process_of(campaign))
    chance = stable * in_time
    likely = np.where(chance >= 0.5, formed.solid_cm3, bare.solid_cm3)
    phase_std = np.nan_to_num(alloys.as_formed.volume_std_fraction) * formed.phase_cm3
    open_question = chance * (1 - chance) * (formed.solid_cm3 - bare.solid_cm3) ** 2
    salt_std, rough = SALT_VOLUME_STD * formed.salt_cm3, LAYER_STD * likely
    return LayerVolumes(likely, np.sqrt(phase_std**2 + salt_std**2 + rough**2 + open_question))


def how_to(
    rows: Sequence[Row],
    campaign: Campaign,
    setup: JarSetup = PAPER_SETUP,
    causes: Sequence[RankCause | None] = (),
) -> list[Facts]:
    """Tell how to do it, for homoleptic halides.

    Parameters
    ----------
    rows : sequence of mapping
        With ``formula`` and ``route``.
    campaign : Campaign
        Whose process temperature holds, and whose assumptions on the layer.
    setup : JarSetup
        Jar and layer.
    causes : sequence of RankCause, optional
        What the place of each row hangs on.

    Returns
    -------
    list of dict
        Columns of :data:`maiscreen.screen.facts.how_to_columns.HOW_TO`; what is not known is left
        out.
    """
    if not rows:
        return []
    halides = [Precursor.parse(str(row["formula"])) for row in rows]
    tin = Precursor.parse(TIN)
    volumes = layer_volumes(Precursors.of([*halides, tin]), campaign)
    reference = _Reference(volumes.cm3_mol[-1].item() * tin.metal_count, pressure_of_tin_pa())
    each = zip(volumes.cm3_mol.tolist(), volumes.std_cm3_mol.tolist(), strict=True)
    known = list(causes) or [None] * len(rows)
    return [
        _Recipe(halide, layer, campaign.temperature_c, setup, reference).facts(row, cause)
        for halide, layer, row, cause in zip(halides, list(each)[:-1], rows, known, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Reference:
    """The paper's case: volume of layer of a mole of SnCl4, cm³, and its vapour, Pa."""

    cm3_mol: float
    pressure_pa: float


@dataclass(frozen=True, slots=True)
class _Recipe:
    """One halide in one jar at one temperature.

    Attributes
    ----------
    halide : Precursor
    layer : tuple of float
        Volume of layer for a mole of M and its standard deviation, cm³.
    celsius : float
        The process temperature.
    setup : JarSetup
    tin : _Reference
    """

    halide: Precursor
    layer: tuple[float, float]
    celsius: float
    setup: JarSetup
    tin: _Reference

    def facts(self, row: Row, cause: RankCause | None) -> Facts:
        """Gather all columns."""
        formula, route = self.halide.formula, str(row.get("route"))
        asked = {
            "asked_thickness_um": self.setup.thickness_um,
            "asked_area_cm2": self.setup.area_cm2,
        }
        facts = asked | self._layer() | self._density() | words.measure_first(cause, formula)
        if route != "vapour":
            return facts | {"suggestion": words.NO_VAPOUR}
        facts |= {"jar_cm3": self.setup.jar_cm3} | self._jar()
        if "jar_fill_mg" in facts:
            facts["dose"] = words.dose(
                facts, self._state(), self.celsius, finite_or_none(points_c(formula)["boiling"])
            )
        facts |= self._times(facts)
        like = map(finite_or_none, temperature_like_tin(formula).values())
        facts["temperature_advice"] = words.temperature_advice(
            formula, self._state(), self.celsius, *like
        )
        facts["suggestion"] = words.suggestion(formula) if "dose" in facts else words.NO_PRESSURE
        return {name: value for name, value in facts.items() if value is not None}

    @property
    def _molar_mass_mg(self) -> float:
        halide = self.halide
        counts = {halide.metal: halide.metal_count, halide.halogen: halide.halogen_count}
        return 1e3 * molar_mass_g(counts)

    @property
    def _kelvin(self) -> float:
        return self.celsius + ZERO_CELSIUS_K

    def _state(self) -> str:
        """Return gas, liquid, solid or "not known" at the process temperature."""
        state = state_of(self.halide.formula, self.celsius)
        is_gas = state == "not known" and self._vapour()[0] >= ATMOSPHERE_PA
        return "gas" if is_gas else state

    def _vapour(self) -> tuple[float, float]:
        """Return vapour pressure, Pa, and its error, decades, at the process temperature."""
        estimate = best_estimate(self.halide.formula, self._kelvin)[0]
        return float(10**estimate.log10_pa), float(estimate.std)

    def _layer_moles(self) -> float:
        volume, count = np.array([self.layer[0]]), np.array([float(self.halide.metal_count)])
        setup = self.setup
        return float(moles_for_layer(setup.thickness_um, setup.area_cm2, volume, count)[0])

    def _layer(self) -> Facts:
        volume, std = self.layer
        if isnan(volume):
            return {}
        mass = self._layer_moles() * self._molar_mass_mg
        return {"layer_takes_mg": mass, "layer_takes_std_mg": mass * std / volume}

    def _density(self) -> Facts:
        """Return the density of a liquid, and the volume that the layer takes of it."""
        density = self._liquid()
        if density is None:
            return {}
        facts: Facts = {
            "density_g_cm3": density.g_cm3,
            "density_std_g_cm3": density.std_g_cm3,
            "density_source": density.source,
        }
        mass = finite_or_none(self._layer().get("layer_takes_mg"))
        return facts if mass is None else facts | {"layer_takes_ml": mass / density.g_cm3 / 1e3}

    def _liquid(self) -> Density | None:
        is_liquid = self._state() == "liquid"
        return liquid_density(self.halide.formula, self._kelvin) if is_liquid else None

    def _jar(self) -> Facts:
        """Return what a jar full of vapour is, and how often the layer takes it."""
        pressure, std = self._jar_pressure()
        if isnan(pressure):
            return {}
        moles = moles_in_jar(np.array([pressure]), self._kelvin, self.setup.jar_cm3)[0].item()
        mass = moles * self._molar_mass_mg
        facts: Facts = {"jar_pressure_pa": pressure, "jar_fill_mg": mass}
        if std is not None:
            facts["jar_pressure_std_log10"] = std
        density, needed = self._liquid(), self._layer_moles()
        if density is not None:
            facts["jar_fill_ml"] = mass / density.g_cm3 / 1e3
        return facts if isnan(needed) else facts | {"jar_fillings": needed / moles}

    def _jar_pressure(self) -> tuple[float, float | None]:
        """Return the vapour pressure; of a gas what to dose, which has no error of its own."""
        if self._state() != "gas":
            return self._vapour()
        needed = np.nan_to_num(np.array([self._layer_moles()]))
        own = pressure_of_moles_pa(needed, self._kelvin, self.setup.jar_cm3)[0].item()
        return min(max(own, self.tin.pressure_pa), ATMOSPHERE_PA), None

    def _times(self, facts: Facts) -> Facts:
        """Return three times with the thickness expected, and the one to begin with as numbers."""
        pressure = finite_or_none(facts.get("jar_pressure_pa"))
        volume = self.layer[0] * self.halide.metal_count
        if pressure is None or isnan(volume):
            return {}
        supply = pressure / self.tin.pressure_pa * volume / self.tin.cm3_mol
        std = finite_or_none(facts.get("jar_pressure_std_log10")) or 0.0
        if self.halide.formula == TIN:
            # What the paper measured at its own vapour pressure has no error from that pressure.
            std = std if self.celsius != GLOVEBOX_C else 0.0
        seconds = times_to_try_s(self.setup.thickness_um, supply)
        tries = [(t, thickness_by_supply(t, supply, std)) for t in seconds]
        # Of a layer so thin that no time is short enough, or so thick that none is too long, the
        # longest that fits is not the middle one.
        at_most = self.setup.thickness_um * (1 + 1e-6)
        begin, layer = [tries[0], *(pair for pair in tries if pair[1].value_um <= at_most)][-1]
        return {
            "suggested_exposure_s": begin,
            "expected_thickness_um": layer.value_um,
            "expected_thickness_low_um": layer.low_um,
            "expected_thickness_high_um": layer.high_um,
            "times_to_try": words.times(tries),
        }
