"""What the tests of the pages share: a finished campaign, a small model, a second snapshot."""

import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))

import cycler_files
import doc_commands

ROOT = Path(__file__).parents[2]

METALS = ("Li", "K", "Rb", "Mg", "Ca", "Sr", "Ti", "Zr", "Fe", "Zn", "Al", "Sn")
ANIONS = ("O", "S", "F", "Cl", "N")


@pytest.fixture(scope="session")
def made(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A folder with what several pages take for granted; copied, never changed."""
    return once("pages", make)


def make(folder: Path) -> None:
    rows = [
        f"{metal}{anion}{n},{4 + 3 * i + j}"
        for i, metal in enumerate(METALS)
        for j, anion in enumerate(ANIONS)
        for n in ("", "2")
    ]
    (folder / "mine.csv").write_text("formula,shear_modulus_gpa\n" + "\n".join(rows) + "\n")
    (folder / "new.csv").write_text(
        "formula,shear_modulus_gpa\nNaSn,11.2\nNa15Sn4,7.9\nNa3Sb,9.5\nNaGe,12.4\n"
    )
    (folder / "phases.csv").write_text("formula\nNaSn\nNa15Sn4\n")
    (folder / "entries.csv").write_text(
        "formula,formation_energy_ev_atom,scheme\nNa7Sn12,-0.208,GGA_GGA+U\n"
    )
    (folder / "CAMPAIGN.toml").write_text('metals = ["Si", "Ti", "Sn"]\nhalogens = ["Cl"]\n')
    (folder / "wide.toml").write_text(
        'metals = ["Si", "Ti", "Sn"]\nhalogens = ["Cl"]\nfidelity = "F0"\n[space]\nblends = 2\n'
    )
    (folder / "list.csv").write_text(
        "precursor;Ergebnis;current density / mA cm-2;capacity / mAh cm-2;Box\nSnCl4;650;2;1;3\n"
    )
    # Short-circuited after 20 cycles.
    cell = cycler_files.symmetric([0.030] * 20 + [0.003] * 6, records=4)
    (folder / "cell.mpt").write_bytes(cycler_files.biologic(cell))
    clusters = (ROOT / "docs" / "clusters.md").read_text(encoding="utf-8")
    (folder / "slurm.yaml").write_text(clusters.split("```yaml\n")[1].split("```")[0])
    _run(folder, "run", "--out", "first", "--serial", "--quiet")
    _run(folder, "run", "wide.toml", "--out", "wide", "--serial", "--quiet")
    _run(folder, "snapshot", "add", "--entries", "entries.csv", "--out", "today")
    train = ("--target", "shear_modulus_gpa", "--data", "mine.csv", "--base", "none")
    _run(folder, "models", "train", *train, "--out", "models/mine", "--quiet")


def _run(folder: Path, *arguments: str) -> None:
    done = doc_commands.run(shlex.join(["maiscreen", *arguments]), folder)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Path:
    """A scratch folder as a reader may have it who has come this far."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    shutil.copytree(made / "first", tmp_path / "campaigns" / "default")
    for name in ("docs", "benchmarks", "candidates"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path
