"""The user's own potentials in a folder of labels: which made them, and how far they count."""

from collections.abc import Iterable
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.potential_files import REGISTER, read_register, write_register
from maiscreen.models.labels.potentials import PotentialEntry
from maiscreen.models.labels.table import MANIFEST, read_register_bytes
from maiscreen.runners.folder.files import write_if_changed
from maiscreen.runners.folder.place import error_text


def registered(folder: Path) -> tuple[PotentialEntry, ...]:
    """Return the user's own potentials that a folder has in its register.

    Raises
    ------
    InputError
        If the register cannot be read.
    """
    try:
        return read_register(read_register_bytes(folder))
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        reason = error_text(error) if isinstance(error, OSError) else str(error)
        remedy = f"its {REGISTER} cannot be read: {reason}"
        raise InputError("--labels", str(folder), remedy) from None


def register_by_hand(folder: Path, entry: PotentialEntry) -> tuple[PotentialEntry, ...]:
    """Register a potential in a folder of labels that no run of ours wrote.

    Returns
    -------
    tuple of PotentialEntry
        All that are registered there now.

    Raises
    ------
    InputError
        If a run wrote the folder, whose manifest vouches for what is in it; or the register cannot
        be read or written.
    """
    if (folder / MANIFEST).exists():
        remedy = "was written by a run; give that one the file: maiscreen labels run --potential"
        raise InputError("--labels", str(folder), remedy)
    return _write(folder, (*registered(folder), entry))


def register_potentials(
    folder: Path, entries: Iterable[PotentialEntry]
) -> tuple[PotentialEntry, ...]:
    """Write the potentials of a run into the register of its folder; a damaged one is mended.

    Returns
    -------
    tuple of PotentialEntry
        All that are registered there now.

    Raises
    ------
    InputError
        If the register cannot be written.
    """
    own = [entry for entry in entries if entry.own]
    try:
        before = registered(folder)
    except InputError:
        before = ()
    return _write(folder, (*before, *own)) if own else before


def _write(folder: Path, entries: Iterable[PotentialEntry]) -> tuple[PotentialEntry, ...]:
    """Write a register; the last entry of a name is the one that counts."""
    every = {entry.name: entry for entry in entries}
    try:
        write_if_changed(folder / REGISTER, write_register(every.values()))
    except OSError as error:
        reason = f"cannot be written: {error_text(error)}"
        raise InputError("--labels", str(folder), reason) from None
    return tuple(every.values())
