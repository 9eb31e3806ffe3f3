"""The same decisions whatever the processor, numbers to so many digits, bytes with the command."""

import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maiscreen.runners.kernels import BLAS, NUMPY, names_above

HERE = Path(__file__).parent
CLOSE = 1e-12
"""Relative, as docs/decisions/0024-kernels.md promises; 2e-15 was measured."""

HAS = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
ABOVE = ",".join(name for name in HAS if name in names_above())

SETTINGS = {
    "as it is": {},
    "baseline": {NUMPY: ABOVE, BLAS: "Haswell"},
    "least": {NUMPY: ",".join(HAS), BLAS: "Prescott"},
    "mixed": {NUMPY: ABOVE, BLAS: "Nehalem"},
}
"""Kernels that any processor of ten years has; of AVX-512 where it is there."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the names are those of x86"),
]


def run(settings: dict[str, str], *arguments: str | Path) -> None:
    plain = {k: v for k, v in os.environ.items() if k not in (NUMPY, BLAS)}
    environment = plain | {name: value for name, value in settings.items() if value}
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def numbers_of(value: Any, place: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from numbers_of(inside, f"{place}/{name}")
    elif isinstance(value, list):
        for k, inside in enumerate(value):
            yield from numbers_of(inside, f"{place}/{k}")
    else:
        yield place, math.nan if value is None else value


def test_no_kernel_changes_a_decision(tmp_path: Path) -> None:
    found = {}
    for name, settings in SETTINGS.items():
        out = tmp_path / name
        out.mkdir()
        run(settings, sys.executable, HERE / "kernel_results.py", out)
        found[name] = json.loads((out / "found.json").read_text())
    assert len({one["kernels"] for one in found.values()}) >= 3
    first, *others = found.values()
    expected = list(numbers_of(first["numbers"]))
    for other in others:
        assert other["decided"] == first["decided"]
        # A coordinate of zero may be 1e-17.
        for (place, one), (where, two) in zip(expected, numbers_of(other["numbers"]), strict=True):
            assert place == where
            close = math.isclose(one, two, rel_tol=CLOSE, abs_tol=1e-12)
            assert close or one == two or (math.isnan(one) and math.isnan(two)), place


def test_the_command_writes_the_same_bytes(tmp_path: Path) -> None:
    """It takes the baseline by itself; so it equals whoever asks for that."""
    command = Path(sys.executable).with_name("maiscreen")
    for name in ("as it is", "baseline"):
        for out, arguments in {"default": (), "wide": ("--set", "space.blends=2")}.items():
            folder = tmp_path / name / out
            run(SETTINGS[name], command, "run", "--serial", "--quiet", *arguments, "--out", folder)
    files = [path for path in (tmp_path / "baseline").rglob("*.parquet") if path.is_file()]
    assert len(files) > 3
    for path in files:
        same = tmp_path / "as it is" / path.relative_to(tmp_path / "baseline")
        assert path.read_bytes() == same.read_bytes(), path.name
    kernels = {json.loads(p.read_text())["kernels"][0] for p in tmp_path.glob("*/*/manifest.json")}
    assert len(kernels) == 1
