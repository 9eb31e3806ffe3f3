"""A receipt vouches for itself as well as for its part."""

import json
from pathlib import Path

import pytest

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


def test_no_bit_changes_what_is_read(tmp_path: Path) -> None:
    """Also where it stays sound: another digit, another word of a reason."""
    path, whole = tmp_path / "receipt.json", seal_receipt(RECEIPT)
    histogram = whole.index(b"[0, 0, 0")
    for place in (p for p in range(len(whole)) if p < histogram + 30 or p > len(whole) - 300):
        for bit in (1, 4):
            content = bytearray(whole)
            content[place] ^= bit
            path.write_bytes(content)
            try:
                found = read_receipt(path)
            except (ValueError, OSError):
                continue
            assert found == RECEIPT  # a blank that became another one


@pytest.mark.parametrize("seal", [None, "", "0" * 64])
def test_one_without_its_seal_is_none(tmp_path: Path, seal: str | None) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps({**RECEIPT, "receipt_sha256": seal}))
    with pytest.raises(ValueError, match="receipt_sha256"):
        read_receipt(path)
    path.write_text(json.dumps(RECEIPT))
    with pytest.raises(ValueError, match="receipt_sha256"):
        read_receipt(path)
