"""The table in a folder of labels, and what vouches for it."""

import hashlib
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.models.labels.potential_files import REGISTER

TABLE, MANIFEST = "labels.jsonl", "manifest.json"
"""What a run of labels writes, the manifest last."""

NOTE = ".maiscreen/labels/.table.sha256"
"""Hash of the table that a run is about to write."""


def read_table(folder: Path, *, ours: bool = False) -> bytes:
    """Read the table of a folder, if it is what was written.

    Parameters
    ----------
    folder : Path
        Of a run of labels; or another one, whose table nobody vouches for.
    ours : bool
        Refuse a table that nobody vouches for.

    Raises
    ------
    FileNotFoundError, OSError
        If it cannot be read.
    ValueError
        If it is another one than was written.
    """
    content = limits.read_bytes(folder / TABLE, limits.LABELS_BYTES)
    hashes = table_hashes(folder)
    if (hashes or ours) and hashlib.sha256(content).hexdigest() not in hashes:
        raise ValueError("it was changed since it was written")
    return content


def read_register_bytes(folder: Path, field: str, *, vouched: bool = True) -> bytes:
    """Read the register of own potentials in a folder; nothing if there is none.

    Parameters
    ----------
    folder : Path
        Of labels.
    field : str
        What the user gave, for the error.
    vouched : bool
        Refuse a register that is another one than the manifest says.

    Raises
    ------
    InputError
        If it cannot be read, or is another one than a run wrote.
    """
    path = folder / REGISTER
    try:
        content = limits.read_bytes(path, limits.CAMPAIGN_BYTES) if path.exists() else b""
        written = _files(folder).get(REGISTER) if vouched else None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(field, str(folder), f"its {REGISTER} cannot be read: {reason}") from None
    if written is not None and hashlib.sha256(content).hexdigest() != written:
        remedy = f"its {REGISTER} was changed since it was written; make the labels again"
        raise InputError(field, str(folder), remedy)
    return content


def table_hashes(folder: Path) -> set[str]:
    """Return the hashes of the tables that a run wrote, or was about to write.

    Raises
    ------
    OSError, ValueError
        If the manifest cannot be read.
    """
    hashes = set()
    if (folder / NOTE).exists():
        hashes.add(limits.read_bytes(folder / NOTE, 100).decode("ascii", "replace"))
    files = _files(folder)
    return hashes | ({str(files[TABLE])} if TABLE in files else set())


def _files(folder: Path) -> dict[str, object]:
    """Return the files with their hashes that the manifest of a folder names."""
    if not (folder / MANIFEST).exists():
        return {}
    manifest = limits.parse_json(limits.read_bytes(folder / MANIFEST, limits.RECEIPT_BYTES))
    files = manifest.get("files") if isinstance(manifest, dict) else None
    return files if isinstance(files, dict) else {}
