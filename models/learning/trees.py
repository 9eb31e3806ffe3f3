"""Boosted trees as plain arrays: what decides their predictions, and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_TREES, MOST_LEAVES = 5_000, 4_096
"""Trees of a model and leaves of a tree [judgement]; our recipes make 600 and 127."""

_DECISIONS = (0, 2, 4, 6, 8, 10)
"""Kinds of decisions between numbers; odd ones are between categories, which we have none of."""

_HEADER = {
    "version": "v4", "num_class": "1", "num_tree_per_iteration": "1", "label_index": "0",
}  # fmt: skip

_SUMS = frozenset({"huber", "regression", "regression_l1", "fair", "quantile", "mape"})
"""Objectives whose prediction is the sum of the leaves; others transform it."""


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees over numbers, one after the other; a prediction is the sum of a leaf of each.

    Of a tree of n leaves the n − 1 nodes stand in the order in which they were made, and then its
    leaves: a child that is not negative is a node of the same tree, −1 is its first leaf.

    Attributes
    ----------
    features : NDArray[np.int32]
        How many features they are asked with, shape (1,).
    leaves : NDArray[np.int32]
        Leaves of each tree, shape (t,).
    feature : NDArray[np.int32]
        That each node looks at, shape (m,), m the sum of leaves − 1.
    threshold : Floats
        Up to which a value goes left, that one included, shape (m,).
    decision : NDArray[np.int8]
        LightGBM's kind of decision, of missing values and their side, shape (m,).
    left, right : NDArray[np.int16]
        Children, shape (m,).
    value : Floats
        Of each leaf, shape (sum of leaves,).
    """

    features: NDArray[np.int32]
    leaves: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: Floats
    decision: NDArray[np.int8]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    value: Floats

    TYPES: ClassVar[Mapping[str, str]] = {
        "features": "<i4", "leaves": "<i4", "feature": "<i4", "threshold": "<f8",
        "decision": "|i1", "left": "<i2", "right": "<i2", "value": "<f8",
    }  # fmt: skip
    """Types of the arrays, as NumPy writes them into files."""

    @classmethod
    def of(cls, estimator: Any) -> "Trees":
        """Take the trees of a fitted estimator of LightGBM.

        Raises
        ------
        ValueError
            If it decides between categories, or its prediction is no sum of leaves.
        """
        text = estimator.booster_.model_to_string()
        head = dict(re.findall(r"^(\w+)=(.*)$", text[: text.index("Tree=0\n")], re.MULTILINE))
        objective, *settings = head["objective"].split(" ")
        if objective not in _SUMS or "sqrt" in settings or "average_output" in text[:200]:
            raise ValueError("their prediction is no sum of leaves")
        for name, value in _HEADER.items():
            if head[name] != value:
                raise ValueError(f"they have another {name}")
        if re.search(r"^(?:num_cat|is_linear)=(?!0$)", text, re.MULTILINE):
            raise ValueError("they decide between categories, or have lines in their leaves")
        leaves = _numbers(text, "num_leaves")
        arrays: dict[str, NDArray[Any]] = {
            "features": np.array([int(head["max_feature_idx"]) + 1]),
            "leaves": leaves,
            "value": _of_trees(text, _LEAVES[0], leaves),
        }
        for line, name in _NODES.items():
            arrays[name] = _of_trees(text, line, leaves - 1)
        return cls(**{name: one.astype(cls.TYPES[name]) for name, one in arrays.items()})

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], features: int) -> "Trees":
        """Make trees of arrays that a file held.

        Parameters
        ----------
        arrays : Mapping
            Name of an attribute → array.
        features : int
            That they must be asked with.

        Raises
        ------
        ValueError
            If they are no complete trees over so many features.
        """
        if arrays.keys() != cls.TYPES.keys():
            raise ValueError("holds no trees")
        for name, kind in cls.TYPES.items():
            if arrays[name].ndim != 1 or arrays[name].dtype != np.dtype(kind):
                raise ValueError(f"its trees have a wrong {name}")
        trees = cls(**arrays)
        if trees.features.tolist() != [features]:
            raise ValueError("its trees ask for other features")
        trees._check_sizes()
        trees._check_nodes()
        return trees

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def booster_(self) -> Any:
        """LightGBM's model of these trees."""
        from lightgbm import Booster

        return Booster(model_str=self._text())

    def predict(self, known: Floats) -> Floats:
        """Predict from features, shape (n, p); shape (n,)."""
        return np.asarray(self.booster_.predict(known, num_threads=1), dtype=np.float64)

    def _check_sizes(self) -> None:
        count, most = len(self.leaves), self.leaves.max(initial=0)
        if not 0 < count <= MOST_TREES or self.leaves.min() < 1 or most > MOST_LEAVES:
            raise ValueError(f"holds {count} trees, the largest of {most} leaves")
        nodes, leaves = int(self.leaves.sum()) - count, int(self.leaves.sum())
        for name in _NODES.values():
            if len(getattr(self, name)) != nodes:
                raise ValueError(f"its trees have a wrong {name}")
        if len(self.value) != leaves:
            raise ValueError("its trees have a wrong value")

    def _check_nodes(self) -> None:
        """Check that children are nodes or leaves with one parent each, and numbers are finite."""
        if not (np.isfinite(self.threshold).all() and np.isfinite(self.value).all()):
            raise ValueError("its trees hold no finite numbers")
        if not ((self.feature >= 0) & (self.feature < self.features[0])).all():
            raise ValueError("its trees ask for a feature that is not there")
        if not np.isin(self.decision, _DECISIONS).all():
            raise ValueError("its trees decide between categories")
        starts = np.cumsum(self.leaves - 1) - (self.leaves - 1)
        for number, (start, leaves) in enumerate(zip(starts, self.leaves, strict=True)):
            inside = slice(start, start + leaves - 1)
            if not _is_tree(self.left[inside], self.right[inside], int(leaves)):
                raise ValueError(f"its tree {number} is no tree")

    def _text(self) -> str:
        """Write the trees as LightGBM reads them."""
        width = int(self.features[0])
        columns = {name: getattr(self, kind).tolist() for name, kind in (*_NODES.items(), _LEAVES)}
        head = "\n".join(f"{name}={value}" for name, value in _HEADER.items())
        names = " ".join(f"Column_{i}" for i in range(width))
        infos = " ".join(["none"] * width)
        lines = [f"tree\n{head}\nmax_feature_idx={width - 1}\nobjective=regression"]
        lines.append(f"feature_names={names}\nfeature_infos={infos}\n")
        node = leaf = 0
        for number, leaves in enumerate(self.leaves.tolist()):
            lines.append(f"Tree={number}\nnum_leaves={leaves}\nnum_cat=0")
            for name, column in columns.items():
                begin, count = (leaf, leaves) if name == _LEAVES[0] else (node, leaves - 1)
                lines.append(f"{name}={' '.join(map(repr, column[begin : begin + count]))}")
            lines.append("is_linear=0\nshrinkage=1\n\n")
            node, leaf = node + leaves - 1, leaf + leaves
        return "\n".join([*lines, "end of trees\n"])


_NODES = {
    "split_feature": "feature", "threshold": "threshold", "decision_type": "decision",
    "left_child": "left", "right_child": "right",
}  # fmt: skip
"""Lines of a tree as LightGBM writes it, and attribute."""

_LEAVES = ("leaf_value", "value")


def _numbers(text: str, name: str) -> Floats:
    """Return the numbers of all lines of a name."""
    lines = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
    return np.array(" ".join(lines).split(), dtype=np.float64)


def _of_trees(text: str, name: str, counts: Floats) -> Floats:
    """Return the numbers of a line of each tree; one leaf alone may say 0 of nodes it has not."""
    lines = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
    kept = [line for line, count in zip(_each(lines, counts), counts, strict=True) if count]
    return np.array(" ".join(kept).split(), dtype=np.float64)


def _each(lines: list[str], counts: Floats) -> list[str]:
    """Give every tree its line; where there are no nodes, there may be none."""
    if len(lines) == len(counts):
        return lines
    left = iter(lines)
    return [next(left) if count else "" for count in counts.tolist()]


def _is_tree(left: NDArray[np.int16], right: NDArray[np.int16], leaves: int) -> bool:
    """Return whether each node but the first, and each leaf, has one parent, which comes before."""
    children = np.concatenate([left, right]).astype(np.int64)
    every = np.concatenate([np.arange(1, leaves - 1), -np.arange(1, leaves + 1)])
    parents = np.tile(np.arange(leaves - 1), 2)
    if leaves == 1:
        return not len(children)
    return bool(
        np.array_equal(np.sort(children), np.sort(every))
        and ((children < 0) | (children > parents)).all()
    )
