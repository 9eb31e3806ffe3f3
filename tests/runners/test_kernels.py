"""Kernels: pinned before NumPy is loaded, named, and a mix told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_science as tiny

from maiscreen.runners import kernels
from maiscreen.runners.kernels import BLAS, NUMPY, mix, names_above, pin
from maiscreen.runners.runs.campaign import run
from maiscreen.runners.work.parts import Parts
from maiscreen.screen.campaign.campaign import Campaign

CAMPAIGN = Campaign(chunk_size=4)
OTHER = "aarch64, NumPy ASIMD, openblas neoversen1, glibc-2.36"
EVERY_FLAG = frozenset().union({"avx2", "fma"}, *names_above().values())


def pinned(
    monkeypatch: pytest.MonkeyPatch, flags: frozenset[str], given: dict[str, str]
) -> dict[str, str]:
    environment = dict(given)
    with monkeypatch.context() as early:
        early.setattr(kernels, "_flags", lambda: flags)
        pin(environment)
    return environment


def test_what_lies_above_the_baseline_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = pinned(monkeypatch, EVERY_FLAG, {})
    assert found == {NUMPY: ",".join(names_above()), BLAS: "Haswell"}
    assert pinned(monkeypatch, frozenset({"avx2", "fma"}), {}) == {BLAS: "Haswell"}
    assert pinned(monkeypatch, frozenset(), {}) == {}  # of ARM, or not known


def test_what_the_user_has_set_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {NUMPY: "", BLAS: "SkylakeX"}
    assert pinned(monkeypatch, EVERY_FLAG, given) == given
    enabled = {"NPY_ENABLE_CPU_FEATURES": "AVX2"}
    assert NUMPY not in pinned(monkeypatch, EVERY_FLAG, enabled)


def test_it_is_too_late_once_numpy_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    environment: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", environment)
    pin()
    assert environment == {}
    monkeypatch.delitem(sys.modules, "numpy")
    monkeypatch.setattr(kernels, "_flags", lambda: EVERY_FLAG)
    pin()
    assert environment[BLAS] == "Haswell"


def test_the_names_are_those_that_numpy_knows() -> None:
    """NumPy warns of others, and here a warning is an error."""
    code = (
        "from maiscreen.runners.kernels import kernels, pin\n"
        "pin()\n"
        "found = kernels()\n"
        "assert not any(name in found for name in ('X86_V4', 'AVX512', 'SkylakeX')), found\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_receipts_and_manifest_name_the_kernels(tmp_path: Path) -> None:
    run(CAMPAIGN, tmp_path, screen=tiny.Tiny, serially=True)
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    assert manifest["kernels"] == [kernels.kernels()]
    receipts = Parts(tmp_path, manifest["fingerprint"]).receipts()
    assert {receipt.kernels for receipt in receipts.values()} == {kernels.kernels()}


def test_a_mix_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("maiscreen.runners.work.work.kernels", lambda: OTHER)
        elsewhere.setattr("maiscreen.runners.folder.ownership.kernels", lambda: OTHER)
        run(CAMPAIGN, tmp_path, screen=tiny.Tiny, serially=True)
    assert "several kernels" not in capsys.readouterr().err
    run(CAMPAIGN, tmp_path, screen=tiny.Tiny, serially=True, quiet=False)
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    assert manifest["kernels"] == sorted([OTHER, kernels.kernels()])
    assert mix(set(manifest["kernels"])) in capsys.readouterr().err


def test_kernels_without_a_name_are_no_mix() -> None:
    assert mix({"", OTHER}) == ""
