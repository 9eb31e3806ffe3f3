"""Exports that are no good: one line that says why, and nothing half read."""

import pytest
from cycler_files import arbin, biologic, neware, symmetric
from hypothesis import given, settings
from hypothesis import strategies as st

from maiscreen.candidates.errors import InputError
from maiscreen.screen.lab_cyclers import export as exports
from maiscreen.screen.lab_cyclers.cycles import cycles_of
from maiscreen.screen.lab_cyclers.export import is_export, read_export

CELL = symmetric([0.03] * 3, records=3)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (neware(CELL).replace(b"Voltage(V)", b"Volume(V)"), "no columns of voltage, current"),
        (neware(CELL).replace(b"2.2600", b"2.2x00", 1), "'Current\\(mA\\)' cannot be read"),
        (neware(CELL).replace(b",2.2600,", b",,", 1), "'Current\\(mA\\)' cannot be read"),
        (neware(CELL).replace(b",2.2600,", b",nan,", 1), "has no current in record 1"),
        (arbin(CELL).replace(b"3723.000", b"1.000", 1), "time runs backwards after record"),
        (neware(CELL).replace(b",25.0", b",25.0,,,", 3), "is no sound export"),
        (neware(CELL).replace(b",25.0", b"", 1), "is no sound export"),
        (neware(CELL).replace(b",-2.2600,", b',"-2,260",', 1), "decimal comma or thousands marks"),
        (biologic(CELL, comma=False).replace(b"2.26", b"2,26", 1), "'<I>/mA' .* decimal comma"),
        (neware(CELL)[:160], "has no columns|has 0 records|is no sound"),
        (b"EC-Lab ASCII FILE\r\nNb header lines : 9999\r\n", "no columns of voltage"),
    ],
)
def test_what_is_wrong_is_said(content: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        read_export(content, "cell.csv")
    assert str(caught.value).isprintable()


def test_no_current_and_no_cycle_are_said() -> None:
    still = symmetric([0.03] * 2, current_ma=0.0)
    with pytest.raises(InputError, match="has no current in it"):
        cycles_of(read_export(neware(still), "a"), "a")
    one_way = symmetric([0.03] * 2)
    one_way.current = [abs(a) for a in one_way.current]
    with pytest.raises(InputError, match="has no whole cycle"):
        cycles_of(read_export(neware(one_way), "a"), "a")


def test_a_last_line_that_is_cut_off_is_passed_over() -> None:
    whole = read_export(neware(CELL), "a")
    cut = read_export(neware(CELL)[:-45], "a")
    assert len(cut.time_s) == len(whole.time_s) - 1


def test_encodings_marks_and_clocks_say_the_same() -> None:
    first = read_export(biologic(CELL), "a")
    utf_16 = neware(CELL).decode("gb18030").encode("utf-16")
    marked = b"\xef\xbb\xbf" + arbin(CELL)
    for content in (biologic(CELL, comma=False), neware(CELL), arbin(CELL), utf_16, marked):
        assert is_export(content)
        export = read_export(content, "a")
        assert export.time_s == pytest.approx(first.time_s, abs=1e-3)
        assert export.voltage_v == pytest.approx(first.voltage_v, abs=1e-4)
        assert export.current_ma == pytest.approx(first.current_ma, abs=1e-3)


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match="has more than 0 MB"):
        read_export(neware(CELL), "a")
    monkeypatch.setattr(exports, "MAX_BYTES", 10**6)
    monkeypatch.setattr(exports, "MAX_RECORDS", 10)
    with pytest.raises(InputError, match="records; 2 to 10 can be read"):
        read_export(neware(CELL), "a")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_exports_are_refused_or_read(data: st.DataObject) -> None:
    content = bytearray(biologic(CELL))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        cycles_of(read_export(bytes(content), "a"), "a")
    except InputError as error:
        assert str(error).isprintable()
