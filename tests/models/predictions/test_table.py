"""Predictions for tables of users."""

from pathlib import Path

import numpy as np
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.training import unweighted_training
from maiscreen.models.predictions import table as predicting
from maiscreen.models.predictions.table import predict_table
from maiscreen.models.training_files.files import read_table
from maiscreen.models.training_files.table import Table

SHEAR = "shear_modulus_gpa"


@pytest.fixture
def model(quick_recipe: None, moduli: dict[str, float]) -> Surrogate:
    rows = unweighted_training(SHEAR, tuple(moduli), np.array(list(moduli.values())), "mine.csv")
    return fit(rows, "mine", splits=("grouped",))


def table(tmp_path: Path, text: str) -> Table:
    (tmp_path / "data.csv").write_text(text)
    return read_table(tmp_path / "data.csv")


def test_says_what_the_model_says(model: Surrogate, tmp_path: Path) -> None:
    found = predict_table(model, table(tmp_path, "name;Formula\na;MgO\nb;TiN\n\nc;O2Zr\n"))
    said = model.predict(["MgO", "TiN", "ZrO2"])
    assert found.left_out == ()
    assert found.table["row"].to_pylist() == [2, 3, 5]
    assert found.table["formula"].to_pylist() == ["MgO", "TiN", "O2Zr"]
    for name, numbers in (
        (SHEAR, said.value),
        (f"{SHEAR}_std", said.std),
        (f"{SHEAR}_low", said.low),
        (f"{SHEAR}_high", said.high),
    ):
        assert found.table[name].to_pylist() == pytest.approx(numbers.tolist(), rel=1e-5)
        assert found.table.schema.field(name).metadata[b"unit"] == b"GPa"
    assert found.table["inside"].to_pylist() == said.inside.tolist()
    assert set(found.table["model"].to_pylist()) == {"mine unsaved"}


def test_rows_that_cannot_be_read_are_named(
    model: Surrogate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "PART", 2)
    told: list[tuple[int, int]] = []
    data = table(tmp_path, "formula,x\nMgO,1\n=1+1,2\n,3\nXx2,4\nTiN,5\nNiCl2.6H2O,6\n")
    found = predict_table(model, data, watch=lambda done, total: told.append((done, total)))
    left_out = [(3, "=1+1"), (4, ""), (5, "Xx2"), (7, "NiCl2.6H2O")]
    assert [(one.row, one.formula) for one in found.left_out] == left_out
    assert all(one.reason for one in found.left_out)
    assert found.table["row"].to_pylist() == [2, 6]
    assert told == [(2, 6), (4, 6), (6, 6)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("mass\n1\n", "has no column 'formula'"),
        ("formula,Formula\nMgO,MgO\n", "has two columns named 'formula'"),
        ("composition,formula\nMgO,CaO\n", "has two columns of formulas"),
        ("formula\n??\n!!\n", "has no formula that can be read; row 2"),
    ],
)
def test_refuses_tables_without_formulas(
    model: Surrogate, tmp_path: Path, text: str, named: str
) -> None:
    with pytest.raises(InputError, match=named):
        predict_table(model, table(tmp_path, text))


def test_refuses_to_be_fast_without_a_student(model: Surrogate, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no student"):
        predict_table(model, table(tmp_path, "formula\n??\n"), fast=True)
