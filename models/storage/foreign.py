"""Estimators that are none of ours: read only by the user's own word, type by type.

skops stores arrays and the names of types, and builds nothing that was not named as trusted. Its
files hold memory addresses and the time of day; here they are numbered and dated alike, so that the
same estimator gives the same bytes.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.models.storage.arrays import undated_member

SCHEMA = "schema.json"

AGAIN = "train it again"

_LEAVES = frozenset({"JsonNode", "TypeNode"})
"""Nodes whose identity says nothing: Python shares plain values or not, as it likes."""


def pack_estimator(estimator: Any) -> bytes:
    """Write an estimator as skops does, the same bytes for the same estimator.

    Parameters
    ----------
    estimator : Any
        Of scikit-learn's interface, fitted.

    Raises
    ------
    InputError
        If skops cannot write it.
    """
    from skops.io import dumps

    try:
        return _canonical(dumps(estimator))
    except Exception as error:  # whatever a foreign object raises
        name = type(estimator).__name__
        remedy = f"cannot be saved ({type(error).__name__}: {error!s:.80}); take another one"
        raise InputError("estimator", name, remedy) from None


def unpack_estimator(
    folder: Path | Traversable, name: str, content: bytes, trusted: Sequence[str]
) -> Any:
    """Read what :func:`pack_estimator` wrote.

    Parameters
    ----------
    folder, name
        Of the file, for errors.
    content : bytes
        Of the file.
    trusted : sequence of str
        Types that the user trusts.

    Raises
    ------
    InputError
        If it is no such file, too large, or holds a type that is not trusted.
    """
    from skops.io import loads

    try:
        check_schema(content)
        needed = types_to_trust(content)
    except Exception as error:  # whatever is wrong with a foreign file
        raise _unreadable(folder, name, error) from None
    lacking = [one for one in needed if one not in trusted]
    if lacking:
        remedy = f"holds {', '.join(lacking):.400}; if you trust who made it: --trust"
        raise InputError("model", str(folder), f"{remedy} {','.join(needed):.400}")
    try:
        return loads(content, trusted=list(needed))
    except Exception as error:  # what it is built of may raise anything
        raise _unreadable(folder, name, error) from None


def types_to_trust(content: bytes) -> tuple[str, ...]:
    """Name the types that a user has to trust: the estimator's own, and what skops does not.

    Parameters
    ----------
    content : bytes
        Of a file that passed :func:`check_schema`.
    """
    from skops.io import get_untrusted_types

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        top = limits.parse_json(archive.read(SCHEMA))
    own = f"{top.get('__module__')}.{top.get('__class__')}"
    return (own, *sorted({*get_untrusted_types(data=content)} - {own}))


def check_schema(content: bytes) -> None:
    """Refuse a skops file that unpacks to too much, or tells one object in two ways.

    Parameters
    ----------
    content : bytes
        Of the file.

    Raises
    ------
    ValueError, zipfile.BadZipFile
        If it does.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
        if len(sizes) < len(archive.infolist()):
            raise ValueError("a member stands twice")
        if sum(sizes.values()) > limits.MODEL_UNPACKED_BYTES:
            raise ValueError("unpacks to too much")
        schema = limits.parse_json(archive.read(SCHEMA))
    if not isinstance(schema, dict):
        raise ValueError("holds no estimator")
    _hash_piece(schema, {})
    nodes = list(_nodes(schema))
    # An array may be named by many nodes, and each makes its own.
    if sum(sizes.get(str(node.get("file")), 0) for node in nodes) > limits.MODEL_UNPACKED_BYTES:
        raise ValueError("unpacks to too much")
    if any(node["__loader__"] == "NdArrayNode" and node.get("type") != "numpy" for node in nodes):
        raise ValueError("holds an array of objects")


def _unreadable(folder: Path | Traversable, name: str, error: Exception) -> InputError:
    why = str(error) if type(error) is ValueError else type(error).__name__
    return InputError("model", str(folder), f"its {name} cannot be read ({why:.120}); {AGAIN}")


def _hash_piece(piece: Any, known: dict[Any, bytes]) -> bytes:
    """Hash a piece of a schema; refuse two contents under one ``__id__``.

    Of nodes with the same ``__id__`` skops reads one and uses it for all, so that the checked
    content of the others would not be what is built.
    """
    if isinstance(piece, list):
        return hashlib.sha256(b"".join([_hash_piece(part, known) for part in piece])).digest()
    if not isinstance(piece, dict):
        return hashlib.sha256(repr(piece).encode()).digest()
    parts = [(key, value) for key, value in piece.items() if key != "__id__"]
    content = b"".join(_hash_piece(key, known) + _hash_piece(value, known) for key, value in parts)
    digest = hashlib.sha256(b"object" + content).digest()
    if "__id__" in piece and known.setdefault(piece["__id__"], digest) != digest:
        raise ValueError("tells one object in two ways")
    return digest


def _nodes(whole: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every node of a schema in a fixed order, without recursion."""
    left = [whole]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            if "__loader__" in node:
                yield node
            left += reversed(node.values())
        elif isinstance(node, list):
            left += reversed(node)


def _canonical(content: bytes) -> bytes:
    """Give the objects of a skops file numbers by their order, and its members names after them."""
    numbers: dict[Any, int] = {}
    files: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(SCHEMA))
        for count, node in enumerate(_nodes(schema)):
            _number(node, count, numbers, files)
        members = {new: _without_padding(archive.read(old)) for old, new in files.items()}
    members[SCHEMA] = json.dumps(schema, indent=1).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(undated_member(name, zipfile.ZIP_DEFLATED), data)
    return buffer.getvalue()


def _without_padding(content: bytes) -> bytes:
    """Set to 0 what lies between the fields of an array of records: it is whatever memory held."""
    if not content.startswith(npy.MAGIC_PREFIX):
        return content
    array = npy.read_array(io.BytesIO(content), allow_pickle=False)
    if array.dtype.names is None:
        return content
    clean, file = np.zeros(array.shape, array.dtype), io.BytesIO()
    for name in array.dtype.names:
        clean[name] = array[name]
    npy.write_array(file, clean, allow_pickle=False)
    return file.getvalue()


def _number(node: Any, count: int, numbers: dict[Any, int], files: dict[str, str]) -> None:
    """Give a node, and its file if it has one, a number in place of an address, in place."""
    if "__id__" in node:
        own = node["__loader__"] in _LEAVES
        node["__id__"] = count if own else numbers.setdefault(node["__id__"], count)
    if "file" in node:
        old = str(node["file"])
        node["file"] = files.setdefault(old, f"{len(files)}{Path(old).suffix}")
