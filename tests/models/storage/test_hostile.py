"""Cards, labels and training data from strangers."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.models.labels.evidence import evidence_of
from maiscreen.models.labels.labels import from_lines, load_labels, to_lines
from maiscreen.models.learning.card import Card
from maiscreen.models.storage.model import embedded_folder, load_card
from maiscreen.models.storage.store import model_entries, resolve
from maiscreen.models.training_files import files as training_files
from maiscreen.models.training_files.read import read_data
from maiscreen.runners.cli.model_cards import as_lines, as_markdown, card_text, table

SHEAR = "shear_modulus_gpa"
CARD: dict[str, Any] = json.loads((embedded_folder() / SHEAR / "card.json").read_text())
CARD.pop("seal_sha256")


def without(*path: str) -> Callable[[dict[str, Any]], None]:
    return lambda card: _holder(card, path).pop(path[-1])


def to(value: object, *path: str) -> Callable[[dict[str, Any]], None]:
    return lambda card: _holder(card, path).update({path[-1]: value})


def _holder(card: Any, path: tuple[str, ...]) -> Any:
    for key in path[:-1]:
        card = card[key]
    return card


@pytest.mark.parametrize(
    "change",
    [
        without("metrics", SHEAR), without("metrics", SHEAR, "grouped", "mae"),
        without("metrics", SHEAR, "grouped", "nominal"), to("x", "metrics", SHEAR, "grouped", "r2"),
        to(None, "metrics", SHEAR, "grouped", "rows"), to([], "metrics", SHEAR),
        to(1, "metrics", SHEAR, "grouped"), to(1e300, "seconds"), to(10**400, "seed"),
        to({"model.skops": 7}, "files"), to({"numpy": []}, "packages"), to({"a": 1}, "splits"),
        to(1e30, "calibration", "floor"), to("x", "student", "agreement", "mae"),
        without("student", "agreement", "rows"), to([], "student", "metrics", "grouped"),
        to(1e300, "student", "seconds"),
    ],
)  # fmt: skip
def test_a_card_that_could_not_be_shown_is_none(change: Any, tmp_path: Path) -> None:
    card = json.loads(json.dumps(CARD))
    change(card)
    with pytest.raises(InputError, match="model = "):
        Card.from_json(json.dumps(card))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "card.json").write_text(json.dumps(card))
    found = [one for one in model_entries(tmp_path) if one.name == "mine"]
    assert "damaged" in table(found)
    assert json.loads(as_lines(found))["error"]


@pytest.mark.parametrize("text", ['{"format": NaN}', '{"format": 1, "format": 1}', "[" * 9999])
def test_a_card_that_is_no_sound_json(text: str) -> None:
    with pytest.raises(InputError, match="give the folder of a model"):
        Card.from_json(text)


def test_texts_of_a_card_do_not_steer_the_terminal(tmp_path: Path) -> None:
    card = CARD | {"name": "a\x1b[2J", "recipe": "\x9b2J", "parent": "\u202e"}
    (tmp_path / "card.json").write_text(json.dumps(card))
    shown = card_text(load_card(tmp_path)).replace("\n", "")
    assert shown.isprintable()
    assert as_markdown([])


def test_a_card_of_any_size_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_bytes(b" " * (limits.CARD_BYTES + 1))
    with pytest.raises(InputError, match="more than 4,194,304 bytes"):
        load_card(tmp_path)


@pytest.mark.parametrize("name", ["..", "", ".", "/etc", "a/b", "a\0"])
def test_a_store_uses_no_folders_elsewhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "in_use.json").write_text(json.dumps({SHEAR: {"name": name, "sha256": ""}}))
    with pytest.raises(InputError, match="is damaged"):
        resolve(tmp_path)


@pytest.mark.parametrize(
    "details",
    [{"legacy_ev_atom": "x"}, {"mp2020_ev_atom": []}, {"barrier_by_dimension_ev": 5},
     {"barrier_by_dimension_ev": ["a", "b", "c"]}, {"cleavage_j_m2": {}}],
)  # fmt: skip
def test_details_of_labels_that_would_be_reckoned_with(details: dict[str, Any]) -> None:
    line = json.loads(to_lines(load_labels()[:1]))
    with pytest.raises(InputError, match=r"line 1.*details\."):
        from_lines(json.dumps(line | {"details": details}))


def test_a_table_of_labels_of_any_size_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LABELS_BYTES", 1000)
    (tmp_path / "labels.jsonl").write_bytes(b"\n" * 1001)
    with pytest.raises(InputError, match="more than 1,000 bytes"):
        evidence_of(str(tmp_path))


def parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    metadata = columns.pop("metadata", None)
    made = pa.table(columns)
    if metadata:
        fields = [made.schema.field(0).with_metadata(metadata), *list(made.schema)[1:]]
        made = made.cast(pa.schema(fields))
    pq.write_table(made, sink)
    return sink.getvalue()


FORMULAS = ["NaCl", "KCl", "Na2O"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (parquet(formula=pa.array([b"\xff"] * 3).view(pa.string()), value=[1.0, 2, 3]), "UTF-?8"),
        (parquet(formula=FORMULAS, value=[1.0, 2, 3], metadata={"unit": b"\xff"}), "no sound"),
        (parquet(formula=[["NaCl"]], value=[1.0]), "lists or tables"),
        (b"formula,value\n" + b"a," * 100 + b"\n", "cells"),
        (b"formula,value" + b",a" * 100_000, "more than 2,000 columns"),
        (b'formula,value\n"' + b"x" * 200_000, "no sound CSV"),
        (b"formula,value\n\xff,1", "UTF-8"),
    ],
)  # fmt: skip
def test_tables_that_are_not_read(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "mine"
    path.write_bytes(content)
    with pytest.raises(InputError, match=why):
        read_data(SHEAR, path, "GPa")


def test_whole_numbers_beyond_a_float_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_bytes(parquet(formula=FORMULAS, value=[1, 2, 2**53 + 1]))
    assert len(read_data(SHEAR, path, "GPa").training.formulas) == 2


def test_empty_cells_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cell of a wide table takes as much memory as a full one."""
    monkeypatch.setattr(training_files, "SIZE", replace(training_files.SIZE, cells=1000))
    header = "formula,value," + ",".join(f"c{k}" for k in range(98))
    (tmp_path / "mine").write_text(header + ("\nNaCl,1" + "," * 98) * 11)
    with pytest.raises(InputError, match="more than 10 rows"):
        read_data(SHEAR, tmp_path / "mine", "GPa")
