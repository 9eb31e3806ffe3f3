"""What is proposed of a pool of one's own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.training import unweighted_training
from maiscreen.models.predictions.pool import METHODS, PoolSuggestions, suggest_from_pool
from maiscreen.models.storage.model import embedded_surrogate
from maiscreen.models.training_files.files import read_table
from maiscreen.models.training_files.table import Table

SHEAR = "shear_modulus_gpa"
FORMULAS = ("NaCl", "TiN", "TiC", "xx", "KBr", "WC", "CTi", "BN", "CsI", "Na15Sn4")


@pytest.fixture
def pool(tmp_path: Path) -> Table:
    path = tmp_path / "pool.csv"
    path.write_text("formula\n" + "\n".join(FORMULAS) + "\n")
    return read_table(path, "--pool")


KNOWN = unweighted_training(SHEAR, ("WC", "KBr"), np.array([270.0, 5.0]), "mine.csv")


def suggested(pool: Table, **settings: object) -> PoolSuggestions:
    return suggest_from_pool(embedded_surrogate(SHEAR), pool, 20, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("by", METHODS)
def test_every_composition_once_and_none_that_is_known(pool: Table, by: str) -> None:
    found = suggested(pool, known=KNOWN, by=by)
    formulas = found.table["formula"].to_pylist()
    assert sorted(formulas) == sorted({"NaCl", "TiN", "TiC", "BN", "CsI", "Na15Sn4"})
    assert found.known == 2
    assert [one.formula for one in found.left_out] == ["xx"]
    assert found.table["place"].to_pylist() == [1, 2, 3, 4, 5, 6]
    rows = dict(zip(formulas, found.table["row"].to_pylist(), strict=True))
    assert rows["NaCl"] == 2
    assert rows["TiC"] == 4


def test_orders_and_aims(pool: Table) -> None:
    for by, column in (("bound", "bound"), ("improvement", "improvement"), ("greedy", SHEAR)):
        values = suggested(pool, by=by, known=KNOWN).table[column].to_numpy()
        assert (np.diff(values) <= 0).all()
    lowest = suggested(pool, by="greedy", aim="lowest").table
    assert lowest["formula"][0].as_py() == "CsI"
    value = suggested(pool, by="greedy", aim="14").table[SHEAR].to_numpy()
    assert np.argmin(np.abs(np.log10(value / 14))) == 0


def test_a_bound_is_neither_the_best_nor_proposed(pool: Table) -> None:
    sides = np.array([0, 1], dtype=np.int8)
    known = replace(KNOWN, values=np.array([270.0, 500.0]), bounds=sides)
    found = suggested(pool, known=known)
    assert found.best == 270
    assert found.known == 2
    none = suggested(pool, known=replace(known, bounds=np.array([-1, 1], dtype=np.int8)))
    assert none.known == 2
    assert none.best == pytest.approx(max(none.table[SHEAR].to_pylist()), rel=1e-5)


def test_the_best_is_the_known_one_or_the_predicted(pool: Table) -> None:
    assert suggested(pool, known=KNOWN).best == 270
    assert suggested(pool, known=KNOWN, aim="lowest").best == 5
    assert suggested(pool, known=KNOWN, aim=6.0).best == 5
    alone = suggested(pool)
    assert alone.best == pytest.approx(max(alone.table[SHEAR].to_pylist()), rel=1e-5)
    assert alone.table["p_better"].to_numpy().max() == pytest.approx(0.5, abs=1e-3)


def test_chances_are_those_of_draws(pool: Table) -> None:
    model = embedded_surrogate(SHEAR)
    found = suggested(pool, known=KNOWN, aim=20.0).table.to_pylist()
    normal = np.random.default_rng(0).standard_normal(200_000)
    for row in found:
        said = model.predict([row["formula"]])
        drawn = np.abs(said.mean + said.spread * normal - np.log10(20))
        assert row["p_better"] == pytest.approx((drawn < np.log10(20 / 5)).mean(), abs=0.01)


def test_what_is_refused(pool: Table) -> None:
    with pytest.raises(InputError, match=r"neither highest, lowest, nor a value from 0\.1 to 1000"):
        suggested(pool, aim="5000")
    with pytest.raises(InputError, match="take one of improvement"):
        suggested(pool, by="best")
    every = unweighted_training(SHEAR, FORMULAS[:3] + FORMULAS[4:], np.ones(9), "mine.csv")
    with pytest.raises(InputError, match="no formula that is not measured"):
        suggested(pool, known=every)
    other = unweighted_training("volume_a3_atom", ("NaCl",), np.ones(1), "mine.csv")
    with pytest.raises(InputError, match="are volume_a3_atom"):
        suggested(pool, known=other)
