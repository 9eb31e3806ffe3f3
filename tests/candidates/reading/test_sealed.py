"""A sealed text is what was sealed, to the byte, or is refused."""

import json

import pytest

from maiscreen.candidates.reading.sealed import (
    KEY,
    open_sealed,
    open_sealed_lines,
    seal_json,
    seal_lines,
)

OBJECT = {"name": "Zinn µ\t", "values": [1e-05, -0.0, 12], "nested": {"a": None, "b": "x"}}
CHANGED = "is not what was written"


@pytest.mark.parametrize("indent", [None, 1, 2])
@pytest.mark.parametrize("ascii_alone", [True, False])
def test_what_was_sealed_is_read_and_no_bit_of_it_is_another(
    indent: int | None, ascii_alone: bool
) -> None:
    text = json.dumps(OBJECT, indent=indent, ensure_ascii=ascii_alone)
    for written in (text, f"{text}\n"):
        sealed = seal_json(written)
        assert open_sealed(sealed) == OBJECT
        assert json.loads(sealed).keys() == {*OBJECT, KEY}
        for place in range(len(sealed) * 8):
            changed = bytearray(sealed)
            changed[place // 8] ^= 1 << place % 8
            with pytest.raises(ValueError, match=CHANGED):
                open_sealed(bytes(changed))


def test_no_bit_of_sealed_lines_is_another() -> None:
    lines = ["1", json.dumps(OBJECT), ""]
    sealed = seal_lines(lines)
    assert open_sealed_lines(sealed) == [line.encode() for line in lines]
    for place in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(ValueError, match=CHANGED):
            open_sealed_lines(bytes(changed))


@pytest.mark.parametrize("opened", [open_sealed, open_sealed_lines])
def test_nothing_is_left_out_or_added(opened: object) -> None:
    assert callable(opened)
    sealed = seal_json(json.dumps(OBJECT)) if opened is open_sealed else seal_lines(["1", "2"])
    wrong = [sealed[:end] for end in range(len(sealed))]
    wrong += [sealed[start:] for start in range(1, len(sealed))]
    wrong += [sealed + more for more in (b"\n", b" ", b"x", sealed)]
    wrong += [b"\n" + sealed, b"\xef\xbb\xbf" + sealed]
    for content in wrong:
        with pytest.raises(ValueError, match=CHANGED):
            opened(content)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1, "a": 2}', '{"a": 1}}', "[1"])
def test_a_sound_seal_does_not_make_json(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        open_sealed(seal_json(text))


def test_a_seal_within_a_text_is_no_seal() -> None:
    inner = seal_json('{"a": 1}').decode()
    whole = {"text": inner}
    assert open_sealed(seal_json(json.dumps(whole))) == whole
    with pytest.raises(ValueError, match=CHANGED):
        open_sealed(json.dumps(whole).encode())
