"""Properties of all 118 elements as tables, read from the files that matminer installs."""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.formula_text import ELEMENTS

Floats = NDArray[np.float64]

MAGPIE = tuple(
    """Number MendeleevNumber AtomicWeight MeltingT Column Row CovalentRadius Electronegativity
    NsValence NpValence NdValence NfValence NValence NsUnfilled NpUnfilled NdUnfilled NfUnfilled
    NUnfilled GSvolume_pa GSbandgap GSmagmom SpaceGroupNumber""".split()
)
"""The 22 properties of matminer's preset ``magpie``: L. Ward et al., npj Comput. Mater. 2, 16028
(2016)."""


@cache
def magpie_table() -> Floats:
    """Give Magpie's properties of the elements, shape (118, 22), columns as :data:`MAGPIE`.

    What the tables lack is the mean over the elements that have it, as matminer imputes it.
    """
    table = np.stack([_magpie_column(name) for name in MAGPIE], axis=1)
    table.flags.writeable = False
    return table


def _magpie_column(name: str) -> Floats:
    """Read a table of Magpie: a line for each element, a word where the value is missing."""
    folder = files("matminer") / "utils" / "data_files" / "magpie_elementdata"
    lines = (folder / f"{name}.table").read_text(encoding="utf-8").splitlines()[: len(ELEMENTS)]
    values = np.full(len(ELEMENTS), np.nan)
    values[: len(lines)] = [_number(line) for line in lines]
    return imputed(values)


def _number(line: str) -> float:
    try:
        return float(line)
    except ValueError:  # "Missing[...]"
        return np.nan


def imputed(values: Floats) -> Floats:
    """Put the mean of the known values, shape (118,), where one is missing."""
    return np.where(np.isnan(values), np.nanmean(values), values)
