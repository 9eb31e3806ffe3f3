"""Arguments of the command line, taken from text; what is no good is refused in one line."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError

if TYPE_CHECKING:
    from maiscreen.screen.campaign import Campaign

MAX_WORKERS = 256
"""More processes than this on one machine are a slip of the key."""


def how(options: argparse.Namespace) -> dict[str, Any]:
    """Say what is to perform the tasks."""
    workers, scheduler = options.workers, options.scheduler
    if scheduler == "":
        remedy = "is empty; give an address, such as tcp://10.0.0.1:8786"
        raise InputError("--scheduler", scheduler, remedy)
    asked = getattr(options, "cluster", None)
    if asked is not None:
        from maiscreen.runners.cluster_file import read_cluster_file

        asked = read_cluster_file(folder("--cluster", asked))
    count = None if workers is None else whole("--workers", workers, MAX_WORKERS)
    given = {"serially": options.serial, "scheduler": scheduler, "cluster": asked}
    return {"workers": count, **given}


def folder(field: str, text: str) -> Path:
    """Take a folder; an empty text would be the current one."""
    if not text:
        raise InputError(field, text, "is empty; give a folder")
    return Path(text)


def own_snapshot(text: str | None) -> str:
    """Take the folder of a snapshot and pin it; empty for the embedded one."""
    from maiscreen.candidates.snapshot import pinned

    return "" if text is None else pinned(str(folder("--snapshot", text)))


def with_own_data(campaign: "Campaign", options: argparse.Namespace) -> "Campaign":
    """Give a campaign the snapshot and the labels that the user names, pinned."""
    if options.snapshot is not None:
        campaign = replace(campaign, snapshot=own_snapshot(options.snapshot))
    if options.labels is not None:
        from maiscreen.models.own_labels import pinned

        campaign = replace(campaign, labels=pinned(str(folder("--labels", options.labels))))
    return campaign


def whole(field: str, text: str, high: int) -> int:
    """Take a whole number from 1 to a limit."""
    # Nine digits at most: Python refuses to read thousands.
    few = text.isascii() and text.isdigit() and len(text) <= 9
    if not few or not 1 <= int(text) <= high:
        raise InputError(field, text, f"give a whole number from 1 to {high}")
    return int(text)
