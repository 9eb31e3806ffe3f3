"""Folders pinned to what was in them: ``folder@sha256:digest``.

A worker on another machine, or a later run, notices so when the folder holds something else.
"""

PIN = "@sha256:"
"""Between a folder and the digest of what is in it."""


def folder_of(pinned: str) -> str:
    """Give the folder, pinned or not.

    Examples
    --------
    >>> folder_of("models/mine@sha256:1234")
    'models/mine'
    """
    return pinned.rpartition(PIN)[0] or pinned


def digest_of(pinned: str) -> str:
    """Give what a folder is pinned to; empty where it is not.

    Examples
    --------
    >>> digest_of("models/mine@sha256:1234"), digest_of("models/mine")
    ('1234', '')
    """
    return pinned.rpartition(PIN)[2] if PIN in pinned else ""
