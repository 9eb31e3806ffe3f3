"""Folders pinned to what was in them: ``folder@sha256:digest``.

A worker on another machine, or a later run, notices so when the folder holds something else.
"""

import os
from pathlib import Path

PIN = "@sha256:"
"""Between a folder and the digest of what is in it."""

_shipped: dict[str, list[Path]] = {}
"""Digest → folders with what it stands for, in place of those that are on another machine."""


def folder_of(pinned: str) -> str:
    """Return the folder, pinned or not.

    Examples
    --------
    >>> folder_of("models/mine@sha256:1234")
    'models/mine'
    """
    return pinned.rpartition(PIN)[0] or pinned


def digest_of(pinned: str) -> str:
    """Return what a folder is pinned to; empty where it is not.

    Examples
    --------
    >>> digest_of("models/mine@sha256:1234"), digest_of("models/mine")
    ('1234', '')
    """
    return pinned.rpartition(PIN)[2] if PIN in pinned else ""


def resolve_folder(pinned: str) -> Path:
    """Return the folder of a pin: the one it names, or one that was sent here if that is not there.

    Examples
    --------
    >>> resolve_folder("models/mine@sha256:1234").as_posix()
    'models/mine'
    """
    folder = Path(folder_of(pinned))
    sent = [one for one in _shipped.get(digest_of(pinned), []) if one.is_dir()]
    # os.path: a folder that this user may not look at is none, too.
    return sent[-1] if sent and not os.path.isdir(folder) else folder  # noqa: PTH112


def register_shipped(digest: str, folder: Path) -> None:
    """Take note of a folder that was sent here; whoever opens it checks what is in it."""
    _shipped.setdefault(digest, []).append(folder)


def forget_shipped(parent: Path) -> None:
    """Forget the folders within another one, which goes away."""
    for folders in _shipped.values():
        folders[:] = [one for one in folders if one.parent != parent]
