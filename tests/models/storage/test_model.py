"""Models on disk: the same after reading, refused when touched."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from lightgbm import LGBMRegressor
from skops.io import dumps

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.model import Surrogate
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


@pytest.mark.parametrize("name", [MODEL, ROWS])
def test_refuses_a_flipped_byte(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name} was changed"):
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
    (folder / CARD).write_text(json.dumps(card))


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
    (folder / CARD).write_text(json.dumps(card))
    with pytest.raises(InputError, match=r"scikit-learn 0\.24\.2"):
        load(folder)


def test_refuses_a_model_of_other_features(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["data"]["features"] = "0" * 64
    (folder / CARD).write_text(json.dumps(card))
    with pytest.raises(InputError, match="other features"):
        load(folder)


def test_refuses_a_foreign_file_on_the_card(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["files"]["../../secret"] = "0" * 64
    (folder / CARD).write_text(json.dumps(card))
    with pytest.raises(InputError, match="foreign file"):
        load(folder)
