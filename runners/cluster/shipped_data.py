"""A campaign's own snapshot, labels and models, as bytes for workers that lack their folders."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from distributed import WorkerPlugin

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.snapshot import pins
from maiscreen.candidates.snapshot.snapshot import read_manifest
from maiscreen.models.labels.potential_files import REGISTER
from maiscreen.models.labels.table import TABLE
from maiscreen.models.storage.model import CARD, load_card
from maiscreen.models.storage.students import STUDENT
from maiscreen.screen.campaign.campaign import Campaign

MOST_BYTES = 1 << 30
"""More than this does not travel; such folders must be on every host."""

Folders = Mapping[str, Mapping[str, bytes]]
"""Digest of a pin → name → content, files that lie side by side."""


def pack_folders(snapshot: str = "", labels: str = "", models: Sequence[str] = ()) -> Folders:
    """Read the folders that are pinned; empty where embedded data alone are.

    Parameters
    ----------
    snapshot, labels : str
        Pinned folder; empty for the embedded one.
    models : sequence of str
        Pinned folders.

    Raises
    ------
    InputError
        If there is too much, or a folder is not what it was.
    """
    named = [("snapshot", snapshot), ("labels", labels), *(("models", pin) for pin in models)]
    pinned = [(field, pin) for field, pin in named if pins.PIN in pin]
    paths = {pin: _files(field, pins.resolve_folder(pin)) for field, pin in pinned}
    if sum(path.stat().st_size for of_one in paths.values() for path in of_one) > MOST_BYTES:
        folders = ", ".join(map(pins.folder_of, paths))
        remedy = f"have more than {MOST_BYTES >> 30} GiB, too much to send to workers"
        raise InputError("snapshot, labels, models", folders, remedy)
    return {
        pins.digest_of(pin): {path.name: limits.read_bytes(path, MOST_BYTES) for path in of_one}
        for pin, of_one in paths.items()
    }


def campaign_folders(campaign: Campaign) -> Folders:
    """Read the folders that a pinned campaign names."""
    return pack_folders(campaign.snapshot, campaign.labels, campaign.models)


def _files(field: str, folder: Path) -> list[Path]:
    """List the files of a folder that are read; whoever reads them checks their hashes."""
    if field == "labels":
        names = [TABLE, REGISTER]
    elif field == "snapshot":
        names = ["manifest.json", *read_manifest(folder)["files"]]
    else:
        names = [CARD, *load_card(folder).files, STUDENT]
    if any(Path(name).name != name for name in names):
        raise InputError(field, str(folder), "names files that are not in it")
    return [folder / name for name in names if (folder / name).is_file()]


received = 0
"""How often this process has been given data."""


class ShipData(WorkerPlugin):
    """Writes the files into a folder of the worker's own, where their pins are looked for.

    The scheduler keeps it and gives it to every worker that joins later, before any task.
    """

    def __init__(self, folders: Folders) -> None:
        # One for each run: whoever is done first takes away nothing from another.
        self.name = f"maiscreen-own-data-{uuid4().hex}"
        self.folders = folders
        self.written: Path | None = None

    def setup(self, worker: Any) -> None:
        """Write the files as the worker joins; Dask removes what a killed worker leaves."""
        global received
        received += 1
        self.written = Path(tempfile.mkdtemp(prefix="own-", dir=worker.local_directory))
        for number, (digest, files) in enumerate(self.folders.items()):
            folder = self.written / str(number)
            folder.mkdir(mode=0o700)
            for name, content in files.items():
                (folder / name).write_bytes(content)
            pins.register_shipped(digest, folder)
        self.folders = {}

    def teardown(self, worker: Any) -> None:
        """Remove them again."""
        if self.written is not None:
            pins.forget_shipped(self.written)
            shutil.rmtree(self.written, ignore_errors=True)
