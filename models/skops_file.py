"""Files of skops: read only if every type in them is one of ours."""

import io
import zipfile
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError

LARGEST_BYTES = 500 << 20
"""A file that unpacks to more is no model of ours."""

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
    from skops.io import get_untrusted_types, loads

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > LARGEST_BYTES:
                raise InputError("model", str(folder), f"its {name} is too large; {AGAIN}")
        foreign = sorted(set(get_untrusted_types(data=content)) - set(types))
        if foreign:
            remedy = f"its {name} holds foreign types ({', '.join(foreign[:3])}) and is not read"
            raise InputError("model", str(folder), remedy)
        return loads(content, trusted=list(types))
    except InputError:
        raise
    except Exception as error:
        # Whatever is wrong with a foreign file: it is not ours.
        remedy = f"its {name} cannot be read ({type(error).__name__}); {AGAIN}"
        raise InputError("model", str(folder), remedy) from None
