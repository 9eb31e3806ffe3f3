"""A target of the user's own, from a TOML file."""

import tomllib
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.table import read_file
from maiscreen.models.learning.targets import Target, target


def read_target(text: str, field: str = "target") -> Target:
    """Return a target by its name, or from a TOML file with its parts.

    Parameters
    ----------
    text : str
        A name, or a path that ends with ``.toml``: keys ``name``, ``unit``, ``log10``, ``low``,
        ``high``, ``doc``, of which the name has to be there.
    field : str
        What to call it in an error.

    Raises
    ------
    InputError
        If there is no such target or file, or a key or value is wrong.
    """
    if not text.endswith(".toml"):
        return target(text)
    content = read_file(Path(text), field, limits.CAMPAIGN_BYTES)
    try:
        plain = tomllib.loads(content.decode())
    except UnicodeDecodeError:
        raise InputError(field, text, "is no text in UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(field, text, f"is no TOML: {error}") from None
    return target(Target.from_dict(plain))
