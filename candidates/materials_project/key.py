"""The key of the Materials Project: where it is looked for, and how it is kept out of texts."""

import os
import re
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits

VARIABLE = "MP_API_KEY"
"""Environment variable that the official client reads too."""

SETTING = "PMG_MAPI_KEY"
"""Its name in pymatgen's settings file (``.pmgrc.yaml``)."""

HIDDEN = "(not shown)"
"""What stands for the key in every text."""

_KEY = re.compile(r"[A-Za-z0-9]{32}")


def api_key(file: Path | None = None) -> str:
    """Find the key: in a file, else in the environment, else in pymatgen's settings.

    Parameters
    ----------
    file : Path, optional
        Text file that holds the key and nothing else.

    Raises
    ------
    InputError
        If there is none, or what there is can't be a key; the text of the error never holds it.
    """
    if file is not None:
        return _check_key("--api-key-file", _read(file))
    if os.environ.get(VARIABLE):
        return _check_key(VARIABLE, os.environ[VARIABLE])
    from pymatgen.core import SETTINGS

    key = SETTINGS.get(SETTING)
    if not key:
        remedy = (
            f"give --api-key-file FILE, set {VARIABLE}, or run: pmg config --add {SETTING} KEY; "
            "a key is free, see your Materials Project dashboard"
        )
        raise InputError("API key", None, remedy)
    return _check_key(f"{SETTING} of pymatgen's settings", str(key))


def redact_key(text: str, key: str) -> str:
    """Take the key out of a text that is to be shown.

    Examples
    --------
    >>> redact_key("bad key abc", "abc")
    'bad key (not shown)'
    """
    return text.replace(key, HIDDEN)


def _read(file: Path) -> str:
    try:
        return limits.read_bytes(file, limits.CARD_BYTES).decode("utf-8-sig")
    except OSError as error:
        remedy = f"cannot be read: {error.strerror}; give a text file that holds the key alone"
        raise InputError("--api-key-file", str(file), remedy) from None
    except ValueError:
        remedy = "is no text file; give one that holds the key alone"
        raise InputError("--api-key-file", str(file), remedy) from None


def _check_key(field: str, text: str) -> str:
    key = text.strip()
    if not _KEY.fullmatch(key):
        remedy = f"holds {len(key)} characters; a key has 32 letters and digits"
        raise InputError(field, HIDDEN, remedy)
    return key
