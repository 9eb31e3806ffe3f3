"""A run with the real potential, whose worker is killed during a simulation."""

from dataclasses import replace
from pathlib import Path

import pytest

from maiscreen.models.labels.labels import Label, from_lines
from maiscreen.models.labels.potentials import DEFAULT
from maiscreen.runners.cluster.open import RunnerOptions
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.simulation import LabelRequest, simulation

pytestmark = [
    pytest.mark.potential,
    # pymatgen asks spglib in its old way.
    pytest.mark.filterwarnings("ignore:Set OLD_ERROR_HANDLING:DeprecationWarning"),
]


def test_a_worker_killed_during_a_simulation_changes_no_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from killed_potential import killed_once

    trace = tmp_path / "trace"
    monkeypatch.setenv("MAISCREEN_TEST_CALLS", str(trace))
    wanted = LabelRequest(("NaCl", "Na"), ("elasticity",), (DEFAULT,))
    parts = replace(simulation(), embedded=())
    run_labels(wanted, tmp_path / "whole", RunnerOptions(serially=True), simulator=parts)
    dying = replace(parts, simulate=killed_once)
    done = run_labels(wanted, tmp_path / "killed", RunnerOptions(workers=2), simulator=dying)
    victim, *finished = trace.read_text().splitlines()
    assert sorted(line.split(" by ")[0] for line in finished) == [
        "Na elasticity",
        "NaCl elasticity",
    ]
    assert f"NaCl elasticity by {victim}" not in finished
    assert len(done.run) == 2
    whole, killed = (labels_of(tmp_path / name) for name in ("whole", "killed"))
    assert len(whole) == 6
    assert not any(one.value is None for one in whole)
    for one, other in zip(whole, killed, strict=True):
        assert replace(one, value=0.0, std=0.0) == replace(other, value=0.0, std=0.0)
        assert other.value == pytest.approx(one.value, rel=1e-6)


def labels_of(out: Path) -> list[Label]:
    """The labels of a run, less the time that they took."""
    labels = from_lines((out / "labels.jsonl").read_text(encoding="utf-8"))
    return [replace(one, seconds=0.0, details={}) for one in labels]
