"""Reading within limits: plain files alone, sound JSON alone."""

import os
from pathlib import Path

import pytest

from maiscreen.candidates.errors import InputError, harmless
from maiscreen.candidates.reading import limits


def test_files_within_the_limit_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert limits.read_bytes(path, 5) == b"12345"
    with pytest.raises(OSError, match="more than 4 bytes"):
        limits.read_bytes(path, 4)


def test_pipes_devices_and_folders_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero", ".", "none", "a\0b"):
        with pytest.raises(OSError, match=r"plain file|directory|null"):
            limits.read_bytes(tmp_path / name, 10)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": NaN}', '{"a": -Infinity}', '{"a": 1e400}', '{"a": 1, "a": 2}', '"\\ud800"',
        "[" * 100_000, '{"a":' * 5000, "9" * 5000, "", "[1", b"\xff\xfe", b"\xed\xa0\x80",
    ],
)  # fmt: skip
def test_unsound_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        limits.parse_json(text)


def test_json_of_too_many_items_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "JSON_ITEMS", 100)
    assert len(limits.parse_json("[" + "1," * 90 + "1]")) == 91
    with pytest.raises(ValueError, match="more than 100 items"):
        limits.parse_json("[" + "[]," * 90 + "1]")


def test_other_peoples_json_may_hold_nan() -> None:
    found = limits.parse_json(b'\xef\xbb\xbf{"a": NaN, "a": 1}', lenient=True)
    assert found == {"a": 1}


def test_nothing_that_a_terminal_acts_on_stays_in_a_message() -> None:
    every = "".join(map(chr, range(0x2100))) + "\ud800 SnCl₄ Å"
    text = harmless(every)
    acting = [c for c in text if c not in "\t\n" and (ord(c) < 32 or 127 <= ord(c) < 160)]
    assert not acting
    assert not set(text) & set("\u202e\u2066\u200f\u2028\ud800")
    assert text.endswith(" SnCl₄ Å")
    error = InputError("a\x1b[2J", "b\x9b", "c\x07\r\n")
    assert str(error).isprintable()


def test_a_key_of_many_dots_takes_no_time(tmp_path: Path) -> None:
    from maiscreen.screen.campaign.campaign import Campaign

    path = tmp_path / "dots.toml"
    path.write_text("a." * 30_000 + "a = 1")
    with pytest.raises(InputError, match="line of more than 4,096"):
        Campaign.from_toml(path)
    path.write_text("a." * 2000 + "a = 1")
    with pytest.raises(InputError, match=r"campaign = .*dots\.toml"):
        Campaign.from_toml(path)
    path.write_text("#" * 70_000)
    with pytest.raises(InputError, match="more than 65,536 bytes"):
        Campaign.from_toml(path)
    with pytest.raises(InputError, match="--set"):
        Campaign().with_settings(["a=" + "[1]." * 20_000])
