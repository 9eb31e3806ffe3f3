"""Whether two folders of wide campaigns hold the same."""

import json
from pathlib import Path

import pyarrow as pa

from maiscreen.runners.work.parts import open_parts

FILES = ("ranking.parquet", "ingredients.parquet", "shortlist.csv")


def same(out: Path, reference: Path) -> None:
    """See that two folders hold the same results."""
    for name in FILES:
        assert (out / name).read_bytes() == (reference / name).read_bytes(), name
    assert whole(out).equals(whole(reference))
    ours, theirs = (json.loads((f / "manifest.json").read_bytes()) for f in (out, reference))
    for key in ("fingerprint", "counts", "gates", "bound", "campaign", "sources"):
        assert ours[key] == theirs[key], key


def whole(out: Path) -> pa.Table:
    table = open_parts(out).to_table()
    for name, kind in zip(table.schema.names, table.schema.types, strict=True):
        if pa.types.is_dictionary(kind):
            place = table.schema.get_field_index(name)
            table = table.set_column(place, name, table[name].cast(pa.string()))
    return table.sort_by("index").combine_chunks()
