"""Stores of models: what is there, what is in use, what is refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from resealed import write_sealed

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.card import Card
from maiscreen.models.learning.compare import compare_models, evaluate, unseen_rows
from maiscreen.models.learning.training import unweighted_training
from maiscreen.models.storage.model import CARD, MODEL, load
from maiscreen.models.storage.store import IN_USE, find, find_model, model_entries, resolve, use

SHEAR = "shear_modulus_gpa"
pytestmark = pytest.mark.usefixtures("quick_recipe")


@pytest.fixture
def store(trained_models: Path, tmp_path: Path) -> Path:
    """A store with two models of one target."""
    for name in ("one", "two"):
        shutil.copytree(trained_models / name, tmp_path / "models" / name)
    return tmp_path / "models"


def own(store: Path) -> dict[str, bool]:
    return {one.name: one.in_use for one in model_entries(store) if "/" not in one.name}


def demote(folder: Path) -> None:
    plain_card = json.loads((folder / CARD).read_text())
    plain_card["notes"]["promoted"] = False
    write_sealed(folder / CARD, plain_card)


def test_lists_finds_and_uses(store: Path, tmp_path: Path) -> None:
    assert own(store) == {"one": False, "two": False}
    assert find("one", store) == find(str(store / "one"), "elsewhere") == store / "one"
    assert find_model("two", store).card.seed == 1
    assert use("one", store).name == "one"
    assert own(store) == {"one": True, "two": False}
    assert resolve(store) == (str(store / "one"),)
    use("two", store)
    assert resolve(store) == (str(store / "two"),)
    assert resolve(store / "one") == (str(store / "one"),)
    assert model_entries(tmp_path / "none") == model_entries(tmp_path / "nowhere")


def test_says_nothing_is_in_use(store: Path, tmp_path: Path) -> None:
    for path in (store, tmp_path / "none", tmp_path / ("x" * 300), "a\0b", ""):
        with pytest.raises(InputError, match=r"neither a model nor a store"):
            resolve(path)


@pytest.mark.parametrize("name", ["three", "", "../two", "embedded/hardness", "x" * 300, "a\0b"])
def test_refuses_what_is_no_model(store: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"is no model|is not embedded|does not lie in"):
        use(name, store / "one" if name == "../two" else store)


def test_does_not_use_what_was_not_promoted(store: Path) -> None:
    use("one", store)
    before = (store / IN_USE).read_bytes()
    demote(store / "two")
    with pytest.raises(InputError, match="was not promoted"):
        use("two", store)
    assert (store / IN_USE).read_bytes() == before
    use("two", store, force=True)
    assert own(store)["two"]


def test_does_not_use_a_model_of_another_store(store: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not lie in"):
        use(str(store / "one"), tmp_path)


def test_a_tampered_model_is_refused(store: Path) -> None:
    use("one", store)
    before = (store / IN_USE).read_bytes()
    content = bytearray((store / "two" / MODEL).read_bytes())
    content[-30] ^= 1
    (store / "two" / MODEL).write_bytes(content)
    with pytest.raises(InputError, match="was changed"):
        use("two", store)
    assert (store / IN_USE).read_bytes() == before
    card = store / "one" / CARD
    card.write_text(card.read_text().replace('"seed": 0', '"seed": 9'))
    with pytest.raises(InputError, match="was changed since it was put to use"):
        resolve(store)
    (card).unlink()
    with pytest.raises(InputError, match="which is gone"):
        resolve(store)


def test_a_damaged_model_does_not_hide_the_others(store: Path) -> None:
    (store / "one" / CARD).write_text("{")
    (store / "notes").mkdir()
    (store / ".two.part").mkdir()
    found = {one.name: one for one in model_entries(store) if "/" not in one.name}
    assert set(found) == {"one", "two"}
    assert found["one"].card is None
    assert "is no JSON" in found["one"].error
    assert isinstance(found["two"].card, Card)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"a": 1}',
        '{"shear_modulus_gpa": {"name": "../one", "sha256": "0"}}',
        '{"shear_modulus_gpa": {"name": "", "sha256": "0"}}',
        '{"shear_modulus_gpa": {"name": "one"}}',
    ],
)
def test_a_damaged_choice_is_refused(store: Path, text: str) -> None:
    (store / IN_USE).write_text(text)
    with pytest.raises(InputError, match=r"in_use\.json.*is damaged"):
        resolve(store)
    with pytest.raises(InputError, match="is damaged"):
        model_entries(store)


def test_measures_a_model(store: Path, moduli: dict[str, float]) -> None:
    """Against the same numbers by hand; what was learned from is counted apart."""
    model = load(store / "one")
    new = {"Na2O": 20.0, "NaF": 5.0, "BaO": 9.0}
    rows = {**dict(list(moduli.items())[:10]), **new}
    data = unweighted_training(SHEAR, tuple(rows), np.array(list(rows.values())), "x")
    found = evaluate(model, data)
    assert (found["all"]["rows"], found["seen"]["rows"], found["unseen"]["rows"]) == (13, 10, 3)
    predicted = model.predict(list(new))
    errors = np.log10(list(new.values())) - np.log10(predicted.value)
    assert found["unseen"]["mae"] == pytest.approx(np.abs(errors).mean())
    assert found["unseen"]["rmse"] == pytest.approx((errors**2).mean() ** 0.5)
    assert unseen_rows((model,), data).formulas == tuple(new)
    given = np.array(list(new.values()))
    within = (predicted.low <= given) & (given <= predicted.high)
    assert found["unseen"]["coverage"] == pytest.approx(np.mean(within))
    same = compare_models(model, model, data)
    assert same.difference == same.low == same.high == 0.0
    assert (same.rows, same.mae_new) == (3, pytest.approx(np.abs(errors).mean()))
    with pytest.raises(
        InputError, match="0 of its 10 compositions, of 0 chemical systems, are new"
    ):
        compare_models(model, model, data.take(np.arange(10)))
    with pytest.raises(InputError, match="1 of its 11 compositions, of 1 chemical systems"):
        compare_models(model, model, data.take(np.arange(11)))
    with pytest.raises(InputError, match="the data are bulk"):
        evaluate(model, unweighted_training("bulk_modulus_gpa", ("NaCl",), np.array([5.0]), "x"))
