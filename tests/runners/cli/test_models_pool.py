"""`models suggest --pool` and `models calibrate` at the command line, and a shift that is told."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from maiscreen.descriptors.composition.features import FEATURE_LABELS
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.training import embedded_training
from maiscreen.models.storage.model import embedded_surrogate, save
from maiscreen.runners.cli import main

SHEAR = "shear_modulus_gpa"
MODEL = f"embedded/{SHEAR}"


def models(*arguments: object) -> int:
    return main.main(["models", *map(str, arguments)])


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pool") / "pool.csv"
    path.write_text("formula\nNaCl\nTiN\n=x\nWC\nKBr\n")
    return path


def test_a_pool_as_text_json_and_csv(pool: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert models("suggest", "--pool", pool, "--model", MODEL, "--n", 2) == 0
    out = capsys.readouterr().out
    assert "ordered by improvement; the best predicted is" in out
    assert "row 4" in out
    assert models("suggest", "--pool", pool, "--model", MODEL, "--n", 2, "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["formula"] for row in rows] == ["WC", "TiN"]
    assert models("suggest", "--pool", pool, "--model", MODEL, "--n", 2, "--csv") == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out.removeprefix("\ufeff"))))
    assert [row["formula"] for row in table] == ["WC", "TiN"]


def test_an_estimator_of_another_kind_is_asked_by_the_users_word(
    pool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, known = embedded_surrogate(SHEAR), np.eye(3, len(FEATURE_LABELS))
    ridge = Ridge().fit(known, np.arange(3.0))
    mine = tmp_path / "mine"
    types = save(Surrogate(replace(ours.card, student=None), ridge, ours.errors, ours.domain), mine)
    word = ("--trust", ",".join(types.card.notes["types"]))
    assert models("show", mine) == 0
    (tmp_path / "new.csv").write_text(f"formula,{SHEAR}\nNaKr,3\nTiKr,4\n")
    asked = ("--data", tmp_path / "new.csv")
    actions = (
        ("predict", mine, *asked),
        ("evaluate", mine, *asked),
        ("compare", MODEL, mine, *asked),
        ("suggest", "--pool", pool, "--model", mine),
    )
    for action in actions:
        capsys.readouterr()
        assert models(*action) == 2
        assert f"if you trust who made it: --trust {word[1]}" in capsys.readouterr().err
        assert models(*action, *word) == 0


def test_what_is_known_is_not_proposed(
    pool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "known.csv"
    known.write_text("formula,shear_modulus_mpa\nWC,270000\n")
    options = ("--known", known, "--order", "bound")
    assert models("suggest", "--pool", pool, "--model", MODEL, *options) == 0
    out = capsys.readouterr().out
    assert "the best known is 270 GPa; 1 measured ones are left out" in out
    assert "WC" not in out


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ((), "give the folder of a campaign, or --pool"),
        (("first", "--pool", "x.csv"), "not both"),
        (("--pool", "x.csv"), "--model"),
        (("--pool", "x.csv", "--model", MODEL), "x.csv"),
    ],
)
def test_what_is_refused(
    options: tuple[str, ...], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert models("suggest", *options) == 2
    assert named in capsys.readouterr().err


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Values of compositions that the model does not know, with errors of another source."""
    path, random = tmp_path_factory.mktemp("elsewhere") / "other.csv", np.random.default_rng(0)
    formulas = [f"{one}Kr17" for one in embedded_training(SHEAR).formulas[::70]]
    mean = embedded_surrogate(SHEAR).predict(formulas).mean + random.normal(0, 0.6, len(formulas))
    values = np.clip(10**mean, 0.2, 900).tolist()
    lines = [f"{one},{value!r}" for one, value in zip(formulas, values, strict=True)]
    path.write_text("\n".join([f"formula,{SHEAR}", *lines]))
    return path


def test_a_model_is_calibrated_to_another_source(
    elsewhere: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert models("evaluate", MODEL, "--data", elsewhere) == 0
    assert "maiscreen models calibrate" in capsys.readouterr().out
    out = tmp_path / "mine"
    assert models("calibrate", MODEL, "--data", elsewhere, "--out", out) == 0
    assert "calibrated to 157 values of" in capsys.readouterr().out
    assert models("evaluate", out, "--data", elsewhere) == 0
    assert "maiscreen models calibrate" not in capsys.readouterr().out
    assert models("show", out) == 0
    shown = capsys.readouterr().out
    assert "times as wide" in shown and "\nmade " in shown and "% of 90%" not in shown
    assert models("show", MODEL) == 0
    shown = capsys.readouterr().out
    assert "\ntrained " in shown and "% of 90%" in shown
    before = sorted(one.read_bytes() for one in out.iterdir())
    assert models("calibrate", MODEL, "--data", elsewhere, "--out", out) == 2
    assert "holds another model" in capsys.readouterr().err
    assert sorted(one.read_bytes() for one in out.iterdir()) == before


def test_formulas_that_are_drawn_otherwise_are_told(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert models("predict", MODEL, "--data", elsewhere, "--json") == 0
    captured = capsys.readouterr()
    assert "intervals may hold less than they promise" in captured.err
    assert len(captured.err.splitlines()) == 1
    rows = [json.loads(line) for line in captured.out.splitlines()]
    assert not any(row["near_training"] for row in rows)
