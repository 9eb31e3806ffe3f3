"""Limits of what is read from files of others, and reading within them.

Every file may come from a stranger. Sizes are chosen [judgement] some ten to a hundred times above
what the project itself has written or fetched, and so that what a file becomes fits into some 2 GB
of memory: docs/hostile_input.md lists them with what the largest known file of its kind has.
Reading is bounded before anything is parsed, unpacked or hashed.
"""

import errno
import json
import math
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

CAMPAIGN_BYTES = 64 << 10
"""A campaign file; the default one has 1 kB."""

CAMPAIGN_LINE = 4096
"""Characters of a line of it, and of a setting: the TOML reader of Python's library takes time
with the square of the dots in a key, as measured 18 s for 32,000 of them, 0.06 s for 2,000."""

CARD_BYTES = 4 << 20
"""The card of a model, or which models of a store are in use; an embedded card has 8 kB."""

MODEL_BYTES = 128 << 20
"""The file of a model or a student; the largest embedded one has 3 MB."""

MODEL_UNPACKED_BYTES = 384 << 20
"""What a file of a model unpacks to; the largest embedded one 8 MB."""

MANIFEST_BYTES = 32 << 20
"""Manifest of a snapshot or of labels; those of a campaign name what failed: `RECEIPT_BYTES`."""

RECEIPT_BYTES = 256 << 20
"""Receipts, records and manifests of campaigns: a failed candidate takes some 600 bytes."""

ANSWER_BYTES = 512 << 20
"""A kept answer of the Materials Project: structures of 100 systems take some 10 MB."""

ENTRIES_BYTES = 200 << 20
"""Computed entries of the user's own."""

TABLE_BYTES = 256 << 20
"""A table of a snapshot; the largest embedded one has 2 MB."""

LABELS_BYTES = 64 << 20
"""A table of labels; the embedded one has 0.6 MB."""

DATA_BYTES = 1 << 30
"""A table of training data, or of formulas to predict."""

PART_BYTES = 1 << 30
"""A part of the table of candidates or a ranking, packed."""

PARQUET_BYTES = 2 << 30
"""What the pages of a Parquet file unpack to, and its texts written out, each."""

PARQUET_COLUMNS = 4096
"""Columns, or groups of rows; a ranking has some 130 columns."""

PARQUET_CHUNKS = 200_000
"""Columns times groups of rows, each of which has headers to be looked at."""

JSON_ITEMS = 20_000_000
"""Commas and opening brackets in a JSON text: an empty list takes 3 bytes there, 60 in memory."""

PHASES = 50_000
"""Phases or materials of a snapshot; the embedded one has 1,342 phases."""

PHASES_OF_A_SYSTEM = 500
"""Phases with one M and one X: hulls take time with the square; the embedded ones have 18."""

ATOMS_OF_A_FORMULA = 100_000
"""Atoms of an element in the formula of a phase."""

SITES = 600
"""Sites of a crystal cell, whose distances are all looked at; the service's largest has 444."""

COLUMNS = 2_000
"""Columns of a user's CSV, and of any header that is looked at."""

CELLS = 40_000_000
"""Cells of a user's CSV, empty ones included."""

FOLDERS = 32
"""Folders of models that a campaign names; each target takes one."""


def read_bytes(path: Any, most: int) -> bytes:
    """Read a plain file of at most so many bytes; links are followed, pipes and devices are not.

    Parameters
    ----------
    path : Path, Traversable or UPath
        Of the file.
    most : int
        Bytes.

    Raises
    ------
    OSError
        If it cannot be read, is no plain file, or is larger.
    """
    with open_regular_file(path) as file:
        content: bytes = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"has more than {most:,} bytes")
    return content


def open_regular_file(path: Any) -> BufferedReader:
    """Open a file to be read, unless it is a pipe or a device, at which a reader would wait."""
    if not isinstance(path, Path):
        file: BufferedReader = path.open("rb")
        return file
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:  # a null character in the path
        raise OSError(errno.EINVAL, str(error)) from None
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return os.fdopen(handle, "rb")
    os.close(handle)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    raise OSError(errno.EINVAL, "is no plain file")


def parse_json(content: bytes | str, *, lenient: bool = False) -> Any:
    """Read JSON: no NaN, no name twice, no half characters, not too deep, not too much.

    Parameters
    ----------
    content : bytes or str
        In UTF-8; read with :func:`read_bytes`, so that its size is limited.
    lenient : bool
        Take NaN, infinities and repeated names as Python does: other people's programs write them.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> parse_json('{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    >>> parse_json('{"a": NaN}')
    Traceback (most recent call last):
        ...
    ValueError: NaN is no number
    """
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    if text.count(",") + text.count("[") + text.count("{") > JSON_ITEMS:
        raise ValueError(f"holds more than {JSON_ITEMS:,} items")
    try:
        whole = json.loads(text) if lenient else _STRICT.decode(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(whole, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    return whole


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text:.40} is beyond any number")
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return members


_STRICT = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_float=_finite_float, object_pairs_hook=_unique_keys
)


def whole_number(text: str) -> int | None:
    """Read a whole number of at most 18 digits; None for anything else.

    Of other scripts' digits `str.isdigit` takes some that are no numbers, and of thousands of them
    Python makes none.

    Examples
    --------
    >>> [whole_number(text) for text in ("007", "²", "٣", "-1", "", "9" * 5000)]
    [7, None, None, None, None, None]
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


_MOST_DIGITS = 18


def is_plain_name(name: object) -> bool:
    """Return whether a text is a plain file name: no path, nothing that a file cannot be called.

    Examples
    --------
    >>> [is_plain_name(n) for n in ("a.csv", "../a.csv", "..", "", "/etc", 7)]
    [True, False, False, False, False, False]
    """
    if not isinstance(name, str) or name in ("", ".", "..") or not name.isprintable():
        return False
    return not set(name) & set("/\\:") and len(name) <= 255
