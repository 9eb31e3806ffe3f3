"""Doing failed candidates again: what vouches for them is taken away, so that a run does them."""

from maiscreen.runners.folder.place import Place, list_files
from maiscreen.runners.folder.receipts import read_json


def drop_failed(folder: Place) -> int:
    """Take away the receipts of tasks in which candidates failed.

    Their intervals are then left to do, like those of an interrupted run; everything else is kept.
    A candidate that ended its workers has a receipt of its own.

    Parameters
    ----------
    folder : Path or Remote
        Where the receipts of a campaign lie; it may be missing.

    Returns
    -------
    int
        How many candidates had failed.
    """
    dropped = 0
    for path in list_files(folder, "part-*.json"):
        failures = _count_failures(path)
        if failures:
            path.unlink()
            dropped += failures
    return dropped


def _count_failures(path: Place) -> int:
    """Count the failures of a receipt; one that is damaged is done again anyway."""
    try:
        return len(read_json(path)["failures"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return 0
