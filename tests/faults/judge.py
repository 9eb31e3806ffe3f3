"""Whether a folder holds exactly the undisturbed tables."""

import json
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TOLD = ("fingerprint", "rows", "counts", "gates", "bound", "campaign", "sources")
"""What the manifest says of the result."""


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Attributes
    ----------
    rows_lost, rows_twice : int
        Candidates that stand nowhere, and those that stand somewhere again.
    differences : tuple of str
        What else is not as it was undisturbed.
    """

    rows_lost: int
    rows_twice: int
    differences: tuple[str, ...]

    @property
    def identical(self) -> bool:
        return not (self.rows_lost or self.rows_twice or self.differences)


def judged(out: Path, reference: Path, *, reasons: bool = True) -> Verdict:
    """Compare a folder with the undisturbed one.

    Parameters
    ----------
    out, reference : Path
        The folders.
    reasons : bool
        Whether the reasons of failures must be the same as well.
    """
    if not (out / "manifest.json").exists():
        return Verdict(0, 0, ("no manifest.json",))
    ours, theirs = _manifest(out), _manifest(reference)
    differences = [key for key in TOLD if ours.get(key) != theirs.get(key)]
    if sum(ours["counts"].values()) != theirs["rows"]:
        differences.append("passed + rejected + failed is not all")
    files = ("ranking.parquet", "ingredients.parquet", "shortlist.csv") if reasons else ()
    other = [name for name in files if _bytes(out / name) != _bytes(reference / name)]
    differences += [f"bytes of {name}" for name in other]
    lost, twice, columns = _compared(*(_tables(one, reasons) for one in (out, reference)))
    return Verdict(lost, twice, (*differences, *columns))


def _compared(ours: list[pa.Table], theirs: list[pa.Table]) -> tuple[int, int, list[str]]:
    lost = twice = 0
    differences = []
    for our, their in zip(ours, theirs, strict=True):
        key = their.column_names[0]
        here, there = _counted(our, key), _counted(their, key)
        lost += len(there - here)
        twice += (here - there).total()
        names = [*their.column_names, *(set(our.column_names) - set(their.column_names))]
        for name in names:
            both = name in our.column_names and name in their.column_names
            if not both or not our[name].combine_chunks().equals(their[name].combine_chunks()):
                differences.append(f"column {name}")
    return lost, twice, differences


def _counted(table: pa.Table, key: str) -> Counter[Hashable]:
    return Counter(table[key].to_pylist())


def _tables(out: Path, reasons: bool) -> list[pa.Table]:
    """Read ranking and table of candidates, key first, failures' reasons left out if so asked."""
    ranking = _plain(out / "ranking.parquet")
    if not reasons and "failed_reason" in ranking.column_names:
        ranking = ranking.drop_columns(["failed_reason"])
    parts = [_plain(path) for path in sorted((out / "candidates").glob("*.parquet"))]
    whole = pa.concat_tables(parts, promote_options="default")
    key = "index" if "index" in whole.column_names else "key"
    return [_first(ranking, key), _first(whole, key).sort_by(key)]


def _plain(path: Path) -> pa.Table:
    # In this thread alone, for the reason that maiscreen.runners.folder.files.from_parquet gives.
    table = pq.ParquetFile(path, pre_buffer=False).read(use_threads=False)
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(pa.string()))
    return table


def _first(table: pa.Table, key: str) -> pa.Table:
    return table.select([key, *(name for name in table.column_names if name != key)])


def _manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "manifest.json").read_bytes())
    return found


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
