"""Receipts and records as they stand in a folder, which anybody may have written."""

import json
from collections.abc import Mapping
from typing import Any

from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.sealed import open_sealed, seal_json
from maiscreen.runners.folder.place import Place, read_whole
from maiscreen.screen.scoring.front import BINS

MOST_CANDIDATES = 2**63
"""Numbers of candidates are of 64 bits."""


def read_json(path: Place) -> Any:
    """Read a receipt, record or manifest of a campaign.

    Raises
    ------
    OSError, ValueError
        If it cannot be read, or is no JSON within the limits.
    """
    return limits.parse_json(read_whole(path, limits.RECEIPT_BYTES))


def seal_receipt(receipt: Mapping[str, Any]) -> bytes:
    """Return the text of a receipt, with a checksum of itself.

    What it says beside the checksum of its part, such as the best candidates, decides results too.
    """
    return seal_json(json.dumps(receipt))


def read_receipt(path: Place) -> dict[str, Any]:
    """Read the receipt of a part, as `seal_receipt` wrote it.

    Raises
    ------
    OSError, ValueError
        If it cannot be read or is no receipt.
    """
    return check_receipt(read_whole(path, limits.RECEIPT_BYTES))


def check_receipt(content: bytes) -> dict[str, Any]:
    """Take the content of a file for the receipt of a part.

    Raises
    ------
    ValueError
        If it is none.
    """
    receipt = open_sealed(content)
    interval = receipt.get("task")
    if not (isinstance(interval, list) and len(interval) == 2 and all(map(_is_count, interval))):
        raise ValueError("names no task")
    start, stop = interval
    if not start < stop:
        raise ValueError("is of no candidate")
    _check(
        _is_count(receipt.get("rows")) and isinstance(receipt.get("sha256"), str), "rows, sha256"
    )
    _check(isinstance(receipt.get("fingerprint"), str), "fingerprint")
    _check(isinstance(receipt.get("kernels"), str), "kernels")
    _check(isinstance(receipt.get("failures"), list), "failures")
    indices = [_failure_index(one) for one in receipt["failures"]]
    _check(len(set(indices)) == len(indices), "failures")
    _check(all(start <= index < stop for index in indices), "failures")
    _check(receipt["rows"] + len(receipt["failures"]) == stop - start, "rows")
    _check_summary(receipt)
    return receipt


def _check_summary(receipt: Mapping[str, Any]) -> None:
    """Check what a receipt keeps of its part, and what it cost."""
    gates, optimistic, best = (receipt.get(key) for key in ("gates", "optimistic", "best"))
    _check(isinstance(gates, dict) and all(map(_is_count, gates.values())), "gates")
    _check(sum(gates.values()) == receipt["rows"], "gates")  # type: ignore[union-attr]
    _check(isinstance(optimistic, list) and len(optimistic) == BINS, "optimistic")
    _check(all(map(_is_count, optimistic)), "optimistic")  # type: ignore[arg-type]
    _check(isinstance(best, list) and len(best) == 3, "best")
    _check(all(isinstance(one, list) for one in best), "best")  # type: ignore[union-attr]
    index, score, group = best  # type: ignore[misc]
    _check(len(index) == len(score) == len(group), "best")
    # Where a space was thinned, these are numbers in the whole of it, not in the task.
    _check(all(map(_is_count, (*index, *group))) and all(map(_is_number, score)), "best")
    seconds = receipt.get("seconds")
    _check(isinstance(seconds, dict) and all(map(_is_number, seconds.values())), "seconds")
    _check(_is_number(receipt.get("peak_mib")), "peak_mib")


def _failure_index(failure: object) -> int:
    """Return the candidate of a failure."""
    _check(isinstance(failure, dict), "failures")
    index, *texts = (failure.get(key) for key in ("index", "reason", "traceback"))  # type: ignore[attr-defined]
    _check(_is_count(index) and all(isinstance(one, str) for one in texts), "failures")
    return int(index)


def _check(sound: bool, name: str) -> None:
    if not sound:
        raise ValueError(f"has a wrong {name}")


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < MOST_CANDIDATES


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(value) < 1e18  # type: ignore[arg-type]
