"""A shortlist that is not ten tin compounds: the best few of each metal."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T", bound=Mapping[str, Any])

_SYMBOL = re.compile(r"[A-Z][a-z]?")


def diverse(
    rows: Iterable[T], metals: Callable[[T], frozenset[str]], per_metal: int, top: int
) -> list[T]:
    """Take rows in their order, unless one of their metals has been taken often enough.

    Parameters
    ----------
    rows : iterable of mapping
        Best first.
    metals : callable
        Row → metals of its layer.
    per_metal : int
        Rows with the same metal, at most.
    top : int
        Rows, at most; fewer come where there are no other metals.

    Examples
    --------
    >>> rows = [{"m": m, "rank": i} for i, m in enumerate(["Sn", "Sn", "Si", "Sn", "Ge"], 1)]
    >>> [row["rank"] for row in diverse(rows, lambda row: frozenset({row["m"]}), 1, 2)]
    [1, 3]
    """
    taken: Counter[str] = Counter()
    chosen: list[T] = []
    for row in rows:
        own = metals(row)
        if len(chosen) < top and all(taken[one] < per_metal for one in own):
            chosen.append(row)
            taken.update(own)
    return chosen


def metal_of(row: Mapping[str, Any]) -> frozenset[str]:
    """Give the metal of a homoleptic halide, its formula where no metal is named."""
    return frozenset({str(row.get("metal") or row.get("formula"))})


def metals_of_layer(row: Mapping[str, Any]) -> frozenset[str]:
    """Give the metals of a recipe's layer, from its phases.

    Examples
    --------
    >>> sorted(metals_of_layer({"phases": "0.6 Na15Sn4 + 0.4 NaSi"}))
    ['Si', 'Sn']
    """
    found = frozenset(_SYMBOL.findall(str(row.get("phases") or ""))) - {"Na"}
    return found or frozenset({str(row.get("recipe"))})
