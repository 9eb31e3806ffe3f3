"""Candidates of a wide space: decoded, gated, described and scored, as arrays."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.molecules.mixtures import NOTHING, Recipes
from maiscreen.candidates.rounding import at_least
from maiscreen.descriptors.alloys.joint import joint_products
from maiscreen.descriptors.blends.layer import blend_attributes, blend_layers
from maiscreen.descriptors.blends.vapour import (
    blend_reduction,
    decades_lost,
    thickness_um,
    vapour_over,
)
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.layer import Attribute
from maiscreen.screen.blends.space import REJECTIONS, BlendSpace, LayerParts
from maiscreen.screen.describe.interphase import CELL_TEMPERATURE_K
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.score import desirability, score

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


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


def evaluate_recipes(space: BlendSpace, recipes: Recipes) -> Blends:
    """Follow recipes into the vapour and through the gates."""
    table = space.tables
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
    return replace(blends, rejected=_rejected(space, blends))


def _rejected(space: BlendSpace, blends: Blends) -> Integers:
    """Gate blends; a precursor by itself keeps the answer that it has as such."""
    ingredient = blends.recipes.ingredient
    fraction, least = blends.vapour_fraction, space.settings.least_vapour_share
    scarce = ~(at_least(fraction, least) | np.isnan(fraction) | (ingredient == NOTHING))
    mixed_up = space.reacting.any_of(ingredient)
    code = {name: i for i, name in enumerate(REJECTIONS)}
    of_blend = np.select(
        [
            ~at_least(blends.pressure_pa, space.campaign.min_vapour_pressure_pa),
            scarce.any(axis=0),
            mixed_up,
            ~(blends.delta_g_kj_mol < 0),
        ],
        [code[name] for name in ("volatility", "blend", "compatibility", "reaction")],
        0,
    )
    alone = ingredient[1] == NOTHING
    return np.where(alone, blends.rejected, of_blend)


def metal_sets(space: BlendSpace, ingredient: Integers) -> Integers:
    """Assign numbers to the sets of metals of precursors, shape (n,), from (3, n)."""
    metal = np.sort(space.tables.metal[ingredient], axis=0)[::-1]
    metal[1:][metal[1:] == metal[:-1]] = NOTHING
    first, second, third = np.sort(metal, axis=0) + 1
    return np.asarray((third * (len(METALS) + 1) + second) * (len(METALS) + 1) + first)


def p_kinetic(space: BlendSpace, blends: Blends) -> Floats:
    """Return the probability that the alloy of each metal forms in time, shape (3, n)."""
    recipes = blends.recipes
    return space.tables.p_kinetic[recipes.temperature, recipes.exposure, blends.metal]


def p_formed(space: BlendSpace, blends: Blends) -> Floats:
    """Return the probability that the alloy of each metal is stable and forms in time, (3, n)."""
    recipes = blends.recipes
    return space.tables.p_formed[recipes.temperature, recipes.exposure, blends.metal]


def likely_alloys(space: BlendSpace, blends: Blends) -> Flags:
    """Find which metals are taken for alloyed: those that are more likely than not, (3, n)."""
    return np.asarray(p_formed(space, blends) >= 0.5)


def layer_attributes(space: BlendSpace, blends: Blends, alloyed: Flags) -> dict[str, Attribute]:
    """Describe the layers of blends, by attribute, shape (n,) each; logarithmic ones as log10.

    Parameters
    ----------
    space : BlendSpace
        Its data and assumptions.
    blends : Blends
        Of n candidates.
    alloyed : Flags
        Which of their metals alloy, shape (3, n).
    """
    phase, amount = metal_phases(space, blends, alloyed)
    exposure = np.array(space.settings.exposures_s)[blends.recipes.exposure]
    built, otherwise = (
        _attributes(parts, blends, phase, amount, decades_lost(thickness_um(exposure)))
        for parts in (space.tables.built, space.tables.built_otherwise)
    )
    return {name: one.between(otherwise[name].value) for name, one in built.items()}


def _attributes(
    parts: LayerParts, blends: Blends, phase: Integers, amount: Floats, decades: Floats
) -> dict[str, Attribute]:
    ingredient, share = blends.recipes.ingredient, blends.metal_share
    layers = blend_layers(parts.precipitate, parts.phases, ingredient, share, phase, amount)
    attributes = blend_attributes(layers, parts.phases, CELL_TEMPERATURE_K, parts.threshold)
    conductivity = attributes["ionic_conductivity"]
    attributes["ionic_conductivity"] = conductivity._replace(value=conductivity.value - decades)
    return attributes


def metal_phases(space: BlendSpace, blends: Blends, alloyed: Flags) -> tuple[Integers, Floats]:
    """Return the metal phases, as rows of the tables, and the share of metal in each, (3, n).

    Each metal in its own phase. Where several are in what is likelier for them, and sodium in
    excess, they may lie in joint compounds.
    """
    metals = len(space.tables.p_alloy) - 1
    own = np.where(alloyed, blends.metal, blends.metal + metals)
    phase, amount = np.where(blends.metal == NOTHING, NOTHING, own), blends.metal_share
    several = (blends.metal[1] != NOTHING) & (alloyed == likely_alloys(space, blends)).all(axis=0)
    rows = np.flatnonzero(several)
    if not rows.size or not len(space.tables.joint.phases.formula):
        return phase, amount
    amount = amount.copy()
    phase[:, rows], amount[:, rows] = _joint_phases(space, blends.take(rows))
    return phase, amount


def _joint_phases(space: BlendSpace, blends: Blends) -> tuple[Integers, Floats]:
    table = space.tables
    metals, joint = len(table.p_alloy) - 1, table.joint
    metal = np.ascontiguousarray(table.joint_place[blends.metal].T)
    share = np.ascontiguousarray(blends.metal_share.T)
    product, amount = joint_products(metal, share, joint.own_energy_ev, joint.phases)
    own = np.array([METALS.index(one) for one in joint.metals], dtype=np.int64)
    compounds = 2 * metals + np.arange(len(joint.phases.formula))
    row = np.concatenate([own, compounds, [NOTHING]])[product].T
    # A metal by itself is alloyed or bare, by its recipe's temperature and time.
    itself = (row >= 0) & (row < metals)
    alone = replace(blends, metal=np.where(itself, row, NOTHING))
    return np.where(itself & ~likely_alloys(space, alone), row + metals, row), amount.T


def blend_score(space: BlendSpace, values: dict[str, Floats]) -> Floats:
    """Score values of the attributes, shape (n,)."""
    return score(
        {name: desirability(name, values[name]) for name in ATTRIBUTES}, weights(space.campaign)
    )
