"""The wide space of a campaign, and what all of its candidates draw on, each worked out once."""

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.molecules.mixtures import NOTHING, MixtureSpace
from maiscreen.descriptors.alloys.kinetics import Process
from maiscreen.descriptors.blends.layer import Precipitate, Solids
from maiscreen.models.attributes.attributes import Assumptions, built_otherwise
from maiscreen.screen.blends.compatibility import ReactingPairs, find_reacting_pairs
from maiscreen.screen.blends.ingredients import (
    Ingredients,
    gather_ingredients,
    ingredients_from_bytes,
    precipitate,
    temperatures_c,
)
from maiscreen.screen.blends.tables import (
    JointTable,
    Metals,
    joint_table,
    metal_tables,
    salt_table,
)
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.scoring.gates import NAMES

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

REJECTIONS = ("", *NAMES, "blend", "compatibility")
"""Gates by their code; ``blend`` rejects what is no blend, as one component is all the vapour,
``compatibility`` what reacts with each other."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerParts:
    """What layers are made of, and where their metal connects.

    Attributes
    ----------
    precipitate : Precipitate
        Of v precursors, the last row nothing.
    phases : Solids
        Alloys of the m metals, the metals bare, joint compounds, nothing.
    threshold : float
        Percolation threshold.
    """

    precipitate: Precipitate
    phases: Solids
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class BlendTables:
    """What the kernels gather from: rows by ingredient or phase, the last one nothing.

    Attributes
    ----------
    metal : Integers
        Shape (v + 1,).
    metal_count, electrons : Floats
        Shape (v + 1,).
    energy_kj_mol : Floats
        Shape (v + 1,).
    pressure_pa, delta_g_kj_mol : Floats
        Shape (t, v + 1), laid out flat.
    rejected : Integers
        Code of the first gate that rejects, shape (t, v + 1), laid out flat.
    built, built_otherwise : LayerParts
        What layers are made of, at either end of how they may be built.
    p_alloy : Floats
        Probability that alloys are stable, shape (m + 1,).
    p_kinetic, p_formed : Floats
        Probability that they form in time, and that they do both, by temperature and exposure,
        shape (t, e, m + 1).
    joint : JointTable
        Joint compounds of the metals that are blended.
    joint_place : Integers
        Place of a metal among those of ``joint``, −1 where it is none of them, shape (m + 1,).
    """

    metal: Integers
    metal_count: Floats
    electrons: Floats
    energy_kj_mol: Floats
    pressure_pa: Floats
    delta_g_kj_mol: Floats
    rejected: Integers
    built: LayerParts
    built_otherwise: LayerParts
    p_alloy: Floats
    p_kinetic: Floats
    p_formed: Floats
    joint: JointTable
    joint_place: Integers

    @property
    def width(self) -> int:
        """Length of a row of what depends on the temperature."""
        return len(self.metal)


class BlendSpace:
    """The candidates of a wide campaign by number, and the tables that describe them.

    Parameters
    ----------
    campaign : Campaign
        Its own data are pinned.
    prepared : bytes
        Ingredients that another process has gathered (:func:`ingredients_to_bytes`); gathered
        here if left out.

    Raises
    ------
    ValueError
        If ``prepared`` holds no ingredients.
    """

    def __init__(self, campaign: Campaign, prepared: bytes = b"") -> None:
        self.campaign = campaign
        if prepared:
            self.ingredients = ingredients_from_bytes(prepared)

    @property
    def settings(self) -> Space:
        """Return the settings of the space."""
        return self.campaign.space

    @property
    def temperatures_c(self) -> tuple[float, ...]:
        """Return the process temperatures, °C, by size."""
        return temperatures_c(self.campaign)

    @cached_property
    def metals(self) -> Metals:
        """Look up the phases of all metals."""
        return metal_tables(self.campaign, self.campaign.assumptions)

    @cached_property
    def p_kinetic(self) -> Floats:
        """Return the probability that each metal's alloy forms in time, shape (t, e, m)."""
        return np.array(
            [
                [
                    self.metals.times.probability(Process(celsius, seconds), self.campaign.state)
                    for seconds in self.settings.exposures_s
                ]
                for celsius in self.temperatures_c
            ]
        )

    @cached_property
    def ingredients(self) -> Ingredients:
        """Gather the precursors, those that the gates reject among them."""
        return gather_ingredients(self.campaign, self.metals)

    @cached_property
    def salt_cm3(self) -> Floats:
        """Return the volume of each salt that a mole of M leaves, shape (5, v + 1)."""
        each = self.ingredients.salt_mol * salt_table(self.campaign).cm3[:, None]
        return np.append(each, np.zeros((len(each), 1)), axis=1)

    @cached_property
    def blended(self) -> tuple[int, ...]:
        """Choose the precursors for blends: those that pass every gate when it is warmest."""
        return tuple(np.flatnonzero(self.ingredients.rejected[-1] == "").tolist())

    @cached_property
    def mixtures(self) -> MixtureSpace:
        """Span the recipes."""
        return MixtureSpace(
            len(self.ingredients),
            self.blended if self.settings.blends > 1 else (),
            self.settings.blends,
            self.settings.ratio_steps,
            len(self.temperatures_c),
            len(self.settings.exposures_s),
            self.settings.limit,
        )

    def thinned(self, limit: int) -> "BlendSpace":
        """Return an even sample of this space, at most so many candidates, on the same tables."""
        thin = copy(self)
        thin.__dict__.pop("mixtures", None)
        settings = replace(self.settings, limit=min(limit, self.mixtures.size))
        thin.campaign = replace(self.campaign, space=settings)
        return thin

    @cached_property
    def reacting(self) -> ReactingPairs:
        """Find which precursors must not be poured together."""
        return find_reacting_pairs(self.ingredients, self.blended)

    @cached_property
    def tables(self) -> BlendTables:
        """Lay out what all blends draw on."""
        precursors, metals = self.ingredients, self.metals
        joint = self._joint_table(self.campaign.assumptions)
        code = {name: i for i, name in enumerate(REJECTIONS)}
        gate = [[code[text.split(":")[0]] for text in row] for row in precursors.rejected.tolist()]
        nothing, last = [(0, 0), (0, 1)], [(0, 0), (0, 0), (0, 1)]
        place = {metal: i for i, metal in enumerate(joint.metals)}
        return BlendTables(
            np.append(precursors.metal, NOTHING),
            np.append(precursors.metal_count, 0.0),
            np.append(precursors.electrons, 0.0),
            np.append(precursors.energy_kj_mol, 0.0),
            np.pad(precursors.pressure_pa, nothing).ravel(),
            np.pad(precursors.delta_g_kj_mol, nothing).ravel(),
            np.pad(np.array(gate, dtype=np.int64), nothing).ravel(),
            self._parts(self.campaign.assumptions, metals, joint),
            self._parts_built_otherwise(),
            np.append(metals.p_alloy, 0.0),
            np.pad(self.p_kinetic, last),
            np.pad(self.p_kinetic * metals.p_alloy, last),
            joint,
            np.array([*(place.get(metal, NOTHING) for metal in METALS), NOTHING]),
        )

    @cached_property
    def phase_formulas(self) -> tuple[str, ...]:
        """Name the rows of the tables' metal phases, nothing left out."""
        return (*self.metals.formula.tolist(), *self.tables.joint.phases.formula.tolist())

    def _parts(self, assumptions: Assumptions, metals: Metals, joint: JointTable) -> LayerParts:
        return LayerParts(
            precipitate(self.campaign, self.ingredients, assumptions.salt_share),
            metals.phases.joined(joint.solids).with_nothing(),
            assumptions.percolation_threshold,
        )

    def _parts_built_otherwise(self) -> LayerParts:
        other = built_otherwise(self.campaign.assumptions)
        metals, joint = metal_tables(self.campaign, other), self._joint_table(other)
        return self._parts(other, metals, joint)

    def _joint_table(self, assumptions: Assumptions) -> JointTable:
        """Choose the joint compounds of what is blended; as formed every metal keeps to itself."""
        own = np.where(self.metals.p_alloy >= 0.5, self.metals.energy_ev, 0.0)
        places = sorted(set(self.ingredients.metal[list(self.blended)].tolist()))
        # The compounds' energies are in the scheme of the embedded snapshot, and no other.
        alone = self.settings.blends == 1 or self.campaign.state != "in_operation"
        if alone or self.campaign.snapshot:
            places = []
        metals = tuple(METALS[i] for i in places)
        return joint_table(metals, own[places], assumptions)
