"""What commands load: the guard of their cost, which counts modules and no seconds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "chemicals", "dask", "distributed", "lightgbm", "matplotlib", "openpyxl", "pymatgen.core",
    "scipy.optimize", "scipy.sparse", "scipy.spatial", "scipy.stats", "sklearn", "skops", "spglib",
    "torch",
)  # fmt: skip
"""None of them is needed where nothing is drawn for a paper, trained, or given to workers; what to
try next takes a function of scipy.special, for the paper's cell that outlived its test."""

LOADED = """
import json, sys
from maiscreen.runners.cli.main import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]))
"""

COMMANDS = {
    "run": ["run", "--quiet", "--set", "metals=['Sn', 'Si']", "--out"],
    "explain": ["explain", "SnCl4"],
    "validate": ["validate", "--json"],
    "space": ["space", "--set", "space.blends=2", "--set", "metals=['Sn', 'Si']"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_loads_no_heavy_library(name: str, tmp_path: Path) -> None:
    out = [str(tmp_path / "out")] if name == "run" else []
    command = [sys.executable, "-c", LOADED, *COMMANDS[name], *out]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert {module for module in HEAVY if module in modules} == set()
