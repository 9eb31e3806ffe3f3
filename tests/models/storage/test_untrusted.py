"""Files of models from strangers: what is looked at before skops and LightGBM are."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from maiscreen.candidates.reading import limits
from maiscreen.models.learning.targets import TYPES, error_estimator, estimator
from maiscreen.models.storage.model import MODEL, embedded_folder, embedded_targets
from maiscreen.models.storage.untrusted import check_schema, check_trees, pack

WIDTH = 5


@pytest.fixture(scope="module")
def content() -> bytes:
    """A file of two models as our recipes make them, of few trees."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, WIDTH))
    value = estimator(400, 1.0, 0).set_params(n_estimators=3, num_leaves=4).fit(x, x[:, 0])
    errors = error_estimator(400, 0).set_params(n_estimators=2).fit(x, np.abs(x[:, 1]))
    return pack({"estimator": value, "errors": errors, "counts": np.arange(118)})


def schema_of(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read("schema.json"))


def with_schema(content: bytes, schema: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = json.dumps(schema) if name == "schema.json" else source.read(name)
            target.writestr(name, data)
    return out.getvalue()


def attributes(schema: Any) -> Any:
    return schema["content"]["estimator"]["content"]["content"]


def handle(schema: Any) -> Any:
    return attributes(schema)["_Booster"]["content"]["content"]["_handle"]


def text_of(content: bytes) -> str:
    text: str = json.loads(handle(schema_of(content))["content"])
    return text


def test_ours_are_let_through(content: bytes) -> None:
    check_schema(content, TYPES, WIDTH)
    check_trees(text_of(content), WIDTH)


@pytest.mark.parametrize("target", embedded_targets())
def test_embedded_ones_are_let_through(target: str) -> None:
    check_schema((embedded_folder() / target / MODEL).read_bytes(), TYPES, 362)


def changed(line: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        begin = text.index(f"\n{line}=") + len(line) + 2
        return text[:begin] + new + text[text.index("\n", begin) :]

    return change


def first(line: str, new: str) -> Callable[[str], str]:
    """Change the first number of a line, without changing how long it is."""

    def change(text: str) -> str:
        begin = text.index(f"\n{line}=") + len(line) + 2
        return text[:begin] + new + text[begin + len(new) :]

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (first("left_child", "0"), "is no tree"),  # a circle: predicting would never end
        (first("left_child", "9"), "is no tree"),  # beyond the nodes: memory of others
        (first("right_child", "0"), "is no tree"),
        (first("split_feature", "9"), "feature that is not there"),
        (first("decision_type", "1"), "between categories"),
        (first("num_leaves", "9"), "wrong|other lines|no nodes"),
        (first("num_cat", "1"), "of another kind"),
        (first("is_linear", "1"), "of another kind"),
        (changed("threshold", "nan nan nan"), "not where it should be|wrong threshold"),
        (changed("tree_sizes", "99999999 1 1"), "not where it should be"),
        (changed("tree_sizes", "-5 1 1"), "wrong tree_sizes"),
        (changed("tree_sizes", "1" * 500), "not where it should be|trees"),
        (changed("max_feature_idx", "99999"), "100000 features"),
        (changed("num_class", "7"), "wrong num_class"),
        (changed("objective", "custom"), "wrong objective"),
        (lambda text: text[: len(text) // 3], "no trees"),
        (lambda text: text.replace("tree\n", "tree\nnum_class=1\n", 1), "another header"),
        (lambda text: "", "no trees"),
    ],
)
def test_trees_that_are_none_never_reach_lightgbm(
    content: bytes, change: Callable[[str], str], why: str
) -> None:
    text = change(text_of(content))
    with pytest.raises(ValueError, match=why):
        check_trees(text, WIDTH)
    schema = schema_of(content)
    handle(schema)["content"] = json.dumps(text)
    with pytest.raises(ValueError, match=why):
        check_schema(with_schema(content, schema), TYPES, WIDTH)


def _json(value: object) -> dict[str, object]:
    return {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode",
            "content": json.dumps(value), "is_json": True}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "node", "why"),
    [
        ("predict", _json(1), "foreign attribute 'predict'"),
        ("n_jobs", _json(100_000), "100000 threads"),
        ("objective", _json("huber predict_disable_shape_check=true"), "no word for objective"),
        ("verbose", {"__class__": "Tree", "__module__": "sklearn.tree._tree",
                     "__loader__": "TreeNode"}, "foreign types"),
        ("verbose", {"__class__": "str", "__module__": "builtins", "__loader__": "FunctionNode"},
         "foreign types"),
        ("verbose", {"__class__": "ndarray", "__module__": "numpy", "__loader__": "NdArrayNode",
               "type": "json"}, "array of objects"),
        ("verbose", {"__class__": "LGBMRegressor", "__module__": "lightgbm.sklearn",
               "__loader__": "MethodNode"}, "is read by"),
    ],
)  # fmt: skip
def test_what_no_model_of_ours_holds(content: bytes, name: str, node: object, why: str) -> None:
    schema = schema_of(content)
    attributes(schema)[name] = node
    with pytest.raises(ValueError, match=why):
        check_schema(with_schema(content, schema), TYPES, WIDTH)


@pytest.mark.parametrize("name", ["_Booster", "_n_features", "fitted_", "min_child_samples"])
def test_a_regressor_that_lacks_something_is_none(content: bytes, name: str) -> None:
    schema = schema_of(content)
    del attributes(schema)[name]
    with pytest.raises(ValueError, match=f"an estimator without {name}$"):
        check_schema(with_schema(content, schema), TYPES, WIDTH)


@pytest.mark.parametrize("value", [False, None, 0, "no"])
def test_a_regressor_that_was_never_fitted_is_none(content: bytes, value: object) -> None:
    schema = schema_of(content)
    attributes(schema)["fitted_"] = _json(value)
    with pytest.raises(ValueError, match="never fitted"):
        check_schema(with_schema(content, schema), TYPES, WIDTH)


@pytest.mark.parametrize("name", ["_Booster", "fitted_", "_other_params"])
def test_what_stands_twice_is_told_alike(content: bytes, name: str) -> None:
    """Skops reads one of them, and takes it for the other."""
    schema = schema_of(content)
    other = schema["content"]["errors"]["content"]["content"]["objective"]
    attributes(schema)[name]["__id__"] = other["__id__"]
    with pytest.raises(ValueError, match="one object in two ways"):
        check_schema(with_schema(content, schema), TYPES, WIDTH)


def test_keys_are_texts_and_all_there(content: bytes) -> None:
    """Skops leaves a key without a type out, and makes others of those that have another."""
    schema = schema_of(content)
    types = schema["content"]["estimator"]["content"]["key_types"]["content"]
    left_out = types.pop()
    with pytest.raises(ValueError, match="without the types of its keys"):
        check_schema(with_schema(content, schema), TYPES, WIDTH)
    types.append({**left_out, "__class__": "bool", "__id__": 1})
    with pytest.raises(ValueError, match="no texts"):
        check_schema(with_schema(content, schema), TYPES, WIDTH)


def test_foreign_settings_are_not_passed_on(content: bytes) -> None:
    schema = schema_of(content)
    others = attributes(schema)["_other_params"]["content"]
    others["predict_disable_shape_check"] = _json(True)
    with pytest.raises(ValueError, match="foreign setting 'predict_disable_shape_check'"):
        check_schema(with_schema(content, schema), TYPES, WIDTH)


def test_arrays_named_many_times_count_many_times(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = schema_of(content)
    size = len(json.dumps(schema)) + 1100
    counts = schema["content"]["counts"]
    schema["key_types"]["content"].append(schema["key_types"]["content"][0])
    schema["content"]["more"] = {"__class__": "list", "__module__": "builtins",
                                 "__loader__": "ListNode", "content": [counts] * 200}  # fmt: skip
    bomb = with_schema(content, schema)
    check_schema(bomb, TYPES, WIDTH)
    monkeypatch.setattr(limits, "MODEL_UNPACKED_BYTES", max(size, len(bomb)) + 1000)
    with pytest.raises(ValueError, match="unpacks to too much"):
        check_schema(bomb, TYPES, WIDTH)


def test_a_deflated_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MODEL_UNPACKED_BYTES", 10_000_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b"0" * 10_000_001)
    assert len(out.getvalue()) < 20_000
    with pytest.raises(ValueError, match="unpacks to too much"):
        check_schema(out.getvalue(), TYPES, WIDTH)


@pytest.mark.parametrize("name", ["best_iteration", "pandas_categorical"])
def test_a_booster_without_what_it_answers_with_is_refused(content: bytes, name: str) -> None:
    schema = schema_of(content)
    del attributes(schema)["_Booster"]["content"]["content"][name]
    with pytest.raises(ValueError, match=name):
        check_schema(with_schema(content, schema), TYPES, WIDTH)


def test_the_best_iteration_is_a_number(content: bytes) -> None:
    schema = schema_of(content)
    held = attributes(schema)["_Booster"]["content"]["content"]
    held["best_iteration"] = {**held["best_iteration"], "content": '"ten"', "__id__": 1}
    with pytest.raises(ValueError, match="best iteration is no number"):
        check_schema(with_schema(content, schema), TYPES, WIDTH)
