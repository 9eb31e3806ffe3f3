"""Files of skops: read only if every type in them is one of ours."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.descriptors.composition.features import FEATURE_LABELS

MOST_TREES, MOST_LEAVES = 5_000, 4_096
"""Trees of a model and leaves of a tree [judgement]; our recipes make 600 and 127."""

_HEADER = {
    "version": r"v4", "num_class": r"1", "num_tree_per_iteration": r"1", "label_index": r"0",
    "max_feature_idx": r"\d{1,6}", "objective": r"huber|regression",
    "feature_names": r"[\w ]*", "feature_infos": r"[-+.:\w\[\] ]*", "tree_sizes": r"[\d ]*",
}  # fmt: skip
"""Lines before the trees."""

_TREE = re.compile(r"Tree=(\d{1,5})\n((?:[a-z_]+=[-+.einfa\d ]*\n)+)\n\n")

_NODES = ("split_feature", "threshold", "decision_type", "left_child", "right_child", "split_gain")
_LEAVES = ("leaf_value", "leaf_weight", "leaf_count")
_INNER = ("internal_value", "internal_weight", "internal_count")
_ALONE = ("num_leaves", "num_cat", "is_linear", "shrinkage")

_DECISIONS = frozenset({0, 2, 4, 6, 8, 10})
"""Kinds of decisions between numbers; odd ones are between categories, which we have none of."""


def check_trees(text: str, features: int) -> None:
    """Check that a text holds complete trees over at most so many features.

    Raises
    ------
    ValueError
        If it is not; it says where.
    """
    begin = text.find("Tree=0\n")
    end = text.find("end of trees\n", begin)
    if begin < 0 or end < 0:
        raise ValueError("there are no trees")
    head = _header(text[:begin])
    known = int(head["max_feature_idx"]) + 1
    if not 0 < known <= features:
        raise ValueError(f"they ask for {known} features")
    sizes, at = [int(word) for word in head["tree_sizes"].split()], begin
    if not 0 < len(sizes) <= MOST_TREES:
        raise ValueError(f"there are {len(sizes)} trees")
    for number, size in enumerate(sizes):
        match = _TREE.fullmatch(text[at : at + size])
        if match is None or int(match[1]) != number:
            raise ValueError(f"tree {number} is not where it should be")
        _check_tree(number, dict(_pairs(match[2])), known)
        at += size
    if text[at:end].strip():
        raise ValueError("there is more than trees")


def _header(text: str) -> dict[str, str]:
    lines = text.rstrip("\n").split("\n")
    if lines[0] != "tree" or len(lines) != len(_HEADER) + 1:
        raise ValueError("they have another header")
    header = dict(_pairs("\n".join(lines[1:])))
    for name, form in _HEADER.items():
        if name not in header or not re.fullmatch(form, header[name]):
            raise ValueError(f"they have a wrong {name}")
    return header


def _pairs(text: str) -> list[tuple[str, str]]:
    split = (line.partition("=") for line in text.rstrip("\n").split("\n"))
    pairs = [(name, value) for name, _, value in split]
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a line stands twice")
    return pairs


def _check_tree(number: int, lines: dict[str, str], features: int) -> None:
    """Check that children are nodes or leaves, each has one parent, and numbers are finite."""
    known = {*_NODES, *_LEAVES, *_INNER, *_ALONE}
    if not {*_ALONE, "leaf_value"} <= lines.keys() or not lines.keys() <= known:
        raise ValueError(f"tree {number} has other lines")
    leaves = int(lines["num_leaves"])
    alone = lines["num_cat"] == "0" and lines["is_linear"] == "0"
    if not alone or not 1 <= leaves <= MOST_LEAVES:
        raise ValueError(f"tree {number} has {leaves} leaves, or is of another kind")
    wanted = dict.fromkeys(_NODES + _INNER, leaves - 1) | dict.fromkeys(_LEAVES, leaves)
    arrays: dict[str, NDArray[np.float64]] = {}
    for name in lines.keys() - set(_ALONE):
        arrays[name] = np.array(lines[name].split(), dtype=np.float64)
        # One leaf alone is written with a number where there are no nodes.
        fits = len(arrays[name]) == wanted[name] or (leaves == 1 and len(arrays[name]) <= 1)
        if not fits or not np.isfinite(arrays[name]).all():
            raise ValueError(f"tree {number} has a wrong {name}")
    if leaves > 1:
        _check_nodes(number, arrays, leaves, features)


def _check_nodes(number: int, arrays: dict[str, Any], leaves: int, features: int) -> None:
    if not set(_NODES[:5]) <= arrays.keys():
        raise ValueError(f"tree {number} has no nodes")
    feature, kind = arrays["split_feature"], arrays["decision_type"]
    if not ((feature >= 0) & (feature < features) & (feature % 1 == 0)).all():
        raise ValueError(f"tree {number} asks for a feature that is not there")
    if not set(kind.tolist()) <= _DECISIONS:
        raise ValueError(f"tree {number} decides between categories")
    children = np.concatenate([arrays["left_child"], arrays["right_child"]])
    every = np.concatenate([np.arange(1, leaves - 1), -np.arange(1, leaves + 1)])
    # Each node but the first, and each leaf, is the child of one node, which stands before it.
    parents = np.tile(np.arange(leaves - 1), 2)
    if (
        not np.array_equal(np.sort(children), np.sort(every))
        or not ((children < 0) | (children > parents)).all()
    ):
        raise ValueError(f"tree {number} is no tree")


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
    """Refuse a skops file that holds anything which a maiscreen model does not.

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
        schema = limits.parse_json(archive.read(SCHEMA))
    _hash_piece(schema, {})
    unpacked_bytes = 0
    for node in _nodes(schema):
        unpacked_bytes += sizes.get(str(node.get("file")), 0)
        _check_node(node, frozenset(types), features)
    # An array may be named by many nodes, and each makes its own.
    if unpacked_bytes > limits.MODEL_UNPACKED_BYTES:
        raise ValueError("unpacks to too much")


def _hash_piece(piece: Any, known: dict[Any, bytes]) -> bytes:
    """Hash a piece of a schema; refuse two contents under one ``__id__``.

    Of nodes with the same ``__id__`` skops reads one and uses it for all, so that the checked
    content of the others would not be what is built.
    """
    if isinstance(piece, list):
        return hashlib.sha256(b"".join([_hash_piece(part, known) for part in piece])).digest()
    if not isinstance(piece, dict):
        return hashlib.sha256(repr(piece).encode()).digest()
    parts = [(key, value) for key, value in piece.items() if key != "__id__"]
    content = b"".join(_hash_piece(key, known) + _hash_piece(value, known) for key, value in parts)
    digest = hashlib.sha256(b"object" + content).digest()
    if "__id__" in piece and known.setdefault(piece["__id__"], digest) != digest:
        raise ValueError("tells one object in two ways")
    return digest


def _nodes(whole: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every node of a schema, without recursion."""
    left = [whole]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            if "__class__" in node or "__loader__" in node:
                yield node
            left += node.values()
        elif isinstance(node, list):
            left += node


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
    """Check that every key is a text: skops rebuilds keys and drops those without a type."""
    keys, types = node.get("content"), node.get("key_types")
    key_types = types.get("content") if isinstance(types, dict) else None
    if not (isinstance(keys, dict) and isinstance(key_types, list) and len(keys) == len(key_types)):
        raise ValueError("holds a table without the types of its keys")
    if any(map(_is_no_text, key_types)):
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
    """Check the trees and their prediction settings; no attribute may shadow a method."""
    from lightgbm import Booster

    text = _plain(attributes.get("_handle"))
    if not isinstance(text, str):
        raise ValueError("holds no trees")
    check_trees(text, features)
    _check_names(attributes, (key for key in attributes if hasattr(Booster, key)), _OF_BOOSTER)
    if type(_plain(attributes["best_iteration"])) is not int:
        raise ValueError("holds trees whose best iteration is no number")


def _check_regressor(attributes: Mapping[str, Any]) -> None:
    """Check that a regressor was fitted, with the settings that maiscreen uses."""
    from lightgbm import LGBMRegressor

    settings = LGBMRegressor().get_params()
    _check_names(attributes, attributes.keys() - {*settings, *_OWN}, {*settings, *_NEEDED})
    if _plain(attributes["fitted_"]) is not True:
        raise ValueError("holds an estimator that was never fitted")
    _check_settings({**attributes, **_settings_of(attributes.get("_other_params"), settings)})
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


def _settings_of(node: Any, settings: Iterable[str]) -> Mapping[str, Any]:
    """Return what a node of a dict holds, which is passed on to LightGBM as settings."""
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
    """Check that texts are words: LightGBM is given all settings as one text, blanks between."""
    for name, node in attributes.items():
        value = _plain(node)
        if isinstance(value, str) and not _WORD.fullmatch(value):
            raise ValueError(f"holds no word for {name:.40}")


_WORD = re.compile(r"[A-Za-z0-9_.-]{0,40}")


def _plain(node: Any) -> Any:
    """Return the value that a node of JSON holds; None for what is none."""
    if not isinstance(node, dict) or node.get("__loader__") != "JsonNode":
        return None
    return limits.parse_json(str(node.get("content")))


AGAIN = "train it again"


def pack(whole: Any) -> bytes:
    """Write an object as skops does, compressed."""
    from skops.io import dumps

    return bytes(dumps(whole, compression=zipfile.ZIP_DEFLATED))


def unpack(folder: Path | Traversable, name: str, content: bytes, types: Sequence[str]) -> Any:
    """Read what :func:`pack` wrote.

    Parameters
    ----------
    folder, name
        Of the file, for errors.
    content : bytes
        Of the file.
    types : sequence of str
        What may be in it beside that which skops trusts by itself, such as arrays.

    Raises
    ------
    InputError
        If it is no such file, too large, or holds other types.
    """
    from skops.io import loads

    try:
        # The model of errors is asked with the prediction as well.
        check_schema(content, types, len(FEATURE_LABELS) + 1)
        return loads(content, trusted=list(types))
    except Exception as error:
        # Whatever is wrong with a foreign file: it is not ours.
        why = str(error) if type(error) is ValueError else type(error).__name__
        remedy = f"its {name} cannot be read ({why:.120}); {AGAIN}"
        raise InputError("model", str(folder), remedy) from None
