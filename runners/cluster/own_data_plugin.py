"""A worker's side of a campaign's own data: they come once, and lie in a folder of the worker's."""

import shutil
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from distributed import WorkerPlugin

from maiscreen.candidates.snapshot import pins
from maiscreen.runners.cluster.shipped_data import Folders

received = 0
"""How often this process has been given data."""


class OwnData(WorkerPlugin):
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
            pins.carried(digest, folder)
        self.folders = {}

    def teardown(self, worker: Any) -> None:
        """Remove them again."""
        if self.written is not None:
            pins.forgotten(self.written)
            shutil.rmtree(self.written, ignore_errors=True)
