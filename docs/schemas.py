"""Write the JSON schemas of the files that a user writes, for editors: python docs/schemas.py.

Types, bounds, defaults and words come from the models; what a setting means, from their docstrings.
"""

import inspect
import json
from pathlib import Path
from typing import Any

from numpydoc.docscrape import NumpyDocString

from maiscreen.candidates.reading.settings import json_schema
from maiscreen.runners.cluster.queue_file import ClusterFile
from maiscreen.screen.campaign.campaign import Campaign, Weights
from maiscreen.screen.campaign.space import Space

FOLDER = Path(__file__).parent / "schema"

MODELS = {"campaign": Campaign, "cluster": ClusterFile}
"""Files of a user by the names of their schemas."""

TABLES = {"weights": Weights, "space": Space}

UNITS = {"c": "°C", "pa": "Pa", "ev_atom": "eV/atom", "s": "s"}
"""Units by the end of a name; the longest that fits counts."""

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The newest that all editors know."""


def schema(name: str) -> dict[str, Any]:
    """Write the schema of a kind of file."""
    whole = _explained(MODELS[name])
    for table in TABLES.keys() & whole["properties"].keys():
        whole["properties"][table] |= _explained(TABLES[table])
    return {"$schema": DIALECT, **whole, "title": f"maiscreen: {name} file"}


def _explained(model: Any) -> dict[str, Any]:
    """Give the schema of a model with title, meaning, unit and examples of each setting."""
    doc = NumpyDocString(inspect.getdoc(model) or "")
    meanings = {entry.name: " ".join(entry.desc).replace("``", "`") for entry in doc["Attributes"]}
    whole = json_schema(model)
    for name, (key, part) in zip(meanings, whole["properties"].items(), strict=True):
        unit, words = unit_of(name), part.get("x-takes")
        title = key.removesuffix(f"_{_end(key)}").replace("_", " ").capitalize()
        part["title"] = f"{title} ({unit})" if unit else title
        part["description"] = meanings[name] + (f" Takes {words}." if words else "")
        if unit:
            part["x-unit"] = unit
        # Empty stands for a setting that is left out; an editor would write it down.
        if "properties" in part or (part.get("default") in ("", None) and "pattern" in part):
            part.pop("default", None)
        if "properties" not in part and "examples" not in part:
            part["examples"] = [_example(part)]
    return {**whole, "title": model.__name__, "description": " ".join(doc["Summary"])}


def unit_of(name: str) -> str:
    """Give the unit of a setting; empty if it has none."""
    return UNITS.get(_end(name), "")


def _end(name: str) -> str:
    ends = [end for end in UNITS if name.endswith(f"_{end}")]
    return max(ends, key=len, default="")


def _example(part: dict[str, Any]) -> object:
    """Give a value: two words of a list, the last of some words, true."""
    if part["type"] == "array":
        return part["items"]["enum"][:2]
    return part["enum"][-1] if "enum" in part else True


def text(name: str) -> str:
    """Write the file of a schema."""
    return json.dumps(schema(name), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for kind in MODELS:
        (FOLDER / f"{kind}.json").write_text(text(kind), encoding="utf-8")
