"""Space and point groups of crystals as they lie, without the noise of their libraries."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

Floats = NDArray[np.float64]

SYMPREC_A = 0.01
"""Distance within which symmetry is seen, Å: that of ASE's relaxations that keep it."""


def space_group(structure: "Structure") -> str:
    """Return the Hermann–Mauguin symbol of a crystal's space group."""
    with silence_spglib():
        symbol, _ = structure.get_space_group_info(SYMPREC_A)
    return str(symbol)


def point_group(structure: "Structure") -> list[Floats]:
    """Return the rotations of a crystal's point group, Cartesian, each of shape (3, 3)."""
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

    with silence_spglib():
        analyzer = SpacegroupAnalyzer(structure, symprec=SYMPREC_A)
        operations = analyzer.get_point_group_operations(cartesian=True)
    return [np.asarray(operation.rotation_matrix, dtype=np.float64) for operation in operations]


def in_ieee_setting(structure: "Structure") -> "Structure":
    """Turn a crystal so that its axes lie as IEEE Standard 176-1987 wants them."""
    from pymatgen.core.lattice import Lattice
    from pymatgen.core.structure import Structure
    from pymatgen.core.tensors import Tensor

    with silence_spglib():
        turn = np.asarray(Tensor.get_ieee_rotation(structure))
    lattice = Lattice(structure.lattice.matrix @ turn.T)
    return Structure(lattice, structure.species, structure.frac_coords)


@contextmanager
def silence_spglib() -> Iterator[None]:
    """Keep spglib from warning at every call that a later version will raise errors."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Set OLD_ERROR_HANDLING", DeprecationWarning)
        yield
