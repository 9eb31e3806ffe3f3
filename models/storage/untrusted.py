"""Files of skops: read only if every type in them is one of ours."""

import zipfile
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.composition.features import FEATURE_LABELS
from maiscreen.models.storage.skops_check import check_schema

AGAIN = "train it again"


def packed(whole: Any) -> bytes:
    """Write an object as skops does, compressed."""
    from skops.io import dumps

    return bytes(dumps(whole, compression=zipfile.ZIP_DEFLATED))


def unpacked(folder: Path | Traversable, name: str, content: bytes, types: Sequence[str]) -> Any:
    """Read what :func:`packed` wrote.

    Parameters
    ----------
    folder, name
        Of the file, for errors.
    content : bytes
        Of the file.
    types : sequence of str
        What may be in it beside that which skops trusts by itself, such as arrays.

    Raises
    ------
    InputError
        If it is no such file, too large, or holds other types.
    """
    from skops.io import loads

    try:
        # The model of errors is asked with the prediction as well.
        check_schema(content, types, len(FEATURE_LABELS) + 1)
        return loads(content, trusted=list(types))
    except Exception as error:
        # Whatever is wrong with a foreign file: it is not ours.
        why = str(error) if type(error) is ValueError else type(error).__name__
        remedy = f"its {name} cannot be read ({why:.120}); {AGAIN}"
        raise InputError("model", str(folder), remedy) from None
