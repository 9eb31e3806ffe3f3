"""The contract of a potential, and relaxations under it."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from pymatgen.core.lattice import Lattice
from pymatgen.core.structure import Structure

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.labels import SimulationError
from maiscreen.models.labels.potentials import (
    BUILT_IN,
    MODELS,
    NOT_STATED,
    PotentialEntry,
    WeightsFile,
)
from maiscreen.models.simulation.potential import (
    _load,
    load_potential,
    path_of,
    to_atoms,
    to_structure,
)
from maiscreen.models.simulation.relax import MAX_STRESS_GPA, check_sane, relax_crystal

potential = pytest.mark.potential


def sodium(a: float = 4.23) -> Structure:
    crystal = Structure.from_spacegroup("Im-3m", Lattice.cubic(a), ["Na"], [[0, 0, 0]])
    return crystal.get_primitive_structure()


def sodium_bismuthide() -> Structure:
    sites = [[0, 0, 0.25], [1 / 3, 2 / 3, 0.583], [1 / 3, 2 / 3, 0.25]]
    lattice = Lattice.hexagonal(5.448, 9.655)
    return Structure.from_spacegroup("P6_3/mmc", lattice, ["Na", "Na", "Bi"], sites)


def test_an_unknown_model_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="7net-0, 7net-l3i5"):
        load_potential("7net-omni")


def test_weights_that_are_not_there_are_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(entry: PotentialEntry) -> Any:
        raise FileNotFoundError(2, "No such file or directory", entry.name)

    monkeypatch.setattr("maiscreen.models.simulation.potential._calculator", missing)
    with pytest.raises(InputError, match=r"--models = '7net-0': cannot be loaded \(No such file"):
        _load.__wrapped__(BUILT_IN["7net-0"])


def test_without_the_extra_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        return None

    monkeypatch.setattr("importlib.util.find_spec", missing)
    with pytest.raises(InputError, match=r"pip install torch.*'\.\[potential\]'"):
        _load.__wrapped__(BUILT_IN["7net-0"])


TOY = """
class Toy:
    device = "cuda"

    def __init__(self, path=None, fetched=None):
        if fetched is not None:
            open(path, "w").write(fetched)
"""


def toy(folder: Path, **more: Any) -> PotentialEntry:
    """A potential that can be loaded without anything installed."""
    (folder / "toy.py").write_text(TOY)
    return PotentialEntry("toy", f"{folder / 'toy.py'}:Toy", **more)


def test_only_what_takes_one_graph_gets_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batching = {name for name, entry in BUILT_IN.items() if entry.batches}
    assert batching == {"7net-0", "7net-l3i5"}  # 7net-mf-0 must be told its functional
    calls: list[str] = []
    module = "maiscreen.models.simulation.potential"
    monkeypatch.setattr(f"{module}._all_at_once", lambda *given: calls.append("at once"))
    monkeypatch.setattr(f"{module}._single", lambda *given: calls.append("alone"))
    monkeypatch.setattr(f"{module}._version", lambda entry: "0.13.0")
    own, image = toy(tmp_path, package="sevenn", licence="MIT", own=True), cast(Any, None)
    for entry in (own, replace(own, name="built in", batches=True)):
        loaded = _load.__wrapped__(entry)
        assert loaded.device == "cuda"
        loaded.evaluate([image])
    assert calls == ["alone", "at once"]


def test_the_licence_that_a_user_states_is_the_one_of_the_labels(tmp_path: Path) -> None:
    own = toy(tmp_path, package="numpy", licence="mine alone", own=True)
    assert _load.__wrapped__(own).licence == "mine alone"
    unsaid = _load.__wrapped__(toy(tmp_path, package="numpy", own=True)).licence
    assert unsaid != NOT_STATED and "BSD" in unsaid


def test_a_file_that_was_not_fetched_or_is_another_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    whole = hashlib.sha256(b"weights").hexdigest()
    entry = toy(tmp_path, arguments=(("path", "{file}"),), files=(WeightsFile(str(path), whole),))
    with pytest.raises(InputError, match="weights is not there, so that nobody knows"):
        _load.__wrapped__(entry)
    fetching = replace(entry, arguments=(*entry.arguments, ("fetched", "others")))
    with pytest.raises(InputError, match="weights is not the one that belongs to it"):
        _load.__wrapped__(fetching)
    path.unlink()
    fetched = _load.__wrapped__(
        replace(entry, arguments=(*entry.arguments, ("fetched", "weights")))
    )
    assert fetched.weights_sha256 == whole


@potential
@pytest.mark.parametrize("name", [m for m in MODELS if m.startswith("7net")])
def test_a_model_says_what_it_is(name: str) -> None:
    import sevenn

    loaded = load_potential(name)
    assert loaded is load_potential(name)
    path = path_of(BUILT_IN[name].files[0])
    assert loaded.weights_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.weights_sha256 == BUILT_IN[name].files[0].sha256
    assert (loaded.version, loaded.licence) == (sevenn.__version__, "MIT License")


@potential
def test_many_at_once_are_each_as_alone_and_stay_as_they_were() -> None:
    rng = np.random.default_rng(3)
    images = [to_atoms(s) for s in (sodium_bismuthide(), sodium(), sodium_bismuthide())]
    for image in images:  # no symmetry left that would hide an exchange of components
        image.rattle(0.1, seed=int(rng.integers(99)))
        image.set_cell(image.cell.array @ (np.eye(3) + rng.normal(0, 0.02, (3, 3))), True)
    before = [image.copy() for image in images]
    at_once = load_potential().evaluate(images, batched=True)
    alone = load_potential().evaluate(images, batched=False)
    assert images == before and all(image.calc is None for image in images)
    for a, b, image in zip(at_once, alone, images, strict=True):
        assert a.forces_ev_a.shape == (len(image), 3) and a.stress_ev_a3.shape == (6,)
        assert a.energy_ev == pytest.approx(b.energy_ev, abs=1e-5)
        np.testing.assert_allclose(a.forces_ev_a, b.forces_ev_a, atol=2e-6)
        np.testing.assert_allclose(a.stress_ev_a3, b.stress_ev_a3, atol=1e-7)


@potential
def test_stress_is_the_slope_of_the_energy() -> None:
    atoms = to_atoms(sodium_bismuthide())
    atoms.rattle(0.05, seed=1)
    step = 0.004
    for voigt, (i, j) in enumerate(((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))):
        strained = []
        for sign in (1, -1):
            strain = np.zeros((3, 3))
            strain[i, j] += sign * step / 2
            strain[j, i] += sign * step / 2
            image = atoms.copy()
            image.set_cell(image.cell.array @ (np.eye(3) + strain), scale_atoms=True)
            strained.append(image)
        up, down, middle = load_potential().evaluate([*strained, atoms])
        slope = (up.energy_ev - down.energy_ev) / (2 * step) / atoms.get_volume()
        assert middle.stress_ev_a3[voigt] == pytest.approx(slope, abs=3e-5)


@potential
def test_relaxation_keeps_the_space_group_and_finds_the_least_energy() -> None:
    start = sodium_bismuthide()
    copy = start.copy()
    result = relax_crystal(start, load_potential())
    assert start == copy
    assert result.structure.get_space_group_info(1e-3)[0] == "P6_3/mmc"
    assert result.max_stress_gpa <= MAX_STRESS_GPA
    for scale in (0.99, 1.01):
        other = result.structure.copy()
        other.scale_lattice(result.structure.volume * scale)
        assert load_potential().evaluate([to_atoms(other)])[0].energy_ev > result.energy_ev


@potential
def test_a_fixed_cell_stays() -> None:
    start = sodium_bismuthide()
    start.translate_sites([0], [0.05, 0.0, 0.02])
    result = relax_crystal(start, load_potential(), cell=False)
    assert np.array_equal(result.structure.lattice.matrix, start.lattice.matrix)
    assert 0 < result.max_force_ev_a <= 0.01 < result.max_stress_gpa


@potential
def test_what_does_not_converge_is_said() -> None:
    with pytest.raises(SimulationError, match=r"not converged after 2 steps: .* eV/Å and .* GPa"):
        relax_crystal(sodium_bismuthide(), load_potential(), max_steps=2)


@potential
def test_holes_of_the_energy_surface_are_seen() -> None:
    close = Structure(Lattice.cubic(6), ["Na", "Na"], [[0, 0, 0], [0, 0, 0.99]])  # over the edge
    with pytest.raises(SimulationError, match=r"as close as 0\.02"):
        check_sane(close, close.volume)
    with pytest.raises(SimulationError, match=r"volume went to 0\.50"):
        check_sane(sodium(), 2 * sodium().volume)
    check_sane(sodium(), sodium().volume)


@potential
def test_a_structure_survives_the_way_to_ase_and_back() -> None:
    start = sodium_bismuthide()
    start.translate_sites([0], [-1.4, 2.3, 0.0], to_unit_cell=False)
    assert to_structure(to_atoms(start)) == start
