"""Columns of numbers in long texts."""

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.candidates.reading.records import numbers_of, read_records, seconds_of


def test_columns_are_read_by_their_place() -> None:
    content = "title\na;b;a\n1,5; 2;µ\n2,5;3;x\n9".encode("latin-1")
    first, second = read_records(content, 1, ("a", "b", "a"), (1, 0), ";")
    assert numbers_of(first).tolist() == [2.0, 3.0]
    assert numbers_of(second).tolist() == [1.5, 2.5]
    with pytest.raises(ValueError, match="Expected 3 columns"):
        read_records(content + b"\n8\n", 1, ("a", "b", "a"), (0,), ";")


LINES = [b"1;2;3", b"4;5;6", b"7;8;9"]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
@pytest.mark.parametrize("odd", [b"9", b"9;9", b'9;"9;9"', b"9;9;9;9"])
def test_a_cut_line_is_passed_over_at_the_end_alone(odd: bytes, end: bytes) -> None:
    """Every place that one odd line may have among three sound ones."""
    for place in range(4):
        content = b"\n".join([b"a;b;c", *LINES[:place], odd, *LINES[place:]]) + end
        if place == 3 and odd != b"9;9;9;9":
            (first,) = read_records(content, 0, ("a", "b", "c"), (0,), ";")
            assert numbers_of(first).tolist() == [1.0, 4.0, 7.0]
        else:
            with pytest.raises(ValueError, match=r"Expected 3 columns"):
                read_records(content, 0, ("a", "b", "c"), (0,), ";")


def test_commas_that_may_be_thousands_are_refused() -> None:
    content = b'a,b\n"1,234",0.5\n2,0.5\n'
    first, second = read_records(content, 0, ("a", "b"), (0, 1), ",")
    assert numbers_of(second, decimal_comma=False).tolist() == [0.5, 0.5]
    for read in (numbers_of, seconds_of):
        with pytest.raises(ValueError, match=r"^'1,234' may have a decimal comma or thousands"):
            read(first, decimal_comma=False)


@pytest.mark.parametrize(
    ("texts", "seconds"),
    [
        (["0:00:01.5", "27:01:00"], [1.5, 97_260.0]),
        (["1.5", " 2"], [1.5, 2.0]),
        (["2026-03-24  10:00:00.250", "2026-03-25 10:00:00"], [0.0, 86_399.75]),
    ],
)
def test_times_are_seconds(texts: list[str], seconds: list[float]) -> None:
    read = seconds_of(pa.array(texts))
    assert np.diff(read).tolist() == pytest.approx(np.diff(seconds).tolist())


@pytest.mark.parametrize("texts", [["0:00:01", "0:01"], ["a:b:c"], ["2026-03-24 10:00", "x"], [""]])
def test_what_is_no_time_is_refused(texts: list[str]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        seconds_of(pa.array(texts))
