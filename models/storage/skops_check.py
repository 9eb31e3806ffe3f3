"""What the schema of a skops file says, looked at before skops makes anything of it.

skops trusts the estimators of scikit-learn by itself, some of which keep nodes of trees that nobody
checks, and sets whatever attributes a file names. Ours hold LightGBM's regressors, arrays and plain
values, and nothing else is let through.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from maiscreen.candidates.reading import limits
from maiscreen.models.storage.trees_check import check_trees

SCHEMA = "schema.json"

PLAIN = frozenset({
    ("builtins.dict", "DictNode"), ("builtins.list", "ListNode"), ("builtins.str", "JsonNode"),
    ("builtins.tuple", "TupleNode"), ("builtins.str", "TypeNode"), ("numpy.ndarray", "NdArrayNode"),
    ("builtins.int", "TypeNode"), ("builtins.float", "TypeNode"), ("builtins.bool", "TypeNode"),
    ("collections.defaultdict", "DefaultDictNode"), ("collections.OrderedDict", "TypeNode"),
    ("numpy.float64", "NdArrayNode"),
})  # fmt: skip
"""Types that every file may hold, with the way that skops reads them."""

REGRESSOR, BOOSTER = "lightgbm.sklearn.LGBMRegressor", "lightgbm.basic.Booster"

_OWN = frozenset({
    "_Booster", "_evals_result", "_best_score", "_best_iteration", "_other_params", "_objective",
    "class_weight", "_class_weight", "_class_map", "_fitted_with_feature_names", "_n_features",
    "_n_features_in", "_classes", "_n_classes", "fitted_", "alpha", "deterministic",
    "force_row_wise", "verbose", "n_features_in_", "feature_names_in_", "_sklearn_version",
})  # fmt: skip
"""Attributes of a fitted regressor beside its settings."""

_NEEDED = ("_Booster", "_n_features", "_n_features_in", "fitted_")
"""Those of them without which no regressor answers."""

_OF_BOOSTER = ("best_iteration", "pandas_categorical")
"""Attributes, beside its trees, without which no booster answers."""

_MOST_THREADS = 64


def check_schema(content: bytes, types: Sequence[str], features: int) -> None:
    """See that a file of skops holds what a model of ours can hold, and no more than that.

    Parameters
    ----------
    content : bytes
        Of the file.
    types : sequence of str
        What it may hold beside plain values and arrays.
    features : int
        Columns that its estimators are asked with, at most.

    Raises
    ------
    ValueError, zipfile.BadZipFile
        If it does not.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
        if len(sizes) < len(archive.infolist()):
            raise ValueError("a member stands twice")
        if sum(sizes.values()) > limits.MODEL_UNPACKED_BYTES:
            raise ValueError("unpacks to too much")
        schema = limits.parsed_json(archive.read(SCHEMA))
    _told(schema, {})
    unpacked = 0
    for node in _nodes(schema):
        unpacked += sizes.get(str(node.get("file")), 0)
        _check_node(node, frozenset(types), features)
    # An array may be named by many nodes, and each makes its own.
    if unpacked > limits.MODEL_UNPACKED_BYTES:
        raise ValueError("unpacks to too much")


def _told(one: Any, known: dict[Any, bytes]) -> bytes:
    """Hash what a piece of a schema says, and see that what has one identity says one thing.

    Of nodes with the same ``__id__`` skops reads one and takes it for all: what was looked at in
    the others would not be what is made.
    """
    if isinstance(one, list):
        return hashlib.sha256(b"".join([_told(part, known) for part in one])).digest()
    if not isinstance(one, dict):
        return hashlib.sha256(repr(one).encode()).digest()
    parts = [(key, value) for key, value in one.items() if key != "__id__"]
    content = b"".join(_told(key, known) + _told(value, known) for key, value in parts)
    found = hashlib.sha256(b"object" + content).digest()
    if "__id__" in one and known.setdefault(one["__id__"], found) != found:
        raise ValueError("tells one object in two ways")
    return found


def _nodes(whole: Any) -> Iterator[Mapping[str, Any]]:
    """Give every node of a schema, without recursion."""
    left = [whole]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            if "__class__" in one or "__loader__" in one:
                yield one
            left += one.values()
        elif isinstance(one, list):
            left += one


def _check_node(node: Mapping[str, Any], types: frozenset[str], features: int) -> None:
    name = f"{node.get('__module__')}.{node.get('__class__')}"
    loader = node.get("__loader__")
    if (name, loader) not in PLAIN and name not in types:
        raise ValueError(f"holds foreign types ({name:.60})")
    if name in types and loader not in ("ObjectNode", "TypeNode"):
        raise ValueError(f"holds a {name} that is read by {loader!s:.30}")
    if loader == "NdArrayNode" and node.get("type") != "numpy":
        raise ValueError("holds an array of objects")
    if loader == "DictNode":
        _check_keys(node)
    if loader == "ObjectNode" and name == BOOSTER:
        _check_booster(_attributes(node), features)
    if loader == "ObjectNode" and name == REGRESSOR:
        _check_regressor(_attributes(node))


def _check_keys(node: Mapping[str, Any]) -> None:
    """See that every key is a text: skops makes them anew, and leaves out what has no type."""
    keys, types = node.get("content"), node.get("key_types")
    told = types.get("content") if isinstance(types, dict) else None
    if not (isinstance(keys, dict) and isinstance(told, list) and len(keys) == len(told)):
        raise ValueError("holds a table without the types of its keys")
    if any(map(_is_no_text, told)):
        raise ValueError("holds a table whose keys are no texts")


def _is_no_text(node: Any) -> bool:
    of = [node.get(name) for name in ("__module__", "__class__", "__loader__")]
    return of != ["builtins", "str", "TypeNode"]


def _attributes(node: Mapping[str, Any]) -> Mapping[str, Any]:
    content = node.get("content")
    held = content.get("content") if isinstance(content, dict) else None
    if not isinstance(held, dict):
        raise ValueError("holds an estimator without attributes")
    return held


def _check_booster(attributes: Mapping[str, Any], features: int) -> None:
    """See that trees are trees, that they answer, and that nothing takes the place of a method."""
    from lightgbm import Booster

    text = _plain(attributes.get("_handle"))
    if not isinstance(text, str):
        raise ValueError("holds no trees")
    check_trees(text, features)
    _check_names(attributes, (key for key in attributes if hasattr(Booster, key)), _OF_BOOSTER)
    if type(_plain(attributes["best_iteration"])) is not int:
        raise ValueError("holds trees whose best iteration is no number")


def _check_regressor(attributes: Mapping[str, Any]) -> None:
    """See that a regressor was fitted, and that it has settings of ours."""
    from lightgbm import LGBMRegressor

    settings = LGBMRegressor().get_params()
    _check_names(attributes, attributes.keys() - {*settings, *_OWN}, {*settings, *_NEEDED})
    if _plain(attributes["fitted_"]) is not True:
        raise ValueError("holds an estimator that was never fitted")
    _check_settings({**attributes, **_held(attributes.get("_other_params"), settings)})
    threads = _plain(attributes.get("n_jobs"))
    if threads is not None and not (isinstance(threads, int) and -1 <= threads <= _MOST_THREADS):
        raise ValueError(f"asks for {threads!r:.20} threads")


def _check_names(
    attributes: Mapping[str, Any], foreign: Iterable[str], needed: Iterable[str]
) -> None:
    first = min(foreign, default=None)
    if first is not None:
        raise ValueError(f"holds a foreign attribute {first!r:.40}")
    lacking = min({*needed} - attributes.keys(), default=None)
    if lacking is not None:
        raise ValueError(f"holds an estimator without {lacking}")


def _held(node: Any, settings: Iterable[str]) -> Mapping[str, Any]:
    """Give what a node of a dict holds, which is passed on to LightGBM as settings."""
    if node is None:
        return {}
    held = _attributes({"content": node})
    foreign = held.keys() - {*_OTHER_SETTINGS, *settings}
    if foreign:
        raise ValueError(f"holds a foreign setting {min(foreign)!r:.40}")
    return held


_OTHER_SETTINGS = frozenset({"alpha", "deterministic", "force_row_wise", "verbose"})
"""Settings of our recipes beside those that a regressor has by itself."""


def _check_settings(attributes: Mapping[str, Any]) -> None:
    """See that texts are words: LightGBM is given all settings as one text, blanks between."""
    for name, node in attributes.items():
        value = _plain(node)
        if isinstance(value, str) and not _WORD.fullmatch(value):
            raise ValueError(f"holds no word for {name:.40}")


_WORD = re.compile(r"[A-Za-z0-9_.-]{0,40}")


def _plain(node: Any) -> Any:
    """Give the value that a node of JSON holds; None for what is none."""
    if not isinstance(node, dict) or node.get("__loader__") != "JsonNode":
        return None
    return limits.parsed_json(str(node.get("content")))
