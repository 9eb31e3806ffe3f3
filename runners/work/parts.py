"""Parts of a wide table: written by who computes them, each with a receipt that vouches for it."""

import hashlib
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from socket import gethostname
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.molecules.mixtures import NOTHING
from maiscreen.candidates.reading import limits
from maiscreen.runners.endings import StorageError
from maiscreen.runners.folder.place import (
    Place,
    error_text,
    list_files,
    map_files,
    read_whole,
    sha256_of,
)
from maiscreen.runners.folder.receipts import read_receipt, seal_receipt
from maiscreen.runners.folder.shards import FOLDER, HIDDEN, write_whole
from maiscreen.runners.outcome import Failure, Outcome
from maiscreen.runners.work.work import perform
from maiscreen.screen.blends.blends import metal_sets
from maiscreen.screen.blends.front_runners import BINS, histogram
from maiscreen.screen.blends.ingredients import adopt_ingredients, ingredients, ingredients_to_bytes
from maiscreen.screen.blends.table import SLOTS, part_bytes
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task
from maiscreen.screen.scoring.front import BestCandidates

PREPARED = "ingredients.npz"
"""What workers share, beside the receipts."""


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
    gates : dict of str to int
        How many each gate rejected; those that passed stand under "".
    best : BestCandidates
        The best of them.
    optimistic : list of int
        Histogram of their optimistic scores.
    failures : tuple of Failure
        Those that could not be described.
    seconds : dict of str to float
        Time spent, by stage.
    peak_mib : float
        Most memory that the process has held so far, MiB.
    kernels : str
        What it was computed with; empty in receipts of older versions.
    """

    task: Task
    rows: int
    sha256: str
    gates: dict[str, int]
    best: BestCandidates
    optimistic: list[int]
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

    def prepare(self, campaign: Campaign) -> "Parts":
        """Write down for the workers what takes long to work out and is the same for all."""
        content = ingredients_to_bytes(ingredients(campaign))
        return replace(self, prepared=write_whole(self._receipts / PREPARED, content))

    def perform(
        self, describe: Callable[..., pa.Table], campaign: Campaign, start: int, stop: int
    ) -> Outcome:
        """Describe a slice of the candidates and write its part; give all but the table."""
        seconds: dict[str, float] = {}
        _adopt_prepared(campaign, self._receipts / PREPARED, self.prepared)
        described = partial(describe, seconds=seconds)
        outcome = perform(described, campaign, start, stop)
        try:
            self._write(campaign, Task(start, stop), outcome, seconds)
        except StorageError as error:
            where, reason = error.args
            raise StorageError(where, f"{reason} (worker on {gethostname()})") from None
        return WrittenPart(None, outcome.failures, outcome.seconds, host=gethostname())

    def await_part(self, task: Task, outcome: Outcome) -> None:
        """Wait until the part that a worker reports as written appears in this folder.

        Raises
        ------
        StorageError
            If it is not: the worker's folder of this name is another one.
        """
        if not isinstance(outcome, WrittenPart) or self._appears(task):
            return
        raise StorageError(str(self.out), f"what {_other_folder_text(outcome.host)}")

    def _appears(self, task: Task) -> bool:
        """Look for the receipt of a task; a shared file system may show it some seconds later."""
        path = self._receipts / f"{_name(task)}.json"
        begun = time.monotonic()
        while not path.exists():
            if time.monotonic() - begun > SEEN_S:
                return False
            time.sleep(_LOOK_S)
        return True

    def lost(self, failure: Failure) -> None:
        """Write the receipt of a candidate that ended its worker."""
        task = Task(failure.index, failure.index + 1)
        self._sign(Receipt(task, 0, "", {}, BestCandidates.empty(), [0] * BINS, (failure,)))

    def receipts(self) -> dict[Task, Receipt]:
        """Read the receipts whose parts are whole; what is damaged counts as not there."""
        paths = list_files(self._receipts, "part-*.json")
        found = map_files(self._read_if_whole, paths, self.out)
        return {receipt.task: receipt for receipt in found if receipt is not None}

    def drop_others(self, kept: Mapping[Task, Receipt]) -> None:
        """Remove parts that are none of those kept, so that the folder is one table."""
        names = {f"{_name(task)}.parquet" for task, receipt in kept.items() if receipt.rows}
        for path in list_files(self.out / FOLDER, "part-*.parquet"):
            if path.name not in names:
                try:
                    path.unlink()
                except OSError as error:
                    raise StorageError(str(path), error_text(error)) from None

    @property
    def _receipts(self) -> Place:
        return self.out / HIDDEN / self.fingerprint

    def _write(
        self, campaign: Campaign, task: Task, outcome: Outcome, seconds: dict[str, float]
    ) -> None:
        begun = time.perf_counter()
        table = outcome.table
        digest = "" if table is None else self._part(campaign, task, table)
        seconds["write"] = time.perf_counter() - begun
        seconds["task"] = outcome.seconds + seconds["write"]
        peak = peak_rss_mib()
        rows = 0 if table is None else table.num_rows
        summary = _summary(campaign, table)
        receipt = Receipt(task, rows, digest, *summary, outcome.failures, seconds, peak)
        self._sign(replace(receipt, kernels=outcome.kernels))

    def _part(self, campaign: Campaign, task: Task, table: pa.Table) -> str:
        asked = campaign.space.columns
        content = part_bytes(table.select(list(asked)) if asked else table)
        return write_whole(self.out / FOLDER / f"{_name(task)}.parquet", content)

    def _sign(self, receipt: Receipt) -> None:
        plain = {
            "fingerprint": self.fingerprint,
            **asdict(receipt),
            "best": [getattr(receipt.best, name).tolist() for name in BestCandidates.__slots__],
            "failures": [asdict(failure) for failure in receipt.failures],
        }
        path = self._receipts / f"{_name(receipt.task)}.json"
        write_whole(path, seal_receipt(plain))

    def _read_if_whole(self, path: Place) -> Receipt | None:
        try:
            return self._read(path)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _read(self, path: Place) -> Receipt:
        plain = read_receipt(path)
        task = Task(*plain["task"])
        if plain.pop("fingerprint") != self.fingerprint or path.stem != _name(task):
            raise ValueError("another run's receipt")
        index, score, group = plain["best"]
        whole = (np.array(one, np.int64) for one in (index, group))
        front = BestCandidates(next(whole), np.array(score, np.float64), next(whole))
        failures = tuple(Failure(**one) for one in plain["failures"])
        receipt = Receipt(**{**plain, "task": task, "best": front, "failures": failures})
        if receipt.rows and self._digest(task) != receipt.sha256:
            raise ValueError("damaged part")
        return receipt

    def _digest(self, task: Task) -> str:
        return sha256_of(self.out / FOLDER / f"{_name(task)}.parquet")


@lru_cache(maxsize=2)
def _adopt_prepared(campaign: Campaign, path: Place, sha256: str) -> None:
    """Adopt the prepared ingredients, once in a process, if the file is whole.

    Raises
    ------
    StorageError
        If it is not there: this worker does not see the folder of the campaign.
    """
    if not sha256:
        return
    try:
        content = read_whole(path, limits.MODEL_BYTES)
    except OSError as error:
        told = (
            _other_folder_text(gethostname())
            if isinstance(error, FileNotFoundError)
            else error_text(error)
        )
        raise StorageError(str(path.parent.parent.parent), f"what {told}") from None
    if hashlib.sha256(content).hexdigest() == sha256:
        adopt_ingredients(campaign, content)


def peak_rss_mib() -> float:
    """Give the most memory that this process has held, MiB.

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


def _summary(
    campaign: Campaign, table: pa.Table | None
) -> tuple[dict[str, int], BestCandidates, list[int]]:
    """Summarise a part: gates, the best, the histogram of optimistic scores."""
    most = campaign.space.front_runners
    if table is None:
        return {}, BestCandidates.empty(), [0] * BINS
    index, score = table["index"].to_numpy(), table["score"].to_numpy()
    counted = pc.value_counts(table["rejected"].combine_chunks().cast(pa.string())).to_pylist()
    gates = {one["values"] or "": one["counts"] for one in counted}
    bins: list[int] = histogram(table["score_optimistic"].to_numpy()).tolist()
    return gates, BestCandidates.of(index, score, _groups(campaign, table), most), bins


def _groups(campaign: Campaign, table: pa.Table) -> NDArray[np.int64]:
    """Give numbers to the sets of metals of the candidates of a table."""
    poured = [
        pc.fill_null(table[f"precursor_{k + 1}"].combine_chunks().indices, NOTHING).to_numpy()
        for k in SLOTS
    ]
    return metal_sets(campaign, np.stack(poured).astype(np.int64))


def _name(task: Task) -> str:
    return f"part-{task.start:010d}-{task.stop:010d}"


def _other_folder_text(host: str) -> str:
    remedy = "give a folder that all hosts share, or one in object storage (s3://…)"
    return f"the worker on {host} sees under this name is another folder; {remedy}"


def open_parts(out: Place) -> Any:
    """Open the table of all candidates of a finished wide campaign, without reading it.

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
