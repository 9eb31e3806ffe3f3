"""A campaign with a model of one's own: the ranking changes, and the manifest tells why."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.training import embedded_training, unweighted_training
from maiscreen.models.predictions import learned
from maiscreen.models.storage.model import save
from maiscreen.runners.cli import main
from maiscreen.runners.folder import ownership
from maiscreen.runners.runs.campaign import run
from maiscreen.runners.runs.explain import explain
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.score import score
from maiscreen.screen.scoring.tiers import beats
from maiscreen.screen.screens.choose import screen_of

CAMPAIGN = Campaign(fidelity="F1", metals=("Si", "Ti", "Ge", "Sn"), halogens=("Cl",), samples=200)
"""NaGe has no moduli in the table, so its modulus is learned without labels."""


@pytest.fixture(scope="module")
def soft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that learned from moduli of which those of sodium's compounds are far too low."""
    rows = embedded_training("youngs_modulus_gpa")
    sodium = np.array(["Na" in one for one in rows.formulas])
    few = np.flatnonzero(
        (sodium & (np.arange(len(rows)) % 3 == 0)) | (np.arange(len(rows)) % 99 == 0)
    )
    values = np.where(sodium, rows.values / 100, rows.values)[few]
    changed = unweighted_training(rows.target, rows.take(few).formulas, values, "a changed copy")
    folder = tmp_path_factory.mktemp("models") / "soft"
    save(fit(changed, "soft", splits=("grouped",)), folder)
    return folder


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "usual"
    run(CAMPAIGN, out, serially=True)
    return out


@pytest.fixture(scope="module")
def own(soft: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "own"
    run(replace(CAMPAIGN, models=(str(soft),)), out, serially=True)
    return out


def _rows(out: Path) -> dict[str, Any]:
    return {row["key"]: row for row in pq.read_table(out / "ranking.parquet").to_pylist()}


def _manifest(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "manifest.json").read_bytes()))


def _drawn_scores(out: Path) -> dict[str, Any]:
    """Return by key the scores over the campaign's draws of the errors, shape (samples,) each."""
    findings = ownership.read_findings(out)
    passed, campaign = findings.ranking.filter(findings.ranking["passed"]), findings.campaign
    worths = screen_of(campaign).draw_worths(passed, campaign.samples)
    return dict(zip(passed["key"].to_pylist(), score(worths, weights(campaign)).T, strict=True))


def test_a_retrained_model_changes_the_ranking(usual: Path, own: Path) -> None:
    """What the model makes softer loses score, and so chances against what it does not touch.

    Places may move either way: the alloys of tin and silicon are learned too, and fall as well.
    """
    before, after = _rows(usual), _rows(own)
    for key in ("GeCl4", "SnCl4"):
        assert after[key]["youngs_modulus"] < before[key]["youngs_modulus"]
        assert after[key]["score"] < before[key]["score"]
        assert after[key]["youngs_modulus_fidelity"] == "F1"
        assert "learned (soft " in after[key]["youngs_modulus_source"]
    drawn, anew = _drawn_scores(usual), _drawn_scores(own)
    # Titanium makes no alloy, and has a modulus of Materials Project.
    assert after["TiCl4"]["score"] == before["TiCl4"]["score"]
    assert np.array_equal(anew["TiCl4"], drawn["TiCl4"])
    for key in ("GeCl4", "SnCl4", "SiCl4"):
        assert anew[key].mean() < drawn[key].mean(), key
        pairs = [np.stack([one[key], one["TiCl4"]], axis=1) for one in (drawn, anew)]
        usual_chance, own_chance = (beats(pair)[0, 1] for pair in pairs)
        assert own_chance < usual_chance, key


def test_where_there_is_no_label_it_counts_beside_labels_too(soft: Path) -> None:
    told = [
        explain("CdCl2", campaign=Campaign(metals=("Cd",), halogens=("Cl",), models=models))
        for models in ((), (str(soft),))
    ]
    usual, own = (one["attributes"]["youngs_modulus"] for one in told)
    assert own["value"] < usual["value"]
    assert "NaCd2: learned (soft " in own["source"]


def test_the_manifest_tells_why(usual: Path, own: Path, soft: Path) -> None:
    before, after = _manifest(usual), _manifest(own)
    assert after["fingerprint"] != before["fingerprint"]
    assert after["sources"] == before["sources"]
    differ = {k for k in after["campaign"] if after["campaign"][k] != before["campaign"][k]}
    assert differ == {"models"}
    changed = [one for one in after["models"] if one not in before["models"]]
    assert [(one["target"], one["name"], one["folder"]) for one in changed] == [
        ("youngs_modulus_gpa", "soft", str(soft))
    ]
    assert after["campaign"]["models"] == [f"{soft}@sha256:{changed[0]['sha256']}"]
    embedded = {one["folder"] for one in before["models"]}
    assert embedded == {"embedded"}
    assert "soft" in (own / "report.html").read_text()


@pytest.mark.slow
def test_workers_give_the_same_bytes(own: Path, soft: Path, tmp_path: Path) -> None:
    run(replace(CAMPAIGN, models=(str(soft),), chunk_size=3), tmp_path / "out", workers=2)
    for name in ("ranking.parquet", "shortlist.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (own / name).read_bytes(), name


def test_the_same_model_in_another_folder_is_the_same_campaign(soft: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(soft, tmp_path / "copy")
    pins = [learned.pin_models((str(folder),)) for folder in (soft, tmp_path / "copy")]
    first, second = (replace(CAMPAIGN, models=pin) for pin in pins)
    assert first.models != second.models
    assert first.fingerprint() == second.fingerprint() != CAMPAIGN.fingerprint()


def test_tables_alone_take_no_model(tmp_path: Path) -> None:
    run(replace(CAMPAIGN, fidelity="F0"), tmp_path / "out", serially=True)
    assert _manifest(tmp_path / "out")["models"] == []


def test_the_console_names_ones_own_models(
    soft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--serial", "--quiet", "--set", 'metals=["Ge"]', "--set", "samples=100"]
    command = ["run", "--out", str(tmp_path / "out"), *small, "--models", str(soft)]
    assert main.main(command) == 0
    out = capsys.readouterr().out
    assert "in place of the embedded ones" in out
    assert (
        f"youngs_modulus_gpa  soft {learned.models_used((str(soft),))[-1].version}  {soft}" in out
    )


def test_a_folder_that_is_no_model_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out"
    assert main.main(["run", "--out", str(out), "--models", str(tmp_path / "empty")]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "neither a model nor a store" in err
    assert not out.exists()


def test_a_worker_with_another_model_is_noticed(soft: Path, tmp_path: Path) -> None:
    """What a scheduler's worker is asked before it gets a task."""
    import shutil

    from maiscreen.runners.cluster.same_code import campaign_versions
    from maiscreen.screen.describe import describe

    here = tmp_path / "model"
    shutil.copytree(soft, here)
    campaign = describe.pin_own_data(replace(CAMPAIGN, models=(str(here),)))
    assert len(campaign_versions(describe.pin_own_data, campaign)["code"]) == 64
    learned._load_pinned.cache_clear()  # as in another process
    shutil.rmtree(here)
    with pytest.raises(InputError, match="holds no"):
        campaign_versions(describe.pin_own_data, campaign)
