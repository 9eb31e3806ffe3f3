"""Statistics over the elements of a composition, for arrays of compositions at once.

Compositions are taken in blocks of equally many elements, so that a block is a dense array that
fits the cache: no loop goes over compositions.
"""

import json
import warnings
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import miedema
from maiscreen.candidates.chemistry.formula import ELEMENTS, Compositions

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STATISTICS = ("minimum", "maximum", "range", "mean", "avg_dev", "mode")
"""Magpie's statistics over the elements of a composition, in matminer's order."""

_CACHED_VALUES = 1 << 15
"""Values of one property array of a block: 256 KiB, so that a few of them stay in the cache."""


def statistics(c: Compositions, table: Floats) -> Floats:
    """Return the six :data:`STATISTICS` of any properties of the elements.

    ``mean`` and ``avg_dev`` (the mean absolute deviation) are weighted by the atomic fractions;
    ``mode`` is the property of the commonest element, the least where several are as common.

    Parameters
    ----------
    c : Compositions
        n of them.
    table : Floats
        Properties of the elements, shape (118, p), without NaN.

    Returns
    -------
    Floats
        Shape (n, 6 p), the statistics of the first property first.
    """
    width = table.shape[1]
    out = np.empty((len(c), width, len(STATISTICS)))
    for rows, element, fraction in blocks(c, width):
        out[rows] = _block_statistics(table, element, fraction)
    return out.reshape(len(c), width * len(STATISTICS))


def _block_statistics(table: Floats, element: Integers, fraction: Floats) -> Floats:
    """Statistics of r compositions with k elements each, shape (r, p, 6)."""
    values = table.take(element, axis=0)
    weight = fraction[:, :, np.newaxis]
    common = np.isclose(fraction, fraction.max(axis=0))[:, :, np.newaxis]
    out = np.empty((*values.shape[1:], len(STATISTICS)))
    low, high = values.min(axis=0), values.max(axis=0)
    mean = summed(values * weight)
    out[..., 0], out[..., 1], out[..., 2], out[..., 3] = low, high, high - low, mean
    out[..., 4] = summed(np.abs(values - mean) * weight)
    out[..., 5] = np.where(common, values, np.inf).min(axis=0)
    return out


def blocks(c: Compositions, width: int) -> Iterator[tuple[Integers, Integers, Floats]]:
    """Go through compositions in blocks, all of a block with the same number k of elements.

    Parameters
    ----------
    c : Compositions
        n of them.
    width : int
        Values that the caller keeps for each element.

    Yields
    ------
    tuple
        Places in ``c``, shape (r,); elements (Z - 1) and fractions, shape (k, r).
    """
    counts = np.diff(c.start)
    for k in np.unique(counts).tolist():
        members = np.flatnonzero(counts == k)
        size = max(_CACHED_VALUES // (k * width), 64)
        for begin in range(0, len(members), size):
            rows = members[begin : begin + size]
            entry = c.start[rows] + np.arange(k)[:, np.newaxis]
            yield rows, c.element[entry], c.fraction[entry]


def means(c: Compositions, table: Floats) -> Floats:
    """Return the means of properties, weighted by the atomic fractions, shape (n, p).

    Parameters
    ----------
    c : Compositions
        n of them.
    table : Floats
        Properties of the elements, shape (118, p).
    """
    out = np.empty((len(c), table.shape[1]))
    for rows, element, fraction in blocks(c, table.shape[1]):
        out[rows] = summed(fraction[:, :, np.newaxis] * table.take(element, axis=0))
    return out


def summed(terms: Floats) -> Floats:
    """Sum over the first axis, one term after another.

    ``sum`` and ``einsum`` choose an order by the shape, and ``einsum`` fuses products into sums
    where the processor can: so one composition would have other last bits than the same among many,
    and trees split between such values.

    Parameters
    ----------
    terms : Floats
        Shape (k, ...), k at least 1.

    Examples
    --------
    >>> summed(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [4.0, 6.0]
    """
    total: Floats = terms[0].copy()
    for term in terms[1:]:
        total += term
    return total


def pair_sums(c: Compositions, table: Floats) -> Floats:
    """Return Σ fᵢ fⱼ (xᵢ - xⱼ)² over the pairs of elements of each property, shape (n, p).

    That is the variance under the weights f: the form of Pauling's and Miedema's enthalpies of
    formation in differences of electronegativity and electron density.
    """
    centred = table - table.mean(axis=0)  # against cancellation
    first, second = means(c, centred), means(c, centred**2)
    return np.maximum(second - first**2, 0.0)


MAGPIE = tuple(
    """Number MendeleevNumber AtomicWeight MeltingT Column Row CovalentRadius Electronegativity
    NsValence NpValence NdValence NfValence NValence NsUnfilled NpUnfilled NdUnfilled NfUnfilled
    NUnfilled GSvolume_pa GSbandgap GSmagmom SpaceGroupNumber""".split()
)
"""The 22 properties of matminer's preset ``magpie``: L. Ward et al., npj Comput. Mater. 2, 16028
(2016)."""

_MIEDEMA = ("work_function_v", "electron_density", "molar_volume_cm3", "bulk_modulus_gpa",
            "shear_modulus_gpa")  # fmt: skip
_PERIODIC = ("ionization_energy", "electron_affinity", "atomic_radius", "average_ionic_radius",
             "van_der_waals_radius", "boiling_point", "max_oxidation_state",
             "min_oxidation_state")  # fmt: skip

BONDING = ("cohesive_energy_ev", *_MIEDEMA, *_PERIODIC)
"""Properties that speak of bonds: the cohesive energy (matminer), Miedema's parameters (de Boer
et al. 1988), ionisation energy and electron affinity in eV, radii in Å, boiling point in K and the
range of oxidation states (pymatgen)."""

MATSCHOLAR = tuple(f"embedding {k}" for k in range(1, 201))
"""Components of the word vectors of the elements, from the abstracts of the literature:
L. Weston et al., J. Chem. Inf. Model. 59, 3692 (2019), as matminer's ``matscholar_el``."""


@cache
def magpie_table() -> Floats:
    """Return Magpie's properties of the elements, shape (118, 22), columns as :data:`MAGPIE`."""
    return _table([_magpie_column(name) for name in MAGPIE])


@cache
def bonding_table() -> Floats:
    """Return the properties of bonds, shape (118, 14), columns as :data:`BONDING`."""
    symbols = np.array(ELEMENTS, dtype=np.str_)
    columns = [_cohesive_energy_ev(), *(miedema(name, symbols) for name in _MIEDEMA)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pymatgen warns of each value that it lacks
        return _table([*columns, *(_periodic_column(name) for name in _PERIODIC)])


@cache
def matscholar_table() -> Floats:
    """Return the word vectors of the elements, shape (118, 200), columns as :data:`MATSCHOLAR`."""
    path = files("matminer") / "utils" / "data_files" / "matscholar_els.json"
    vectors = json.loads(path.read_text())
    lacking = np.full(len(MATSCHOLAR), np.nan)
    rows = np.array([vectors.get(symbol, lacking) for symbol in ELEMENTS], dtype=np.float64)
    return _table(list(rows.T))


def _table(columns: list[Floats]) -> Floats:
    """Put columns side by side, the mean of the known values where one is missing."""
    table = np.stack([np.where(np.isnan(c), np.nanmean(c), c) for c in columns], axis=1)
    table.flags.writeable = False
    return table


def _magpie_column(name: str) -> Floats:
    """Read a table of Magpie: a line for each element, a word where the value is missing."""
    folder = files("matminer") / "utils" / "data_files" / "magpie_elementdata"
    lines = (folder / f"{name}.table").read_text(encoding="utf-8").splitlines()[: len(ELEMENTS)]
    values = np.full(len(ELEMENTS), np.nan)
    values[: len(lines)] = [_number(line) for line in lines]
    return values


def _number(line: str) -> float:
    try:
        return float(line)
    except ValueError:  # "Missing[...]"
        return np.nan


def _cohesive_energy_ev() -> Floats:
    path = files("matminer") / "utils" / "data_files" / "cohesive_energies.json"
    energies = json.loads(path.read_text())
    return np.array([energies.get(symbol, np.nan) for symbol in ELEMENTS], dtype=np.float64)


def _periodic_column(name: str) -> Floats:
    """Look a property up in pymatgen's periodic table, NaN where it has none."""
    from pymatgen.core.periodic_table import Element

    if name == "electron_affinity":  # its attribute raises where there is no value
        values = [Element(symbol).data.get("Electron affinity") for symbol in ELEMENTS]
    else:
        values = [getattr(Element(symbol), name) for symbol in ELEMENTS]
    return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
