"""JSON that ends with a checksum of all that stands before it: no bit of it changes unnoticed."""

import hashlib
from collections.abc import Iterable
from typing import Any

from maiscreen.candidates.reading.limits import parse_json

KEY = "seal_sha256"
"""Last member of a sealed object: SHA-256 of the bytes before the comma in front of it."""

_MEMBER, _LINE, _END = f',\n"{KEY}": "'.encode(), b'{"sha256": "', b'"}\n'


def seal_json(text: str) -> bytes:
    r"""Return the text of a JSON object with its seal as last member.

    Parameters
    ----------
    text : str
        Of an object that is not empty, as `json.dumps` gives it.

    Examples
    --------
    >>> seal_json('{"rows": 3}').decode()[:26]
    '{"rows": 3,\n"seal_sha256":'
    >>> open_sealed(seal_json('{"rows": 3}'))
    {'rows': 3}
    """
    return _seal(text.rstrip().removesuffix("}").rstrip().encode(), _MEMBER)


def open_sealed(content: bytes) -> dict[str, Any]:
    """Read an object that `seal_json` sealed; give it without its seal.

    Raises
    ------
    ValueError
        If it is no object, has no seal, or is not what was sealed, to the byte.

    Examples
    --------
    >>> open_sealed(seal_json('{"rows": 3}').replace(b"3", b"4"))
    Traceback (most recent call last):
        ...
    ValueError: is not what was written
    """
    _unseal(content, _MEMBER)
    whole = parse_json(content)
    if not isinstance(whole, dict):
        raise ValueError("is no object")
    del whole[KEY]
    return whole


def is_sealed(content: bytes) -> bool:
    """Return whether content has a seal, sound or broken; what the package brings has none.

    Examples
    --------
    >>> is_sealed(seal_json('{"rows": 3}')), is_sealed(b'{"rows": 3}')
    (True, False)
    """
    return KEY.encode() in content


def seal_lines(lines: Iterable[str]) -> bytes:
    """Return lines, and last one with the SHA-256 of all before."""
    return _seal("".join(f"{line}\n" for line in lines).encode(), _LINE)


def open_sealed_lines(content: bytes) -> list[bytes]:
    """Read lines that `seal_lines` sealed; give them without the last.

    Raises
    ------
    ValueError
        If they are not what was sealed, to the byte.

    Examples
    --------
    >>> open_sealed_lines(seal_lines(["1", "[2]"]))
    [b'1', b'[2]']
    """
    return _unseal(content, _LINE).split(b"\n")[:-1]


def seal_of(content: bytes) -> str:
    """Return the checksum that sealed content ends with, in hexadecimal.

    Examples
    --------
    >>> seal_of(seal_lines(["1", "[2]"]))[:8]
    '2bffb7a5'
    """
    return content[-len(_END) - 64 : -len(_END)].decode("ascii", "replace")


def _seal(body: bytes, mark: bytes) -> bytes:
    return body + mark + hashlib.sha256(body).hexdigest().encode() + _END


def _unseal(content: bytes, mark: bytes) -> bytes:
    """Return what a seal vouches for."""
    body = content.rpartition(mark)[0]
    if content != _seal(body, mark):
        raise ValueError("is not what was written")
    return body
