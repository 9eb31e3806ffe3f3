"""Electrolyte permeability: the share of the layer that stands open to the electrolyte (F0)."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.layer.layer import (
    Attribute,
    Errors,
    Layer,
    LayerEstimate,
    Volumes,
)
from maiscreen.descriptors.reaction.salts import salt

Floats = NDArray[np.float64]

SPALLING_RATIO = 2.0
"""Pilling–Bedworth ratio beyond which a growing layer cracks off: Pilling & Bedworth, J. Inst.
Met. 29, 529 (1923), and the usual upper limit since."""

VOLUME_STD_FRACTION = 0.06
"""Error of a layer's volume, as a fraction [judgement: computed volumes are 2 to 9 % off]."""


def openness_from_growth(pilling_bedworth: Floats) -> Floats:
    """Share of a layer that stays open: gaps below a ratio of 1, cracks above 2.

    Examples
    --------
    >>> openness_from_growth(np.array([0.63, 1.2, 2.5])).round(2)
    array([0.37, 0.  , 0.2 ])
    """
    gaps = np.maximum(0.0, 1 - pilling_bedworth)
    cracks = np.maximum(0.0, 1 - SPALLING_RATIO / pilling_bedworth)
    return gaps + cracks


def electrolyte_permeability(layer: Layer) -> LayerEstimate:
    """Share of the layer's volume open to the electrolyte, with its source."""
    soluble = (salt(name, layer.halogen) for name in ("soluble_fraction", "soluble_std"))
    share = open_fraction(layer.volumes, *soluble)
    source = np.where(
        layer.organic_cm3 > 0,
        "Pilling–Bedworth ratio, solubility, reduced electrolyte",
        "Pilling–Bedworth ratio and solubility of the salt",
    )
    return LayerEstimate(*share, source, np.full(source.shape, "F0"))


def open_fraction(volumes: Volumes, soluble: Floats, soluble_std: Floats) -> Attribute:
    """Share of a layer's volume that stands open to the electrolyte, between 0 and 1.

    What is closed is the product of three closed shares: grown without gaps or cracks
    (Pilling–Bedworth), not dissolved by the glyme, not organic by-product that stays, such as
    reduced electrolyte (which the paper calls porous and permeable).

    Parameters
    ----------
    volumes : Volumes
        Arrays of shape (n,).
    soluble, soluble_std : Floats
        Share of the salts that the glyme dissolves, and its error, shape (n,).
    """
    total = volumes.solid_cm3 + volumes.organic_cm3
    salt_share = volumes.salt_cm3 / total
    organic = volumes.organic_cm3 / total
    dissolved = salt_share * soluble
    ratio = volumes.pilling_bedworth
    growth = openness_from_growth(ratio)
    value = 1 - (1 - growth) * (1 - dissolved) * (1 - organic)
    # A ratio at the edge of compactness may turn out on the other side of it.
    either_side = [openness_from_growth(ratio * (1 + s * VOLUME_STD_FRACTION)) for s in (-1, 1)]
    grown = (either_side[1] - either_side[0]) / 2
    return Attribute(
        value, Errors(grown, salt_share * soluble_std, organic / 2, np.zeros_like(value))
    )
