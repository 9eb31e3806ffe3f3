"""Interatomic potentials that stand in for density functional theory.

Whatever makes a calculator for ASE will do; the register of
:mod:`maiscreen.models.labels.potentials` says which there are. What it needs is imported when it is
loaded, so that the rest of the project does without.
"""

import hashlib
import importlib.util
import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.labels.potential_files import hash_of_file
from maiscreen.models.labels.potentials import (
    BUILT_IN,
    DEFAULT,
    FILE,
    MODELS,
    NOT_STATED,
    UNCORRECTED,
    PotentialEntry,
    WeightsFile,
)

if TYPE_CHECKING:
    from ase import Atoms
    from pymatgen.core.structure import Structure

Floats = NDArray[np.float64]


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
        The model, the version of its package, the SHA-256 of its weights (of one that is the
        user's own, of everything that decides what it says), and its licence.
    device : str
        ``cuda`` or ``cpu``.
    calculator : ase.calculators.calculator.Calculator
        For whatever ASE does with it.
    energies : str
        Which corrections its energies hold, one of
        :data:`~maiscreen.models.labels.potentials.ENERGIES`.
    batches : bool
        Whether it takes many structures as one graph, as SevenNet does.
    """

    name: str
    version: str
    weights_sha256: str
    licence: str
    device: str
    calculator: Any
    energies: str = UNCORRECTED
    batches: bool = False

    def evaluate(self, images: "Sequence[Atoms]", batched: bool | None = None) -> list[Evaluation]:
        """Return energy, forces and stress of each image.

        Parameters
        ----------
        images : sequence of ase.Atoms
            Left as they are.
        batched : bool or None
            All images in one graph, or one by one; None for what is faster: one graph on a GPU,
            one by one on a CPU.

        Raises
        ------
        SimulationError
            If it knows no forces or stress, or not these elements.
        """
        if batched is None:
            batched = self.batches and self.device == "cuda"
        return _all_at_once(self, images) if batched else [_single(self, a) for a in images]


def load_potential(name: str = DEFAULT, own: PotentialEntry | None = None) -> Potential:
    """Load a potential, once in a process.

    On a CPU it computes on one thread: two workers of one thread do more than one of two.

    Parameters
    ----------
    name : str
        One of :data:`~maiscreen.models.labels.potentials.MODELS`, or of `own`.
    own : PotentialEntry, optional
        The user's, or where the files of a built-in one lie.

    Raises
    ------
    InputError
        If there is no such model, what it needs is not installed or damaged, or a file holds
        something else than it should.
    """
    if own is not None and own.name == name:
        return _load(own)
    if name not in BUILT_IN:
        raise InputError("--models", name, f"is not known; one of {', '.join(MODELS)}")
    return _load(BUILT_IN[name])


@cache
def _load(entry: PotentialEntry) -> Potential:
    """Build ASE's calculator of a potential; say what to do if that fails."""
    try:
        with warnings.catch_warnings():  # TorchScript's future, accelerators that are not there
            warnings.simplefilter("ignore")
            calculator = _calculator(entry)
        version, licence = _version(entry), _licence(entry)
        return Potential(
            entry.name,
            version,
            _digest(entry, version),
            licence,
            _device(calculator),
            calculator,
            entry.energies,
            batches=entry.batches,
        )
    except InputError:
        raise
    except (ImportError, AttributeError) as error:
        needs = entry.install or f"what makes it ({entry.calculator}): {error}"
        raise InputError("--models", entry.name, f"needs {needs}") from error
    except OSError as error:  # libraries or weights that are not where they were installed
        what = error.strerror or type(error).__name__
        needs = f"; it needs {entry.install}" if entry.install else ""
        raise InputError("--models", entry.name, f"cannot be loaded ({what}){needs}") from error
    except Exception as error:
        if not entry.own:
            raise
        told = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError("--potential", entry.name, f"its calculator fails: {told}") from error


def _calculator(entry: PotentialEntry) -> Any:
    """Call what makes the calculator, with the paths of its files in their places."""
    paths = [str(path_of(file)) for file in entry.files]
    for file in entry.files:
        if path_of(file).exists():  # one that is to be fetched is not there yet
            _check_file(entry, file)
    make = _maker(entry.calculator)
    made = make(**{key: _filled(value, paths) for key, value in entry.arguments})
    for file in entry.files:  # one that was fetched now, too
        _check_file(entry, file)
    return made


def _filled(value: Any, paths: Sequence[str]) -> Any:
    return value.replace(FILE, paths[0]) if isinstance(value, str) and paths else value


def path_of(file: WeightsFile) -> Path:
    """Return where a file of a potential lies.

    Raises
    ------
    ImportError
        If it is within a package that is not installed.
    """
    package, colon, inside = file.path.partition(":")
    if colon and package.isidentifier() and len(package) > 1:
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise ImportError(f"no module named {package!r}")
        return Path(found.origin).parent / inside
    return Path(file.path).expanduser()


def _check_file(entry: PotentialEntry, file: WeightsFile) -> None:
    """Refuse a file that is not there, or holds something else than it should."""
    path = path_of(file)
    if not path.exists():
        remedy = (
            f"its file {path} is not there, so that nobody knows what was loaded; say where it "
            "lies in a TOML file with name and files, given as --potential"
        )
        raise InputError("--models", entry.name, remedy)
    if file.sha256 and hash_of_file(path) != file.sha256:
        remedy = f"its file {path.name} is not the one that belongs to it ({file.sha256[:12]}…)"
        raise InputError("--models", entry.name, remedy)


def _maker(named: str) -> Any:
    """Import what makes a calculator: of a module, or of a file of Python."""
    module, _, attribute = named.rpartition(":")
    if not module.endswith(".py"):
        return getattr(import_module(module), attribute)
    path = Path(module)
    name = f"maiscreen_potential_{hashlib.sha256(module.encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is no file of Python")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return getattr(loaded, attribute)


def _digest(entry: PotentialEntry, version: str) -> str:
    """Hash the weights; of the user's own potential everything that decides what it says."""
    hashes = [file.sha256 or hash_of_file(path_of(file)) for file in entry.files]
    if not entry.own:
        return hashes[0]
    module = entry.calculator.rpartition(":")[0]
    code = hash_of_file(Path(module)) if module.endswith(".py") else entry.calculator
    whole = [hashes, code, dict(entry.arguments), entry.energies, version]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _device(calculator: Any) -> str:
    return "cuda" if "cuda" in str(getattr(calculator, "device", "cpu")) else "cpu"


def _version(entry: PotentialEntry) -> str:
    """Return the version of its package; of an own one without any, of what its module is in."""
    module = entry.calculator.partition(":")[0].partition(".")[0]
    package = entry.package or ("" if entry.calculator.startswith("/") else module)
    try:
        return metadata.version(package) if package else "none"
    except metadata.PackageNotFoundError:
        if entry.package:
            raise ImportError(f"no package {entry.package!r} is installed") from None
        return "none"


def _licence(entry: PotentialEntry) -> str:
    """Return the licence: what the user states; else what the package does, as installed."""
    if not entry.package or (entry.own and entry.licence != NOT_STATED):
        return entry.licence
    fields = metadata.metadata(entry.package).json
    stated = fields.get("license_expression") or fields.get("license") or entry.licence
    return str(stated).strip().splitlines()[0]


def _single(potential: Potential, atoms: "Atoms") -> Evaluation:
    """Evaluate one image as ASE does: a calculator may compile anew for other numbers of atoms."""
    from ase.calculators.calculator import PropertyNotImplementedError

    # A copy: the calculator would otherwise count as the image's own.
    copy = atoms.copy()
    copy.calc = potential.calculator
    try:
        energy = copy.get_potential_energy()
        forces, stress = np.array(copy.get_forces(), float), np.array(copy.get_stress(), float)
    except (PropertyNotImplementedError, NotImplementedError, KeyError) as error:
        told = " ".join(str(error).split())
        raise SimulationError(f"the potential knows no {told}") from error
    return Evaluation(float(energy), forces, stress)


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
