"""Candidates of a wide space: decoded, gated, described and scored, as arrays."""

from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.molecules.mixtures import NOTHING, MixtureSpace, Recipes
from maiscreen.candidates.rounding import at_least
from maiscreen.descriptors.alloys.joint import joint_products
from maiscreen.descriptors.blends.layer import Precipitate, Solids, blend_attributes, blend_layers
from maiscreen.descriptors.blends.vapour import (
    THICKNESS_UM,
    blend_reduction,
    thickness_um,
    vapour_over,
)
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.layer import Uncertain
from maiscreen.screen.blends.compatibility import find_reacting_pairs
from maiscreen.screen.blends.ingredients import (
    blended_precursors,
    ingredients,
    precipitate,
    temperatures_c,
)
from maiscreen.screen.blends.tables import JointTable, joint_table, metals_of
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.interphase import CELL_TEMPERATURE_K
from maiscreen.screen.scoring.gates import NAMES
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.score import desirability, score

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

REJECTIONS = ("", *NAMES, "blend", "compatibility")
"""Gates by their code; ``blend`` rejects what is no blend, as one component is all the vapour,
``compatibility`` what reacts with each other."""


def mixture_space(campaign: Campaign) -> MixtureSpace:
    """Span the wide space of a campaign."""
    asked = campaign.space
    return MixtureSpace(
        len(ingredients(campaign)),
        blended_precursors(campaign) if asked.blends > 1 else (),
        asked.blends,
        asked.ratio_steps,
        len(temperatures_c(campaign)),
        len(asked.exposures_s),
        asked.limit,
    )


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
    precipitate : Precipitate
    phases : Solids
        Alloys of the m metals, the metals bare, joint compounds, nothing.
    p_alloy : Floats
        Shape (m + 1,).
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
    precipitate: Precipitate
    phases: Solids
    p_alloy: Floats
    joint: JointTable
    joint_place: Integers

    @property
    def width(self) -> int:
        """Length of a row of what depends on the temperature."""
        return len(self.metal)


@lru_cache(maxsize=2)
def blend_tables(campaign: Campaign) -> BlendTables:
    """Work out what all blends of a campaign draw on."""
    precursors, metals = ingredients(campaign), metals_of(campaign)
    code = {name: i for i, name in enumerate(REJECTIONS)}
    gate = [[code[text.split(":")[0]] for text in row] for row in precursors.rejected.tolist()]
    nothing = [(0, 0), (0, 1)]
    joint = _joint_table(campaign)
    place = {metal: i for i, metal in enumerate(joint.metals)}
    return BlendTables(
        np.append(precursors.metal, NOTHING),
        np.append(precursors.metal_count, 0.0),
        np.append(precursors.electrons, 0.0),
        np.append(precursors.energy_kj_mol, 0.0),
        np.pad(precursors.pressure_pa, nothing).ravel(),
        np.pad(precursors.delta_g_kj_mol, nothing).ravel(),
        np.pad(np.array(gate, dtype=np.int64), nothing).ravel(),
        precipitate(campaign),
        metals.phases.joined(joint.solids).with_nothing(),
        np.append(metals.p_alloy, 0.0),
        joint,
        np.array([*(place.get(metal, NOTHING) for metal in METALS), NOTHING]),
    )


def _joint_table(campaign: Campaign) -> JointTable:
    """Choose the joint compounds of what is blended; as formed every metal keeps to itself."""
    metals = metals_of(campaign)
    own = np.where(metals.p_alloy >= 0.5, metals.energy_ev, 0.0)
    places = sorted(set(ingredients(campaign).metal[list(blended_precursors(campaign))].tolist()))
    # The compounds' energies are in the scheme of the embedded snapshot, and no other.
    alone = campaign.space.blends == 1 or campaign.state != "in_operation"
    if alone or campaign.snapshot:
        places = []
    return joint_table(tuple(METALS[i] for i in places), own[places], campaign.assumptions)


@dataclass(frozen=True, slots=True, eq=False)
class Blends:
    """Candidates with what is known of them before their layer: arrays of n.

    Attributes
    ----------
    recipes : Recipes
    vapour_fraction : Floats
        Shape (3, n).
    pressure_pa, delta_g_kj_mol, electrons, potential_v, energy_kj_mol : Floats
        Shape (n,).
    rejected : Integers
        Code of the first gate that rejects (:data:`REJECTIONS`), shape (n,).
    metal : Integers
        Metals, shape (3, n), −1 for none.
    metal_share : Floats
        Share of the metal atoms that each precursor brings, shape (3, n).
    """

    recipes: Recipes
    vapour_fraction: Floats
    pressure_pa: Floats
    delta_g_kj_mol: Floats
    electrons: Floats
    potential_v: Floats
    energy_kj_mol: Floats
    rejected: Integers
    metal: Integers
    metal_share: Floats

    def __len__(self) -> int:
        return len(self.recipes)

    def take(self, rows: NDArray[np.intp]) -> "Blends":
        """Keep some rows, in the order given."""
        own = (getattr(self, f.name)[..., rows] for f in fields(self)[1:])
        return Blends(self.recipes.take(rows), *own)


def evaluate_recipes(campaign: Campaign, recipes: Recipes) -> Blends:
    """Follow recipes into the vapour and through the gates."""
    table = blend_tables(campaign)
    ingredient = recipes.ingredient
    # The place −1 of a row is the last of it: nothing.
    place = ingredient % table.width + recipes.temperature * table.width
    vapour = vapour_over(recipes, table.pressure_pa[place])
    gibbs, electrons, volts = blend_reduction(
        vapour.fraction, table.delta_g_kj_mol[place], table.electrons[ingredient]
    )
    atoms = vapour.fraction * table.metal_count[ingredient]
    blends = Blends(
        recipes,
        vapour.fraction,
        vapour.pressure_pa,
        gibbs,
        electrons,
        volts,
        (vapour.fraction * table.energy_kj_mol[ingredient]).sum(axis=0),
        table.rejected[place[0]],
        table.metal[ingredient],
        atoms / atoms.sum(axis=0),
    )
    return replace(blends, rejected=_rejected(campaign, blends))


def _rejected(campaign: Campaign, blends: Blends) -> Integers:
    """Gate blends; a precursor by itself keeps the answer that it has as such."""
    ingredient = blends.recipes.ingredient
    fraction, least = blends.vapour_fraction, campaign.space.least_vapour_share
    scarce = ~(at_least(fraction, least) | np.isnan(fraction) | (ingredient == NOTHING))
    mixed_up = find_reacting_pairs(campaign).any_of(ingredient)
    code = {name: i for i, name in enumerate(REJECTIONS)}
    of_blend = np.select(
        [
            ~at_least(blends.pressure_pa, campaign.min_vapour_pressure_pa),
            scarce.any(axis=0),
            mixed_up,
            ~(blends.delta_g_kj_mol < 0),
        ],
        [code[name] for name in ("volatility", "blend", "compatibility", "reaction")],
        0,
    )
    alone = ingredient[1] == NOTHING
    return np.where(alone, blends.rejected, of_blend)


def metal_sets(campaign: Campaign, ingredient: Integers) -> Integers:
    """Give numbers to the sets of metals that precursors bring, shape (n,), from (3, n)."""
    metal = np.sort(blend_tables(campaign).metal[ingredient], axis=0)[::-1]
    metal[1:][metal[1:] == metal[:-1]] = NOTHING
    first, second, third = np.sort(metal, axis=0) + 1
    return np.asarray((third * (len(METALS) + 1) + second) * (len(METALS) + 1) + first)


def likely_alloys(campaign: Campaign, blends: Blends) -> Flags:
    """Find which metals are taken for alloyed: those that are more likely than not, (3, n)."""
    return np.asarray(blend_tables(campaign).p_alloy[blends.metal] >= 0.5)


def layer_attributes(campaign: Campaign, blends: Blends, alloyed: Flags) -> dict[str, Uncertain]:
    """Describe the layers of blends, by attribute, shape (n,) each; logarithmic ones as log10.

    Parameters
    ----------
    campaign : Campaign
        Its data and assumptions.
    blends : Blends
        Of n candidates.
    alloyed : Flags
        Which of their metals alloy, shape (3, n).
    """
    table = blend_tables(campaign)
    phase, amount = metal_phases(campaign, blends, alloyed)
    layers = blend_layers(
        table.precipitate,
        table.phases,
        blends.recipes.ingredient,
        blends.metal_share,
        phase,
        amount,
    )
    threshold = campaign.assumptions.percolation_threshold
    attributes = blend_attributes(layers, table.phases, CELL_TEMPERATURE_K, threshold)
    exposure = np.array(campaign.space.exposures_s)[blends.recipes.exposure]
    # A layer twice as thick loses twice the voltage: its conductivity counts for half.
    thicker = np.log10(thickness_um(exposure) / THICKNESS_UM)
    conductivity = attributes["ionic_conductivity"]
    attributes["ionic_conductivity"] = conductivity._replace(value=conductivity.value - thicker)
    return attributes


def metal_phases(campaign: Campaign, blends: Blends, alloyed: Flags) -> tuple[Integers, Floats]:
    """Give the metal phases, as rows of the tables, and the share of metal in each, (3, n).

    Each metal in its own phase. Where several are in what is likelier for them, and sodium in
    excess, they may lie in joint compounds.
    """
    metals = len(blend_tables(campaign).p_alloy) - 1
    own = np.where(alloyed, blends.metal, blends.metal + metals)
    phase, amount = np.where(blends.metal == NOTHING, NOTHING, own), blends.metal_share
    several = (blends.metal[1] != NOTHING) & (alloyed == likely_alloys(campaign, blends)).all(
        axis=0
    )
    rows = np.flatnonzero(several)
    if not rows.size or not len(blend_tables(campaign).joint.phases.formula):
        return phase, amount
    amount = amount.copy()
    phase[:, rows], amount[:, rows] = _joint_phases(campaign, blends.take(rows))
    return phase, amount


def _joint_phases(campaign: Campaign, blends: Blends) -> tuple[Integers, Floats]:
    table = blend_tables(campaign)
    metals, joint = len(table.p_alloy) - 1, table.joint
    metal = np.ascontiguousarray(table.joint_place[blends.metal].T)
    share = np.ascontiguousarray(blends.metal_share.T)
    product, amount = joint_products(metal, share, joint.own_energy_ev, joint.phases)
    own = np.array([METALS.index(one) for one in joint.metals], dtype=np.int64)
    own = np.where(table.p_alloy[own] >= 0.5, own, own + metals)
    compounds = 2 * metals + np.arange(len(joint.phases.formula))
    row = np.concatenate([own, compounds, [NOTHING]])
    return row[product].T, amount.T


def phase_formulas(campaign: Campaign) -> list[str]:
    """Name the rows of the tables' metal phases, nothing left out."""
    own = metals_of(campaign).formula.tolist()
    return [str(one) for one in (*own, *blend_tables(campaign).joint.phases.formula.tolist())]


def blend_score(campaign: Campaign, values: dict[str, Floats]) -> Floats:
    """Score values of the attributes, shape (n,)."""
    return score({name: desirability(name, values[name]) for name in ATTRIBUTES}, weights(campaign))
