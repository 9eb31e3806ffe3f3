"""Parquet files of others: the same tables as Arrow reads, and bombs that are not unpacked."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.parquet import (
    UnsupportedParquetError,
    check_pages,
    read_parquet,
    read_struct,
)


def written(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


TABLE = pa.table(
    {
        "text": ["a", None, "ü"],
        "number": [1.5, None, float("nan")],
        "whole": pa.array([1, 2, 3], pa.int32()),
        "few": pa.array(["x", "y", "x"]).dictionary_encode(),
        "yes": [True, None, False],
        "day": pa.array([0, 1, 2], pa.timestamp("us")),
    },
    metadata={"a": "b"},
)


@pytest.mark.parametrize("compression", ["none", "zstd", "snappy", "gzip"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_gives_what_arrow_gives(compression: str, version: str) -> None:
    content = written(TABLE, compression=compression, data_page_version=version, row_group_size=2)
    found = read_parquet(content, 3)
    assert found.schema.equals(TABLE.schema, check_metadata=True)
    assert found.drop(["number"]).equals(TABLE.drop(["number"]))
    assert str(found["number"].to_pylist()) == "[1.5, None, nan]"


TEXTS = [pa.string(), pa.large_string(), pa.binary()]
NUMBERS = [pa.float64(), pa.int32(), pa.int64(), pa.timestamp("us")]
ENCODINGS = {
    "PLAIN": [*TEXTS, *NUMBERS, pa.bool_()],
    "DELTA_LENGTH_BYTE_ARRAY": TEXTS,
    "BYTE_STREAM_SPLIT": [pa.float64(), pa.float32(), pa.int32()],
    "DELTA_BINARY_PACKED": NUMBERS[1:],
    "RLE": [pa.bool_()],
}


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize(
    ("encoding", "kind"), [(e, kind) for e, kinds in ENCODINGS.items() for kind in kinds], ids=str
)
def test_encodings(encoding: str, kind: pa.DataType, version: str) -> None:
    values = pa.array([1, None, 0, 1, 1]).cast(pa.string() if kind in TEXTS else kind).cast(kind)
    table = pa.table({"a.b": range(5), "a": values, "t": ["x", "y", None, "", "ü"]})
    content = written(
        table, use_dictionary=["t"], column_encoding={"a": encoding, "a.b": "PLAIN"},
        data_page_version=version, row_group_size=2,
    )  # fmt: skip
    assert encoding in pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0).column(1).encodings
    found = read_parquet(content, 5)
    assert found.equals(table)
    assert found.schema == table.schema


@pytest.mark.parametrize("name", ["duckdb_groups.parquet", "texts_by_length.parquet"])
def test_files_of_duckdb(name: str) -> None:
    """It writes texts by their lengths where a dictionary does not pay, group of rows by group."""
    path = Path(__file__).parent / "data" / name
    table = read_parquet(path.read_bytes(), 10_000)
    assert table.equals(pq.read_table(path))
    if name == "duckdb_groups.parquet":
        about = pq.ParquetFile(path).metadata
        groups = [about.row_group(k).column(0).encodings for k in range(about.num_row_groups)]
        assert groups == [("RLE_DICTIONARY",), ("DELTA_LENGTH_BYTE_ARRAY",)]


def test_texts_by_length_count_as_long_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"use_dictionary": False, "column_encoding": "DELTA_LENGTH_BYTE_ARRAY"}
    content = written(pa.table({"t": ["x" * 10_000] * 1000}), compression="zstd", **options)
    assert len(content) < 10_000
    assert read_parquet(content, 1000).num_rows == 1000
    monkeypatch.setattr(limits, "PARQUET_BYTES", 5_000_000)
    with pytest.raises(ValueError, match="unpacks to more than"):
        read_parquet(content, 1000)


def test_lengths_beside_a_dictionary_are_named() -> None:
    """Pages of a dictionary may stand for texts of any length, and can't be read as one here."""
    texts = pa.table({"t": [f"text {k}" for k in range(5000)]})
    content = written(texts, dictionary_pagesize_limit=100, data_page_size=100, write_batch_size=10)
    plain, by_length = b"\x15\x00\x15\x06\x15\x06", b"\x15\x0c\x15\x06\x15\x06"
    assert plain in content
    with pytest.raises(UnsupportedParquetError, match="DELTA_LENGTH_BYTE_ARRAY beside a dict"):
        read_parquet(content.replace(plain, by_length), 5000)


def test_columns_of_one_name_are_told() -> None:
    table = pa.table([pa.array(["x"]), pa.array(["y"])], names=["a", "a"])
    content = written(table, use_dictionary=False, column_encoding="DELTA_LENGTH_BYTE_ARRAY")
    with pytest.raises(UnsupportedParquetError, match="two columns of one name"):
        read_parquet(content, 5)


@pytest.mark.parametrize("dictionary", [True, False])
def test_a_table_without_rows(dictionary: bool) -> None:
    """Written by the piece, it has a group of rows whose columns lie nowhere."""
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, TABLE.schema, use_dictionary=dictionary) as writer:
        writer.write_table(TABLE[:0])
    found = read_parquet(sink.getvalue(), 0)
    assert (found.num_rows, found.schema) == (0, TABLE.schema)
    assert read_parquet(written(TABLE[:0]), 0).equals(found)


def test_a_small_page_that_unpacks_to_much_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zeros = written(pa.table({"a": np.zeros(2_000_000)}), compression="zstd", use_dictionary=False)
    assert len(zeros) < 100_000
    assert read_parquet(zeros, 2_000_000).num_rows == 2_000_000
    monkeypatch.setattr(limits, "PARQUET_BYTES", 15_000_000)
    with pytest.raises(ValueError, match="unpacks to more than"):
        read_parquet(zeros, 2_000_000)


def test_pages_count_and_not_what_the_footer_says_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = written(pa.table({"a": np.zeros(1000)}), compression="zstd", use_dictionary=False)
    # The header of the first page: its kind (15 00), then what it unpacks to, zigzag.
    assert zeros[4:9] == b"\x15\x00\x15\x8e\x7d"
    assert read_struct(zeros, 4, len(zeros))[0][2] == 8007
    monkeypatch.setattr(limits, "PARQUET_BYTES", 8100)
    check_pages(zeros, 1000)
    with pytest.raises(ValueError, match="unpacks to more than"):
        check_pages(zeros[:7] + b"\xfe\x7f" + zeros[9:], 1000)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            written(
                pa.table({"t": pa.DictionaryArray.from_arrays(
                    pa.array(np.zeros(10_000, np.int32)), pa.array(["x" * 1_000_000]))}),
                store_schema=False,
            ),
            "GiB of text",
        ),
        (
            written(pa.table({"t": pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(10_000, np.int32)), pa.array(["x" * 1_000_000]))})),
            "GiB of text",
        ),
        (
            written(pa.table({"t": ["x" * 10_000] * 10_000}), use_dictionary=False,
                    column_encoding="DELTA_BYTE_ARRAY"),
            "DELTA_BYTE_ARRAY",
        ),
        (written(pa.table({"a": [[1]]})), "lists or tables"),
        (written(pa.table({"a": [{"b": 1}]})), "lists or tables"),
        (written(pa.table({"a": pa.array([b"1" * 99], pa.binary(99))})), "long values"),
        (written(pa.table({"a": range(20_000)})), "more than 10,000 rows"),
        (written(pa.table({"a": pa.array([b"\xff"]).view(pa.string())})), "(?i)utf"),
        (b"", "no Parquet"),
        (b"PAR1" + b"\xff" * 100 + b"PAR1", "no Parquet"),
        (b"PAR1" + b"\x1c" * 100 + b"\x60\0\0\0PAR1", "footer is nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_not_read(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_parquet(content, 10_000)


def test_a_group_with_fewer_columns_than_the_schema_is_refused() -> None:
    """Arrow ends the process at such a file, as soon as the group is looked at."""
    content = bytearray(written(pa.table({"a": [1], "b": [2]})))
    at = content.index(b"\x19\x2c", content.index(b"schema"))  # the list of its two columns
    content[at : at + 2] = b"\x19\x1c"
    with pytest.raises(ValueError, match=r"other columns|footer|no number|form"):
        check_pages(bytes(content), 10)


def test_every_cut_and_every_flip_ends_with_a_table_or_a_reason() -> None:
    content = written(TABLE, compression="snappy")
    for at in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[at] ^= 1 << at % 8
        for one in (bytes(damaged), content[:at]):
            try:
                read_parquet(one, 10)
            except ValueError as error:
                assert str(error)
