"""Arrays in a file of NumPy (.npz) that has the same bytes whenever the arrays are the same.

Nothing is compressed and no time is stored, so that the bytes hang neither on the day nor on the
version of a compressor, and a file takes no more memory than it has bytes.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

_BEGIN = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip file can state."""

_UNIX = 3

_KINDS = "fiu"
"""Floats and whole numbers: arrays of nothing else are read."""

_MOST = 64
"""Arrays of a file; a model has 17."""


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Write arrays, in their order.

    Examples
    --------
    >>> pack_arrays({"a": np.arange(3)}) == pack_arrays({"a": np.arange(3)})
    True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            npy.write_array(content, np.ascontiguousarray(array), (1, 0), allow_pickle=False)
            archive.writestr(undated_member(f"{name}.npy"), content.getvalue())
    return buffer.getvalue()


def undated_member(name: str, compress_type: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    """Return a member of a zip file that tells neither the time nor the machine.

    Parameters
    ----------
    name : str
        Of the member.
    compress_type : int
        Of :mod:`zipfile`.
    """
    member = zipfile.ZipInfo(name, _BEGIN)
    member.create_system, member.compress_type = _UNIX, compress_type
    return member


def unpack_arrays(content: bytes) -> Arrays:
    """Read what :func:`pack_arrays` wrote.

    Raises
    ------
    ValueError
        If it is no such file, or holds anything but numbers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_members(archive, len(content))
    except ValueError:
        raise
    except Exception as error:  # whatever the readers of zip files raise at foreign bytes
        raise ValueError(type(error).__name__) from None


def _read_members(archive: zipfile.ZipFile, most: int) -> Arrays:
    arrays: Arrays = {}
    if len(archive.infolist()) > _MOST:
        raise ValueError(f"holds {len(archive.infolist())} arrays")
    for member in archive.infolist():
        name = member.filename.removesuffix(".npy")
        if member.compress_type != zipfile.ZIP_STORED or name in arrays:
            raise ValueError("holds an array that is compressed, or stands twice")
        if member.file_size > most:
            raise ValueError("holds an array that is larger than the file")
        arrays[name] = _parse_array(archive.read(member))
    return arrays


def _parse_array(content: bytes) -> NDArray[Any]:
    """Read an array of NumPy's format whose size is that of its bytes."""
    file = io.BytesIO(content)
    if npy.read_magic(file) != (1, 0):
        raise ValueError("holds an array of another format")
    shape, by_columns, kind = npy.read_array_header_1_0(file)
    if kind.kind not in _KINDS or by_columns or any(size < 0 for size in shape):
        raise ValueError("holds an array of other things than numbers")
    # Whole numbers of Python: a product of NumPy's may overflow.
    count = 1
    for size in shape:
        count *= size
    if count * kind.itemsize != len(content) - file.tell():
        raise ValueError("holds an array of another size than it says")
    return np.frombuffer(content, kind, count, file.tell()).reshape(shape)
