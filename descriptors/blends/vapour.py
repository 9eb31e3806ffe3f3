"""The vapour over a blend of liquids, and how thick a layer it makes.

Raoult's law, p_i = x_i p_i°: an ideal liquid, whose components do not react with each other, in an
amount that the vapour does not change. Halides of different halogens do exchange them, some in
minutes. A component that is solid at this temperature enters with the pressure over the solid, one
above its critical temperature with its critical pressure [judgement, for want of better].
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.molecules.mixtures import NOTHING, Recipes
from maiscreen.descriptors.reaction.thermodynamics import potential_v

Floats = NDArray[np.float64]

THICKNESS_UM, EXPOSURE_S = 6.0, 10.0
"""The paper's layer of tin, µm, after 10 s of vapour."""

THICKNESS_EXPONENT = 1.13
"""Of the time: 6, 10 and 22 µm after 10, 20 and 30 s, a fit with one degree of freedom left
(± 0.32). Tin's law is taken for all [judgement]: nothing is known of the others."""


@dataclass(frozen=True, slots=True, eq=False)
class BlendVapour:
    """What meets the sodium: arrays of n recipes.

    Attributes
    ----------
    pressure_pa : Floats
        Total pressure, shape (n,); NaN where that of a component is not known.
    fraction : Floats
        Mole fractions in the vapour, shape (3, n); those of a single precursor are 1, 0, 0.
    """

    pressure_pa: Floats
    fraction: Floats


def vapour_over(recipes: Recipes, pressure_pa: Floats) -> BlendVapour:
    """Return pressure and composition of the vapour over blends.

    Parameters
    ----------
    recipes : Recipes
        Of n blends.
    pressure_pa : Floats
        Vapour pressure of each component by itself, shape (3, n); anything where there is none.

    Examples
    --------
    >>> from maiscreen.candidates.molecules.mixtures import MixtureSpace
    >>> equal = MixtureSpace(2, (0, 1), blends=2, ratio_steps=2).slice(2, 3)
    >>> over = vapour_over(equal, np.array([[3000.0], [1000.0], [0.0]]))
    >>> over.pressure_pa.tolist(), over.fraction[:, 0].tolist()
    ([2000.0], [0.75, 0.25, 0.0])
    """
    partial = np.where(recipes.ingredient == NOTHING, 0.0, recipes.fraction * pressure_pa)
    total = partial[0] + partial[1] + partial[2]
    alone = recipes.ingredient[1] == NOTHING
    # A precursor alone is all of its vapour, whether its pressure is known or not.
    fraction = np.where(alone, recipes.fraction, partial / np.where(total == 0, 1.0, total))
    return BlendVapour(total, fraction)


def blend_reduction(
    fraction: Floats, delta_g_kj_mol: Floats, electrons: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return ΔG, electrons and potential of the reduction of a vapour by sodium.

    Parameters
    ----------
    fraction : Floats
        Mole fractions in the vapour, shape (3, n).
    delta_g_kj_mol, electrons : Floats
        Of each component by itself, shape (3, n); zero where there is none.

    Returns
    -------
    tuple of Floats
        kJ and electrons for a mole of the vapour, and V vs Na/Na⁺: the mean of the components'
        potentials, weighted by electrons; shape (n,) each.
    """
    weighted = (fraction * each for each in (delta_g_kj_mol, electrons))
    gibbs, charge = (one[0] + one[1] + one[2] for one in weighted)
    return gibbs, charge, potential_v(gibbs, charge)


def thickness_um(exposure_s: Floats) -> Floats:
    """Return the thickness of a layer after a time in the vapour, µm, by the paper's power law.

    Examples
    --------
    >>> thickness_um(np.array([10.0, 20.0, 30.0])).round(1)
    array([ 6. , 13.1, 20.8])
    """
    return np.asarray(THICKNESS_UM * (exposure_s / EXPOSURE_S) ** THICKNESS_EXPONENT)


def decades_lost(thickness_um: Floats) -> Floats:
    """Return how much less the conductivity of a layer counts than in one of 6 µm, in decades.

    A layer twice as thick loses twice the voltage: its conductivity counts for half.

    Examples
    --------
    >>> decades_lost(np.array([6.0, 60.0]))
    array([0., 1.])
    """
    return np.asarray(np.log10(thickness_um / THICKNESS_UM))
