"""From a potential in a file to a ranking that says it used it; a built-in one beside it."""

import json
from pathlib import Path

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.evidence import evidence_of
from maiscreen.models.labels.potential_files import read_potential
from maiscreen.models.labels.potentials import BUILT_IN
from maiscreen.models.simulation.energetics import correction_ev_atom
from maiscreen.models.simulation.potential import load_potential, path_of
from maiscreen.models.simulation.simulate import simulate
from maiscreen.runners.cli import main

pytestmark = [
    pytest.mark.potential,
    # pymatgen asks spglib in its old way.
    pytest.mark.filterwarnings("ignore:Set OLD_ERROR_HANDLING:DeprecationWarning"),
]

EMT = """\
name = "emt"
calculator = "ase.calculators.emt:EMT"
functional = "effective medium theory"
energies = "uncorrected"
licence = "LGPL-2.1-or-later"
"""

TOY = """\
from ase.calculators.emt import EMT


class Toy(EMT):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def calculate(self, *arguments):
        super().calculate(*arguments)
        self.results = {name: self.scale * value for name, value in self.results.items()}
"""

DIRECT = """\
name = "toy"
calculator = "toy.py:Toy"
arguments = { scale = SCALE }
"""


def toy(folder: Path, scale: float) -> Path:
    (folder / "toy.py").write_text(TOY)
    path = folder / "toy.toml"
    path.write_text(DIRECT.replace("SCALE", str(scale)))
    return path


def test_five_lines_from_simulations_to_a_ranking(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, labels, out = tmp_path / "emt.toml", tmp_path / "labels", tmp_path / "run"
    file.write_text(EMT)
    asked = ["--phases", "Cu,NaCl", "--quantities", "structure,elasticity", "--serial", "--quiet"]
    command = ["labels", "run", "--potential", str(file), "--out", str(labels), *asked]
    assert main.main(command) == 0
    assert main.main(command) == 0
    assert "4 were there, 0 run now" in capsys.readouterr().out
    found = evidence_of(str(labels))
    copper = found["Cu", "youngs_modulus"]
    assert copper.models == ("emt", "7net-0", "nequix-oam-1-pft")
    assert copper.value != copper.value_of("7net-0")
    assert found["NaCl", "youngs_modulus"].models[0] == "7net-0"  # it knows no sodium
    assert main.main(["run", "--labels", str(labels), "--out", str(out), "--serial"]) == 0
    assert "emt 1" in capsys.readouterr().out
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert manifest["labels"]["youngs_modulus"]["emt"] == 1


def test_a_calculator_in_a_file_of_python_with_arguments(tmp_path: Path) -> None:
    single, double = (
        load_potential("toy", read_potential(toy(tmp_path, scale))) for scale in (1.0, 2.0)
    )
    (emt,) = (tmp_path / "emt.toml",)
    emt.write_text(EMT)
    known = load_potential("emt", read_potential(emt))
    assert len({one.weights_sha256 for one in (single, double, known)}) == 3
    from ase.build import bulk

    copper = bulk("Cu").repeat(2)
    copper.rattle(0.05, seed=1)
    [a], [b], [c] = (one.evaluate([copper]) for one in (single, double, known))
    assert a.energy_ev == pytest.approx(c.energy_ev) and b.energy_ev == pytest.approx(
        2 * a.energy_ev
    )
    assert b.forces_ev_a == pytest.approx(2 * a.forces_ev_a)
    assert copper.calc is None


def test_energies_that_hold_the_corrections_are_not_corrected_twice(tmp_path: Path) -> None:
    from pymatgen.core.lattice import Lattice
    from pymatgen.core.structure import Structure

    from maiscreen.models.simulation import energetics
    from maiscreen.models.simulation.potential import Potential

    salt = Structure.from_spacegroup(
        "Fm-3m", Lattice.cubic(5.6), ["Na", "Cl"], [[0] * 3, [0.5] * 3]
    )
    made = {}
    for scheme in ("uncorrected", "MP2020"):
        potential = Potential("p", "1", "ab", "MIT", "cpu", None, scheme)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(energetics, "element_energy_ev_atom", lambda symbol, model: -1.0)
            made[scheme] = energetics.formation_energy(salt, -24.0, potential)
    plain, corrected = made["uncorrected"], made["MP2020"]
    assert plain.plain_ev_atom == corrected.value_ev_atom == pytest.approx(-2.0)
    assert plain.value_ev_atom - corrected.value_ev_atom == pytest.approx(
        correction_ev_atom("NaCl")
    )


@pytest.mark.parametrize(
    ("calculator", "message"),
    [
        ("no_such_module:Any", "needs what makes it"),
        ("ase.calculators.emt:Emt", "needs what makes it"),
        ("json:loads", "its calculator fails: TypeError"),
        ("none.py:Toy", "cannot be loaded"),
    ],
)
def test_what_cannot_be_loaded_is_said_in_one_line(
    tmp_path: Path, calculator: str, message: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f'name = "own"\ncalculator = "{calculator}"\n')
    with pytest.raises(InputError, match=message):
        load_potential("own", read_potential(path))


def test_nequix_relaxes_salt_as_measured() -> None:
    pytest.importorskip("nequix")
    name = "nequix-oam-1-pft"
    if not path_of(BUILT_IN[name].files[0]).exists():
        pytest.skip("nequix has not fetched its file yet")
    energy, volume = simulate("NaCl", "structure", name)
    assert energy.value == pytest.approx(-2.123, abs=0.005) and energy.passed_checks
    assert volume.value == pytest.approx(23.15, rel=0.01)


@pytest.mark.parametrize("name", ["7net-mf-0"])
def test_the_head_of_one_functional(name: str) -> None:
    energy, volume = simulate("NaCl", "structure", name)
    assert energy.passed_checks and volume.passed_checks
    assert energy.value == pytest.approx(-2.12, abs=0.03)
