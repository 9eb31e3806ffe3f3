"""Estimators that are none of ours: the same bytes, and read by the user's own word alone."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from resealed import write_sealed
from sklearn.ensemble import RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.descriptors.composition.features import FEATURE_LABELS
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.storage.foreign import (
    SCHEMA,
    check_schema,
    pack_estimator,
    types_to_trust,
    unpack_estimator,
)
from maiscreen.models.storage.model import (
    CARD,
    FOREIGN,
    MODEL,
    embedded_surrogate,
    load,
    load_verified_card,
    save,
)

KNOWN = np.random.default_rng(0).normal(size=(60, len(FEATURE_LABELS)))
VALUES = KNOWN[:, 0]
HERE = Path("mine")

RIDGE = "sklearn.linear_model._ridge.Ridge"


def forest() -> Any:
    return RandomForestRegressor(3, max_depth=4, random_state=0).fit(KNOWN, VALUES)


def process() -> Any:
    kernel = RBF(10.0) + WhiteKernel()
    model = make_pipeline(StandardScaler(), GaussianProcessRegressor(kernel, optimizer=None))
    return model.fit(KNOWN, VALUES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose estimator is a ridge regression."""
    ours = embedded_surrogate("shear_modulus_gpa")
    card = replace(ours.card, student=None)
    mine = Surrogate(card, Ridge().fit(KNOWN, VALUES), ours.errors, ours.domain)
    out = tmp_path_factory.mktemp("foreign") / "mine"
    save(mine, out)
    return out


@pytest.mark.parametrize("make", [forest, process])
def test_two_fits_have_the_same_bytes_and_say_the_same(make: Any) -> None:
    first, second = make(), make()
    content = pack_estimator(first)
    assert content == pack_estimator(second)
    again = unpack_estimator(HERE, "x", content, types_to_trust(content))
    np.testing.assert_array_equal(again.predict(KNOWN), first.predict(KNOWN))
    assert pack_estimator(again) == content


@pytest.mark.slow
def test_another_process_writes_the_same_bytes() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import hashlib, test_foreign as t\n"
        "print(hashlib.sha256(t.pack_estimator(t.forest())).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1]


def test_is_read_by_the_users_own_word(folder: Path) -> None:
    with pytest.raises(InputError, match=rf"holds {RIDGE}; if you trust .*: --trust {RIDGE}$"):
        load(folder)
    with pytest.raises(InputError, match="holds"):
        load(folder, trusted=["sklearn"])
    model = load(folder, trusted=[RIDGE])
    assert model.card.notes["types"] == [RIDGE]
    assert list(model.card.files) == [FOREIGN[0], MODEL]
    assert model.card.version == model.card.files[FOREIGN[0]][:12]
    found = model.predict(["NaCl", "TiN"])
    assert np.isfinite(found.std).all()


def test_its_card_is_read_without_building_anything(folder: Path, tmp_path: Path) -> None:
    assert load_verified_card(folder).notes["types"] == [RIDGE]
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / FOREIGN[0]).write_bytes(b"other")
    with pytest.raises(InputError, match="was changed"):
        load_verified_card(copy)


def test_what_skops_does_not_trust_is_named_too() -> None:
    content = pack_estimator(forest())
    own, tree = types_to_trust(content)
    assert (own, tree) == (
        "sklearn.ensemble._forest.RandomForestRegressor", "sklearn.tree._tree.Tree",
    )  # fmt: skip
    with pytest.raises(InputError, match=rf"holds {tree};"):
        unpack_estimator(HERE, "x", content, [own])


def test_another_version_of_scikit_learn_is_refused(folder: Path, tmp_path: Path) -> None:
    for name in folder.iterdir():
        (tmp_path / name.name).write_bytes(name.read_bytes())
    card = json.loads((tmp_path / CARD).read_text())
    card["packages"]["scikit-learn"] = "0.24.2"
    write_sealed(tmp_path / CARD, card)
    with pytest.raises(InputError, match=r"scikit-learn 0\.24\.2"):
        load(tmp_path, trusted=[RIDGE])


class Opaque:
    """Nothing that skops can write."""

    def __reduce__(self) -> Any:
        return (print, ("never",))

    def __getstate__(self) -> Any:
        raise TypeError("no state")


def test_what_cannot_be_saved_says_so() -> None:
    with pytest.raises(InputError, match=r"Opaque.*cannot be saved"):
        pack_estimator(Opaque())


def changed(content: bytes, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == SCHEMA:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            target.writestr(name, data)
    return out.getvalue()


def test_foreign_types_are_named_before_anything_is_built() -> None:
    content = pack_estimator(Ridge().fit(KNOWN, VALUES))
    content = changed(content, '"sklearn.linear_model._ridge"', '"subprocess"')
    content = changed(content, '"Ridge"', '"Popen"')
    with pytest.raises(InputError, match=r"holds subprocess\.Popen; if you trust"):
        unpack_estimator(HERE, "x", content, [RIDGE])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"cos\nsystem\n(S'true'\ntR."])
def test_what_is_no_file_of_skops(content: bytes) -> None:
    with pytest.raises(InputError, match="x cannot be read"):
        unpack_estimator(HERE, "x", content, [RIDGE])


def test_one_object_told_in_two_ways_is_refused() -> None:
    content = pack_estimator(make_pipeline(StandardScaler()).fit(KNOWN))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(SCHEMA))
    arrays = [node for node in walk(schema) if node.get("__loader__") == "NdArrayNode"]
    arrays[1]["__id__"] = arrays[0]["__id__"]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, json.dumps(schema) if name == SCHEMA else source.read(name))
    with pytest.raises(ValueError, match="in two ways"):
        check_schema(out.getvalue())


def walk(node: Any) -> Any:
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict):
        yield node
    for part in parts:
        yield from walk(part)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pack_estimator(Ridge().fit(KNOWN, VALUES))
    check_schema(content)
    monkeypatch.setattr(limits, "MODEL_UNPACKED_BYTES", 1000)
    with pytest.raises(ValueError, match="too much"):
        check_schema(content)
