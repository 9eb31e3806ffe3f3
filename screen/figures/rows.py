"""Which rows of a ranking a figure shows: those asked for, or the best."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from maiscreen.candidates.errors import InputError
from maiscreen.screen.facts.precursors import Catalogue, KnownPrecursor

Row = Mapping[str, Any]

MOST = 30
"""Rows of a figure: more are not read on a page."""

WIDE = "is a wide campaign: recipes are no precursors to draw; run one without a table [space]"

NOBODY = "nothing passed its gates: no ranks to draw; the figure funnel shows where all were lost"


_NUMBERS = ("rank", "rank_low", "rank_high", "p_top_k", "score")
_TEXTS = ("key", "formula")


def check(ranking: pa.Table) -> None:
    """Refuse a table that is no ranking of precursors.

    Raises
    ------
    InputError
        If it lacks a column that every figure needs, or it is of another type.
    """
    types = pa.types
    good = {**dict.fromkeys(_NUMBERS, _is_number), **dict.fromkeys(_TEXTS, types.is_string)}
    for name, is_good in good.items():
        if name not in ranking.column_names or not is_good(ranking.schema.field(name).type):
            raise InputError("ranking", name, "is no column of this table, or of another type")


def _is_number(kind: pa.DataType) -> bool:
    # Where nothing passed, columns of nothing have no type.
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind))


def ranked_rows(ranking: pa.Table, most: int) -> list[dict[str, Any]]:
    """Give those with a rank, best first.

    Raises
    ------
    InputError
        If there are none.
    """
    if ranking.num_rows == ranking["rank"].null_count:
        raise InputError("ranking", f"{ranking.num_rows} candidates", NOBODY)
    rows = ranking.filter(pc.less_equal(ranking["rank"], most)).to_pylist()
    return sorted(rows, key=lambda row: (row["rank"], row["key"]))


def find_rows(ranking: pa.Table, of: Sequence[str]) -> list[dict[str, Any]]:
    """Give the rows that are asked for by key, formula or name, in that order.

    Raises
    ------
    InputError
        If one is not there, or there are too many.
    """
    if len(of) > MOST:
        raise InputError("--of", f"{len(of)} precursors", f"give at most {MOST}")
    by_key = dict(zip(ranking["key"].to_pylist(), range(ranking.num_rows), strict=True))
    named = [one for one in dict.fromkeys(of) if one not in by_key]
    meant = _match_keys(ranking, named) if named else {}
    places = dict.fromkeys(by_key[meant.get(one, one)] for one in of)
    return [ranking.slice(place, 1).to_pylist()[0] for place in places]


def check_ranked(rows: Sequence[Row]) -> None:
    """Refuse rows that have none, with the reason."""
    for row in rows:
        if row["rank"] is None:
            why = row.get("rejected_reason") or row.get("failed_reason") or "not known why"
            raise InputError("--of", str(row["key"]), f"has no rank: {why}")


def _match_keys(ranking: pa.Table, texts: Sequence[str]) -> dict[str, str]:
    """Find the key of each text that is none itself, as `maiscreen lab import` reads them."""
    columns = ["key", "formula", "name", "cas"]
    rows = ranking.select([c for c in columns if c in ranking.column_names]).to_pylist()
    keys = {str(row.get("formula")): str(row["key"]) for row in reversed(rows)}
    known = [
        KnownPrecursor(str(r["formula"]), r.get("name") or "", r.get("cas") or "")
        for r in rows
        if r.get("formula")
    ]
    catalogue = Catalogue(known)
    by_text = {}
    for text in texts:
        try:
            formula = catalogue.find(text, "").precursor
        except InputError as error:
            raise InputError("--of", text, error.remedy) from None
        if formula not in keys:
            raise InputError("--of", text, f"{formula} is no candidate of this campaign")
        by_text[text] = keys[formula]
    return by_text
