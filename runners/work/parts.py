"""Parts of the table of candidates: written by who computes them, each with a receipt."""

import hashlib
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from socket import gethostname
from typing import Any

import numpy as np
import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.endings import FaultError, StorageError
from maiscreen.runners.folder.files import (
    FOLDER,
    HIDDEN,
    PREPARED,
    from_parquet,
    part_name,
    write_if_changed,
    write_whole,
)
from maiscreen.runners.folder.place import (
    Place,
    error_text,
    list_files,
    map_files,
    read_whole,
    sha256_of,
)
from maiscreen.runners.folder.receipts import read_receipt, seal_receipt
from maiscreen.runners.outcome import Failure, Outcome
from maiscreen.runners.work.work import perform
from maiscreen.screen.blends.table import part_bytes
from maiscreen.screen.campaign.plan import Task
from maiscreen.screen.scoring.front import BestCandidates
from maiscreen.screen.screens.screen import Screen, Seconds, Summary

SEEN_S = 60.0
"""So long a shared file system may take to show what another host wrote [NFS: 60 s by default]."""

_LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a task.

    Attributes
    ----------
    task : Task
        Its candidates.
    rows : int
        How many of them are in the part.
    sha256 : str
        Of the part; empty where there is none.
    summary : Summary
        What is kept of the part.
    failures : tuple of Failure
        Those that could not be described.
    seconds : dict of str to float
        Time spent, by stage.
    peak_mib : float
        Most memory that the process has held so far, MiB.
    kernels : str
        What it was computed with.
    """

    task: Task
    rows: int
    sha256: str
    summary: Summary
    failures: tuple[Failure, ...]
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mib: float = 0.0
    kernels: str = ""


@dataclass(frozen=True, slots=True)
class WrittenPart(Outcome):
    """Outcome of a task whose part the worker has written itself.

    Attributes
    ----------
    host : str
        Where it runs.
    """

    host: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one campaign in its folder.

    Attributes
    ----------
    out : Path or Remote
        The output folder, absolute: workers write into it themselves. Of one in object storage
        the address alone travels to them.
    fingerprint : str
        Of the run.
    prepared : str
        SHA-256 of what :meth:`prepare` wrote for the workers; empty for nothing.
    """

    out: Place
    fingerprint: str
    prepared: str = ""

    def prepare(self, screen: Screen) -> "Parts":
        """Write down for the workers what takes long to work out and is the same for all."""
        content = screen.prepared()
        write_if_changed(self._receipts / PREPARED, content)
        return replace(self, prepared=hashlib.sha256(content).hexdigest())

    def perform(
        self, describe: Callable[..., pa.Table], screen: Screen, start: int, stop: int
    ) -> Outcome:
        """Describe a slice of the candidates and write its part; give all but the table.

        Where this host does not see the folder, the table is sent, if candidates are few.

        Raises
        ------
        StorageError
            If the part cannot be written.
        """
        stages: dict[str, float] = {}
        shared = _adopt_prepared(screen, self._receipts / PREPARED, self.prepared)
        if not (shared or screen.ranks_everyone):
            raise StorageError(str(self.out), f"what {_other_folder_text(gethostname())}")
        outcome = perform(partial(describe, seconds=stages), screen, start, stop)
        if not shared:
            return outcome
        try:
            self._write(screen, Task(start, stop), outcome, stages)
        except StorageError as error:
            where, reason = error.args
            raise StorageError(where, f"{reason} (worker on {gethostname()})") from None
        return WrittenPart(None, outcome.failures, outcome.seconds, host=gethostname())

    def keep(self, screen: Screen, task: Task, outcome: Outcome) -> None:
        """See that the part of a task is in this folder; write what its worker did not.

        Raises
        ------
        StorageError
            If it does not appear: the worker's folder of this name is another one.
        """
        if not isinstance(outcome, WrittenPart):
            self._write(screen, task, outcome, {})
        elif not self._appears(task):
            raise StorageError(str(self.out), f"what {_other_folder_text(outcome.host)}")

    def receipts(self) -> dict[Task, Receipt]:
        """Read the receipts whose parts are whole; what is damaged counts as not there."""
        paths = list_files(self._receipts, "part-*.json")
        read = map_files(self._read_if_whole, paths, self.out)
        return {receipt.task: receipt for receipt in read if receipt is not None}

    def tables(self, screen: Screen, receipts: Iterable[Receipt]) -> Iterator[pa.Table]:
        """Read the parts of receipts that were found whole, in their order.

        Raises
        ------
        FaultError
            If one is gone or damaged since, or is not what its receipt says.
        """
        columns = screen.columns_to_write(screen.describe(0, 0)).column_names
        for receipt in receipts:
            path = self.out / FOLDER / f"{part_name(receipt.task)}.parquet"
            try:
                table = from_parquet(read_whole(path, limits.PART_BYTES))
                if table.num_rows != receipt.rows:
                    raise ValueError(f"{table.num_rows} rows instead of {receipt.rows}")
                if table.column_names != columns:
                    raise ValueError("has other columns than this campaign's")
            except (OSError, ValueError, pa.ArrowException) as error:
                reason = error_text(error) if isinstance(error, OSError) else str(error)
                remedy = "remove it, and the same command makes it again"
                raise FaultError(f"{path} cannot be read: {reason}; {remedy}") from None
            yield table

    def drop_others(self, kept: Mapping[Task, Receipt]) -> None:
        """Remove parts and receipts that are none of those kept, so that the folder is one table.

        Raises
        ------
        StorageError
            If one cannot be removed.
        """
        names = {f"{part_name(task)}.parquet" for task, receipt in kept.items() if receipt.rows}
        names |= {f"{part_name(task)}.json" for task in kept}
        here = list_files(self.out / FOLDER, "part-*.parquet")
        # A receipt that is damaged, of tasks that were divided otherwise.
        for path in (*here, *list_files(self._receipts, "part-*.json")):
            if path.name not in names:
                try:
                    path.unlink()
                except OSError as error:
                    raise StorageError(str(path), error_text(error)) from None

    @property
    def _receipts(self) -> Place:
        return self.out / HIDDEN / self.fingerprint

    def _appears(self, task: Task) -> bool:
        """Look for the receipt of a task; a shared file system may show it some seconds later."""
        path = self._receipts / f"{part_name(task)}.json"
        begun = time.monotonic()
        while not path.exists():
            if time.monotonic() - begun > SEEN_S:
                return False
            time.sleep(_LOOK_S)
        return True

    def _write(self, screen: Screen, task: Task, outcome: Outcome, stages: Seconds) -> None:
        begun, table = time.perf_counter(), outcome.table
        rows, digest, summary = 0, "", Summary()
        if table is not None:
            rows, summary = table.num_rows, screen.summary(table)
            content = part_bytes(screen.columns_to_write(table))
            digest = write_whole(self.out / FOLDER / f"{part_name(task)}.parquet", content)
        stages["write"] = time.perf_counter() - begun
        stages["task"] = outcome.seconds + stages["write"]
        spent = dict(stages), peak_rss_mib(), outcome.kernels
        self._sign(Receipt(task, rows, digest, summary, outcome.failures, *spent))

    def _sign(self, receipt: Receipt) -> None:
        best, optimistic = receipt.summary.best, receipt.summary.optimistic
        plain = {
            "fingerprint": self.fingerprint,
            "task": list(receipt.task),
            "rows": receipt.rows,
            "sha256": receipt.sha256,
            "gates": dict(receipt.summary.gates),
            "best": [getattr(best, name).tolist() for name in BestCandidates.__slots__],
            "optimistic": optimistic.tolist(),
            "failures": [asdict(failure) for failure in receipt.failures],
            "seconds": receipt.seconds,
            "peak_mib": receipt.peak_mib,
            "kernels": receipt.kernels,
        }
        write_whole(self._receipts / f"{part_name(receipt.task)}.json", seal_receipt(plain))

    def _read_if_whole(self, path: Place) -> Receipt | None:
        try:
            return self._read(path)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _read(self, path: Place) -> Receipt:
        plain = read_receipt(path)
        task = Task(*plain["task"])
        if plain["fingerprint"] != self.fingerprint or path.stem != part_name(task):
            raise ValueError("another run's receipt")
        rows, digest = plain["rows"], plain["sha256"]
        if rows and sha256_of(self.out / FOLDER / f"{part_name(task)}.parquet") != digest:
            raise ValueError("damaged part")
        failures = tuple(Failure(**failure) for failure in plain["failures"])
        spent = plain["seconds"], plain["peak_mib"], plain["kernels"]
        return Receipt(task, rows, digest, _summary(plain), failures, *spent)


def _summary(receipt: Mapping[str, Any]) -> Summary:
    index, score, group = receipt["best"]
    best = BestCandidates(
        np.array(index, np.int64), np.array(score, np.float64), np.array(group, np.int64)
    )
    return Summary(receipt["gates"], best, np.array(receipt["optimistic"], np.int64))


@lru_cache(maxsize=2)
def _adopt_prepared(screen: Screen, path: Place, sha256: str) -> bool:
    """Adopt what was prepared, once in a process, if the file is whole.

    Returns
    -------
    bool
        Whether this host sees the folder of the campaign.
    """
    try:
        content = read_whole(path, limits.MODEL_BYTES)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StorageError(str(path.parent.parent.parent), f"what {error_text(error)}") from None
    if content and hashlib.sha256(content).hexdigest() == sha256:
        screen.adopt(content)
    return True


def peak_rss_mib() -> float:
    """Return the most memory that this process has held, MiB.

    Linux counts it for each program that a process runs; ``ru_maxrss`` would be that of the
    process that started this one, if that was larger.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
        return int(peak) / 1024
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _other_folder_text(host: str) -> str:
    remedy = "give a folder that all hosts share, or one in object storage (s3://…)"
    return f"the worker on {host} sees under this name is another folder; {remedy}"


def open_parts(out: Place) -> Any:
    """Open the table of all candidates of a finished campaign, without reading it.

    Raises
    ------
    InputError
        If there is none.
    """
    import pyarrow.dataset as ds

    try:
        if not isinstance(out, Path):
            return ds.dataset((out / FOLDER).path, format="parquet", filesystem=out.fs)
        return ds.dataset(out / FOLDER, format="parquet")
    except (OSError, pa.ArrowException) as error:
        reason = error_text(error) if isinstance(error, OSError) else str(error)
        raise InputError("DIR", str(out), f"holds no table of candidates: {reason}") from None
