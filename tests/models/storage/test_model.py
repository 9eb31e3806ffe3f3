"""Models on disk: the same after reading, refused when touched."""

import hashlib
import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from lightgbm import LGBMRegressor
from resealed import write_sealed
from skops.io import dumps

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.composition.features import FEATURE_LABELS
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.targets import error_estimator, estimator
from maiscreen.models.learning.training import Training, embedded_training
from maiscreen.models.storage.model import CARD, MODEL, ROWS, load, save

ASKED = ["NaSn", "SnCl4", "Na15Sn4", "TiN", "UO2"]


@pytest.fixture(scope="module")
def small() -> Surrogate:
    rows = np.arange(0, 10_987, 80)
    some = embedded_training("shear_modulus_gpa").take(rows)
    named = Training(some.target, some.formulas, some.values, some.stds, some.weights, "mine.csv")
    return fit(named, "small", splits=("grouped",))


@pytest.fixture
def folder(small: Surrogate, tmp_path: Path) -> Path:
    save(small, tmp_path / "small")
    return tmp_path / "small"


def test_predicts_the_same_after_reading(small: Surrogate, folder: Path) -> None:
    again, before = load(folder), small.predict(ASKED)
    after = again.predict(ASKED)
    for name in ("value", "std", "low", "high", "inside"):
        assert np.array_equal(getattr(before, name), getattr(after, name))
    assert again.training is not None
    assert small.training is not None
    assert again.training.sha256 == small.training.sha256 == again.card.data["sha256"]
    assert set(again.card.files) == {MODEL, ROWS}
    assert again.card.version == again.card.files[MODEL][:12]


@pytest.fixture(scope="module")
def sealed(small: Surrogate, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any], Path]:
    """Give the folder of the model with another schema, and the hash made anew."""
    of_one_tree = replace(
        small,
        estimator=estimator(400, 1.0, 0).set_params(n_estimators=1).fit(*RANDOM),
        errors=error_estimator(400, 0).set_params(n_estimators=1).fit(*WIDER),
    )
    folder = tmp_path_factory.mktemp("sealed") / "small"
    save(of_one_tree, folder)

    def seal(change: Callable[[Any], object]) -> Path:
        content = io.BytesIO()
        with zipfile.ZipFile(folder / MODEL) as source, zipfile.ZipFile(content, "w") as target:
            schema = json.loads(source.read("schema.json"))
            change(schema)
            for name in source.namelist():
                data = json.dumps(schema) if name == "schema.json" else source.read(name)
                target.writestr(name, data)
        other = Path(shutil.copytree(folder, folder.with_name(uuid4().hex)))
        (other / MODEL).write_bytes(content.getvalue())
        card = json.loads((other / CARD).read_text())
        card["files"][MODEL] = hashlib.sha256(content.getvalue()).hexdigest()
        write_sealed(other / CARD, card)
        return other

    return seal


NUMBERS = np.random.default_rng(0).normal(size=(400, len(FEATURE_LABELS) + 1))
RANDOM, WIDER = (NUMBERS[:, :-1], NUMBERS[:, 0]), (NUMBERS, np.abs(NUMBERS[:, 1]))

OTHER_TYPES = (1, -1, 0, 1.5, "x", "", [], {}, [1], {"a": 1}, None, True, 10**12)


def json_node(value: object) -> dict[str, object]:
    return {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode",
            "content": json.dumps(value), "is_json": True}  # fmt: skip


def nodes(whole: Any) -> Iterator[Any]:
    """Give every node of a schema."""
    for inner in whole.values() if isinstance(whole, dict) else whole:
        if isinstance(inner, dict | list):
            if isinstance(inner, dict) and "__loader__" in inner:
                yield inner
            yield from nodes(inner)


@pytest.mark.parametrize("value", OTHER_TYPES)
@pytest.mark.parametrize("name", ["_Booster", "errors"])
def test_a_model_without_trees_is_refused(
    sealed: Callable[[Any], Path], name: str, value: object
) -> None:
    def change(schema: Any) -> None:
        parts = schema["content"]
        (parts if name == "errors" else parts["errors"]["content"]["content"])[name] = json_node(
            value
        )

    if name == "errors" and value is None:
        assert load(sealed(change)).errors is None
        return
    with pytest.raises(InputError, match=r"predicts nothing|cannot be read"):
        load(sealed(change))


@pytest.mark.parametrize("value", OTHER_TYPES)
@pytest.mark.parametrize("name", ["num_leaves", "learning_rate", "_n_classes", "_n_features_in"])
def test_settings_of_a_training_do_not_reach_the_predictions(
    sealed: Callable[[Any], Path], name: str, value: object, capfd: pytest.CaptureFixture[str]
) -> None:
    expected = load(sealed(lambda schema: None)).predict(ASKED).value

    def change(schema: Any) -> None:
        schema["content"]["estimator"]["content"]["content"][name] = json_node(value)

    assert np.array_equal(load(sealed(change)).predict(ASKED).value, expected)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.parametrize("value", [1, "x", [], {"a": 1}, None])
def test_json_of_another_type_at_any_place(
    sealed: Callable[[Any], Path], value: object, capfd: pytest.CaptureFixture[str]
) -> None:
    """Refused in one line, or nothing that a prediction needs."""
    places, refused = len(list(nodes(_schema_of(sealed)))), 0
    assert places > 200
    for place in range(places):

        def change(schema: Any, place: int = place) -> None:
            node = list(nodes(schema))[place]
            node.clear()
            node.update(json_node(value))

        folder = sealed(change)
        try:
            predicted = load(folder).predict(ASKED)
        except InputError:
            refused += 1
        else:
            assert np.isfinite(predicted.value).all()
        shutil.rmtree(folder)
    assert refused > 20
    assert capfd.readouterr() == ("", "")


def _schema_of(sealed: Callable[[Any], Path]) -> Any:
    schemas: list[Any] = []
    sealed(schemas.append)
    return schemas[0]


@pytest.mark.parametrize("name", [MODEL, ROWS])
def test_refuses_a_flipped_byte(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name} was changed"):
        load(folder)


@pytest.mark.parametrize("name", [CARD, MODEL, ROWS])
def test_a_bit_of_any_file_is_found(folder: Path, name: str) -> None:
    whole, rng = (folder / name).read_bytes(), random.Random(19)
    for place in rng.sample(range(len(whole)), 60):
        changed = bytearray(whole)
        changed[place] ^= 1 << rng.randrange(8)
        (folder / name).write_bytes(changed)
        with pytest.raises(InputError):
            load(folder)


@pytest.mark.parametrize("name", [CARD, MODEL, ROWS])
def test_misses_a_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=name):
        load(folder)


def forge(folder: Path, content: bytes) -> None:
    """Put another estimator in, its hash on the card, as somebody with bad intentions would."""
    import hashlib

    (folder / MODEL).write_bytes(content)
    card = json.loads((folder / CARD).read_text())
    card["files"][MODEL] = hashlib.sha256(content).hexdigest()
    write_sealed(folder / CARD, card)


def renamed(content: bytes, old: str, new: str) -> bytes:
    """Rename a type in a file of skops."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "schema.json":
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            target.writestr(name, data)
    return out.getvalue()


def test_refuses_foreign_types_under_a_valid_hash(folder: Path) -> None:
    content = dumps({"estimator": LGBMRegressor()})
    content = renamed(content, '"lightgbm.sklearn"', '"subprocess"')
    forge(folder, renamed(content, '"LGBMRegressor"', '"Popen"'))
    with pytest.raises(InputError, match=r"holds foreign types \(subprocess\.Popen\)"):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"cos\nsystem\n(S'true'\ntR."])
def test_refuses_what_is_no_file_of_skops(folder: Path, content: bytes) -> None:
    forge(folder, content)
    with pytest.raises(InputError, match="cannot be read"):
        load(folder)


FITTED = LGBMRegressor(n_estimators=1, verbose=-1).fit(
    np.arange(80.0).reshape(40, 2), np.arange(40)
)


@pytest.mark.parametrize(
    ("whole", "named"),
    [
        ([1], "no model of maiscreen"),
        ({"estimator": 1}, "no model of maiscreen"),
        ({"estimator": 1, "errors": None, "counts": np.zeros(118)}, "predicts nothing"),
        ({"estimator": FITTED, "errors": 2, "counts": np.zeros(118)}, "predicts nothing"),
        ({"estimator": FITTED, "errors": None, "counts": np.zeros(3)}, "no domain"),
        ({"estimator": LGBMRegressor(), "errors": None, "counts": np.zeros(118)}, "without"),
    ],
)
def test_refuses_what_predicts_nothing(folder: Path, whole: object, named: str) -> None:
    forge(folder, dumps(whole))
    with pytest.raises(InputError, match=named):
        load(folder)


def test_refuses_another_version_of_scikit_learn(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["packages"]["scikit-learn"] = "0.24.2"
    write_sealed(folder / CARD, card)
    with pytest.raises(InputError, match=r"scikit-learn 0\.24\.2"):
        load(folder)


def test_refuses_a_model_of_other_features(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["data"]["features"] = "0" * 64
    write_sealed(folder / CARD, card)
    with pytest.raises(InputError, match="other features"):
        load(folder)


def test_refuses_a_foreign_file_on_the_card(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["files"]["../../secret"] = "0" * 64
    write_sealed(folder / CARD, card)
    with pytest.raises(InputError, match="foreign file"):
        load(folder)
