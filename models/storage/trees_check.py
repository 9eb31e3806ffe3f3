"""Whether the text of a LightGBM model is one that our recipes write.

LightGBM takes the text at its word: a child beyond the nodes is read from memory that is not its
own, a circle of nodes is followed for ever, and sizes say where the next tree begins. Here each is
held against the others before the text is handed over.
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    """See that a text is whole trees over so many features at most.

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
        found = _TREE.fullmatch(text[at : at + size])
        if found is None or int(found[1]) != number:
            raise ValueError(f"tree {number} is not where it should be")
        _check_tree(number, dict(_pairs(found[2])), known)
        at += size
    if text[at:end].strip():
        raise ValueError("there is more than trees")


def _header(text: str) -> dict[str, str]:
    lines = text.rstrip("\n").split("\n")
    if lines[0] != "tree" or len(lines) != len(_HEADER) + 1:
        raise ValueError("they have another header")
    found = dict(_pairs("\n".join(lines[1:])))
    for name, form in _HEADER.items():
        if name not in found or not re.fullmatch(form, found[name]):
            raise ValueError(f"they have a wrong {name}")
    return found


def _pairs(text: str) -> list[tuple[str, str]]:
    split = (line.partition("=") for line in text.rstrip("\n").split("\n"))
    found = [(name, value) for name, _, value in split]
    if len(dict(found)) < len(found):
        raise ValueError("a line stands twice")
    return found


def _check_tree(number: int, lines: dict[str, str], features: int) -> None:
    """See that children are nodes or leaves, each has one parent, and numbers are finite."""
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
