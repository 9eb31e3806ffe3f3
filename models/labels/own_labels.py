"""Labels of one's own in a campaign: those of a run of `labels`, in place of the embedded ones."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.snapshot.pins import PIN, digest_of, opened_folder
from maiscreen.models.labels.evidence import Evidence, evidence
from maiscreen.models.labels.labels import from_lines

FILE = "labels.jsonl"
"""All labels of a run, the embedded ones among them."""


def pinned(where: str) -> str:
    """Pin a folder to the labels that are in it, its path made absolute; "" stays as it is.

    Raises
    ------
    InputError
        If it holds none.
    """
    if PIN in where or not where:
        return where
    folder = Path(where).absolute()
    return f"{folder}{PIN}{hashlib.sha256(_content(folder)).hexdigest()}"


def evidence_of(where: str) -> Mapping[tuple[str, str], Evidence]:
    """Give what may be used of the labels in a folder; of the embedded ones for "".

    Raises
    ------
    InputError
        If there are none, they can't be read, or are others than they are pinned to.
    """
    return _read(pinned(where)) if where else evidence()


@lru_cache(maxsize=4)
def _read(pin: str) -> Mapping[tuple[str, str], Evidence]:
    folder = opened_folder(pin)
    content = _content(folder)
    if hashlib.sha256(content).hexdigest() != digest_of(pin):
        remedy = "holds other labels than the campaign was started with; put those back"
        raise InputError("labels", str(folder), remedy)
    try:
        return evidence(from_lines(content.decode()))
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("labels", str(folder), f"its {FILE} can't be read: {error}") from None


def _content(folder: Path) -> bytes:
    try:
        return limits.read_bytes(folder / FILE, limits.LABELS_BYTES)
    except FileNotFoundError:
        remedy = f"holds no {FILE}; make it with: maiscreen labels run --out {folder}"
        raise InputError("labels", str(folder), remedy) from None
    except OSError as error:
        remedy = f"its {FILE} can't be read: {error.strerror}"
        raise InputError("labels", str(folder), remedy) from None
