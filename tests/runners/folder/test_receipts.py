"""A receipt vouches for itself as well as for its part."""

import json
from pathlib import Path

import pytest

from maiscreen.candidates.reading.sealed import KEY
from maiscreen.runners.folder.receipts import read_receipt, seal_receipt
from maiscreen.screen.scoring.front import BINS

RECEIPT = {
    "fingerprint": "f" * 64,
    "task": [0, 4],
    "rows": 3,
    "sha256": "0" * 64,
    "gates": {"": 1, "volatility": 2},
    "best": [[2], [0.1 + 0.2], [7]],
    "optimistic": [0] * BINS,
    "seconds": {"task": 0.1 + 0.2},
    "peak_mib": 100.5,
    "kernels": "",
    "failures": [{"index": 1, "reason": "π is wrong", "traceback": ""}],
}


def test_what_was_sealed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(seal_receipt(RECEIPT))
    assert read_receipt(path) == RECEIPT


def test_no_bit_changes_unnoticed(tmp_path: Path) -> None:
    """Also where it stays sound: another digit, another word of a reason, another E."""
    path, whole = tmp_path / "receipt.json", seal_receipt(RECEIPT)
    for place in range(len(whole)):
        content = bytearray(whole)
        content[place] ^= 1 << place % 8
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is not what was written"):
            read_receipt(path)


@pytest.mark.parametrize("change", [b"\n", b" ", b"{}", b"\0"])
def test_nothing_is_added_unnoticed(tmp_path: Path, change: bytes) -> None:
    path, whole = tmp_path / "receipt.json", seal_receipt(RECEIPT)
    for content in (whole + change, change + whole, whole[:-1], whole[1:], b""):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is not what was written"):
            read_receipt(path)


@pytest.mark.parametrize("seal", [None, "", "0" * 64])
def test_one_without_its_seal_is_none(tmp_path: Path, seal: str | None) -> None:
    path = tmp_path / "receipt.json"
    for whole in (RECEIPT, {**RECEIPT, KEY: seal}):
        path.write_text(json.dumps(whole))
        with pytest.raises(ValueError, match="is not what was written"):
            read_receipt(path)
