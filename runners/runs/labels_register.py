"""The user's own potentials in a folder of labels: which made them, and how far they count."""

from collections.abc import Iterable
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.potential_files import REGISTER, read_register, write_register
from maiscreen.models.labels.potentials import PotentialEntry
from maiscreen.models.labels.table import read_register_bytes
from maiscreen.runners.folder.files import write_whole
from maiscreen.runners.folder.place import error_text


def registered(folder: Path, field: str = "--labels") -> tuple[PotentialEntry, ...]:
    """Return the user's own potentials that a folder has in its register.

    Parameters
    ----------
    folder : Path
        Of labels.
    field : str
        Option that named it.

    Raises
    ------
    InputError
        If the register cannot be read.
    """
    try:
        return read_register(read_register_bytes(folder))
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        reason = error_text(error) if isinstance(error, OSError) else str(error)
        raise InputError(field, str(folder), f"its {REGISTER} cannot be read: {reason}") from None


def register_potentials(
    folder: Path, entries: Iterable[PotentialEntry], field: str = "--labels"
) -> tuple[PotentialEntry, ...]:
    """Write potentials into the register of a folder; one takes the place of another of its name.

    Returns
    -------
    tuple of PotentialEntry
        All that are in it now.

    Raises
    ------
    InputError
        If the register cannot be read or written.
    """
    every = {entry.name: entry for entry in (*registered(folder, field), *entries) if entry.own}
    content = write_register(every.values())
    if content and content != read_register_bytes(folder):
        try:
            write_whole(folder / REGISTER, content)
        except OSError as error:
            raise InputError(
                field, str(folder), f"cannot be written: {error_text(error)}"
            ) from None
    return tuple(every.values())
