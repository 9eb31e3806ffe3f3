"""The user's own potentials in a folder of labels: which made them, and how far they count."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.potential_files import REGISTER, read_register, write_register
from maiscreen.models.labels.potentials import PotentialEntry
from maiscreen.models.labels.table import MANIFEST, read_register_bytes
from maiscreen.runners.folder.files import write_if_changed
from maiscreen.runners.folder.place import error_text
from maiscreen.runners.runs.labels_receipts import label_receipts


def registered(folder: Path) -> tuple[PotentialEntry, ...]:
    """Return the user's own potentials that a folder has in its register.

    Raises
    ------
    InputError
        If the register cannot be read, or is another one than a run wrote.
    """
    return read_register(read_register_bytes(folder, "--labels"), "--labels", folder)


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
    every = _by_name((*registered(folder), entry))
    _write(folder, every)
    return every


def register_potentials(folder: Path, entries: Iterable[PotentialEntry]) -> None:
    """Write the potentials of a run into the register of its folder, beside those that are there.

    A register that the manifest does not vouch for is that of a run that ended before it wrote its
    own: what it has stays. One that cannot be read is kept among the receipts, no longer to count.

    Raises
    ------
    InputError
        If the register cannot be written.
    """
    own = [entry for entry in entries if entry.own]
    if own:
        _write(folder, _by_name((*_registered_before(folder), *own)))


def _registered_before(folder: Path) -> tuple[PotentialEntry, ...]:
    """Return what earlier runs registered, those without a manifest too."""
    try:
        content = read_register_bytes(folder, "--out", vouched=False)
        return read_register(content, "--out", folder)
    except InputError:
        _set_aside(folder)
        return ()


def _set_aside(folder: Path) -> None:
    """Keep a register that is damaged; whoever cannot move it cannot write a new one either."""
    with suppress(OSError):
        label_receipts(folder).mkdir(parents=True, exist_ok=True)
        (folder / REGISTER).replace(label_receipts(folder) / f"{REGISTER}.stale")


def _by_name(entries: Iterable[PotentialEntry]) -> tuple[PotentialEntry, ...]:
    """Leave one entry of each name: the last, in the place of the first."""
    return tuple({entry.name: entry for entry in entries}.values())


def _write(folder: Path, entries: Iterable[PotentialEntry]) -> None:
    try:
        write_if_changed(folder / REGISTER, write_register(entries))
    except OSError as error:
        reason = f"cannot be written: {error_text(error)}"
        raise InputError("--labels", str(folder), reason) from None
