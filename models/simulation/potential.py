"""Interatomic potentials that stand in for density functional theory.

The weights come inside the wheel of SevenNet; nothing is fetched. ``torch``, ``sevenn`` and
``ase`` are imported when a potential is loaded, so that the rest of the project does without.
"""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.potentials import DEFAULT, MODELS

if TYPE_CHECKING:
    from ase import Atoms
    from pymatgen.core.structure import Structure

Floats = NDArray[np.float64]


_REMEDY = (
    "needs torch and sevenn: pip install torch==2.13.0, then pip install -e '.[potential]' "
    "in maiscreen's folder"
)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a potential says of one structure.

    Attributes
    ----------
    energy_ev : float
        Of the whole cell, eV.
    forces_ev_a : Floats
        Shape (n, 3), eV/Å.
    stress_ev_a3 : Floats
        Shape (6,), xx yy zz yz xz xy, eV/Å³, positive under tension (as ASE has it).
    """

    energy_ev: float
    forces_ev_a: Floats
    stress_ev_a3: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Potential:
    """A loaded potential and what is needed to name it.

    Attributes
    ----------
    name, version, weights_sha256, licence : str
        The model, the version of its package, the SHA-256 of its checkpoint file, and the
        licence that the package was installed under.
    device : str
        ``cuda`` or ``cpu``.
    calculator : ase.calculators.calculator.Calculator
        For whatever ASE does with it.
    """

    name: str
    version: str
    weights_sha256: str
    licence: str
    device: str
    calculator: Any

    def evaluate(self, images: "Sequence[Atoms]", batched: bool | None = None) -> list[Evaluation]:
        """Return energy, forces and stress of each image.

        Parameters
        ----------
        images : sequence of ase.Atoms
            Left as they are.
        batched : bool or None
            All images in one graph, or one by one; None for what is faster: one graph on a GPU,
            one by one on a CPU.
        """
        if batched is None:
            batched = self.device == "cuda"
        return _all_at_once(self, images) if batched else [_single(self, a) for a in images]


@cache
def load_potential(name: str = DEFAULT) -> Potential:
    """Load a potential, once in a process.

    On a CPU it computes on one thread: two workers of one thread do more than one of two.

    Parameters
    ----------
    name : str
        One of :data:`MODELS`.

    Raises
    ------
    InputError
        If there is no such model, or the optional extra is not installed or damaged.
    """
    if name not in MODELS:
        raise InputError("--models", name, f"is not known; one of {', '.join(MODELS)}")
    with warnings.catch_warnings():  # TorchScript's future, accelerators that are not installed
        warnings.simplefilter("ignore")
        calculator, digest = _loaded(name)
    version, device = metadata.version("sevenn"), str(calculator.device)
    return Potential(name, version, digest, _licence(), device, calculator)


def _loaded(name: str) -> tuple[Any, str]:
    """Build ASE's calculator of a model, and hash its weights; say what to do if that fails."""
    try:
        calculator, weights = _calculator(name)
        return calculator, hashlib.sha256(weights.read_bytes()).hexdigest()
    except ImportError as error:
        raise InputError("--models", name, _REMEDY) from error
    except OSError as error:  # libraries or weights that are not where they were installed
        what = error.strerror or type(error).__name__
        raise InputError("--models", name, f"cannot be loaded ({what}); it {_REMEDY}") from error


def _calculator(name: str) -> tuple[Any, Path]:
    """Build ASE's calculator of a model, and say where its weights lie."""
    import sevenn
    import torch
    from sevenn.calculator import SevenNetCalculator

    weights = Path(sevenn.__file__).parent / "pretrained_potentials" / MODELS[name]
    if torch.cuda.is_available():
        return SevenNetCalculator(str(weights), device="cuda"), weights
    torch.set_num_threads(1)
    return SevenNetCalculator(str(weights), device="cpu"), weights


def _licence() -> str:
    """Read the licence from the metadata of the installed package (MIT for 0.13.0)."""
    fields = metadata.metadata("sevenn").json
    stated = fields.get("license_expression") or fields.get("license") or "not stated"
    return str(stated).strip().splitlines()[0]


def _single(potential: Potential, atoms: "Atoms") -> Evaluation:
    # A copy: the calculator would otherwise count as the image's own.
    copy = atoms.copy()
    calculator = potential.calculator
    calculator.calculate(copy)
    results = calculator.results
    forces, stress = np.array(results["forces"], float), np.array(results["stress"], float)
    return Evaluation(float(results["energy"]), forces, stress)


def _all_at_once(potential: Potential, images: "Sequence[Atoms]") -> list[Evaluation]:
    """Evaluate the images as one graph of parts that are not connected."""
    from sevenn import _keys as key
    from sevenn.atom_graph_data import AtomGraphData
    from sevenn.train.dataload import unlabeled_atoms_to_graph
    from torch_geometric.loader.dataloader import Collater

    model, cutoff = potential.calculator.model, potential.calculator.cutoff
    graphs = [AtomGraphData.from_numpy_dict(unlabeled_atoms_to_graph(a, cutoff)) for a in images]
    batch = Collater([], follow_batch=None, exclude_keys=None)(graphs)
    batch.to(potential.calculator.device)
    model.set_is_batch_data(True)
    try:
        output = model(batch)
    finally:
        model.set_is_batch_data(False)
    arrays = (
        output[k].detach().cpu().numpy().astype(np.float64)
        for k in (key.PRED_TOTAL_ENERGY, key.PRED_FORCE, key.PRED_STRESS)
    )
    energies, forces, stresses = arrays
    ends = np.cumsum([len(a) for a in images])
    # SevenNet gives the negative stress in the order xx yy zz xy yz zx.
    voigt = -stresses.reshape(len(images), 6)[:, [0, 1, 2, 4, 5, 3]]
    parts = zip(energies.ravel(), np.split(forces[: ends[-1]], ends[:-1]), voigt, strict=True)
    return [Evaluation(float(e), f, s) for e, f, s in parts]


def to_atoms(structure: "Structure") -> "Atoms":
    """Return a structure as ASE has it, in the same cell and order."""
    from ase import Atoms

    symbols = [site.specie.symbol for site in structure]
    cell, scaled = structure.lattice.matrix, structure.frac_coords
    return Atoms(symbols, cell=cell, scaled_positions=scaled, pbc=True)


def to_structure(atoms: "Atoms") -> "Structure":
    """Return ASE's atoms as a structure, in the same cell and order."""
    from pymatgen.core.structure import Structure

    scaled = atoms.get_scaled_positions(wrap=False)
    return Structure(np.array(atoms.cell), atoms.get_chemical_symbols(), scaled)
