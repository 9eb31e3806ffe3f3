"""What has become of a campaign so far: read from its folder, whoever runs it, and wherever."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.sealed import seal_json
from maiscreen.runners.folder.files import (
    FORMAT,
    HIDDEN,
    MANIFEST,
    RANKING,
    OtherFormatError,
    read_record,
    write_if_changed,
)
from maiscreen.runners.folder.lock import is_alive, owner_of
from maiscreen.runners.folder.log import newest_log, read_run_info
from maiscreen.runners.folder.owner import Owner
from maiscreen.runners.folder.place import Place, list_files, map_files
from maiscreen.runners.folder.receipts import MOST_CANDIDATES, read_receipt
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task, choose_parts

RECORD = "campaign.json"
"""What a run notes down before its first task, in the folder of its receipts."""

_DAMAGED = f"its {HIDDEN} is damaged; run the campaign again, what is whole is kept"

SILENT_S = 120.0
"""So long without a new receipt, and a run elsewhere whose lock was not watched seems to have gone
[judgement: tasks take seconds]."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far a campaign is.

    Attributes
    ----------
    campaign : Campaign
        Its settings, as the run had them.
    fingerprint : str
        Of the run.
    total, done : int
        Candidates, and those of them with a receipt.
    failed : dict of str to int
        Candidates that failed, by reason.
    finished : bool
        Whether all candidates are done and the outputs written.
    rate : float or None
        Candidates in a second between the first receipt and the last; None below two receipts.
    silent_s : float
        Seconds since the last receipt, or since the beginning.
    owner : Owner or None
        The run that holds the folder, or held it last.
    alive : bool or None
        Whether it is at work; None where it is on another host, and so must be watched.
    log : Path or Remote or None
        That of the last run.
    where : dict of str to object
        What it says: host, pid, workers, dashboard, last event.
    """

    campaign: Campaign
    fingerprint: str
    total: int
    done: int
    failed: dict[str, int]
    finished: bool
    rate: float | None
    silent_s: float
    owner: Owner | None = None
    alive: bool | None = False
    log: Place | None = None
    where: dict[str, object] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """``finished``, ``running`` or ``interrupted``."""
        if self.alive or (self.alive is None and self.silent_s < SILENT_S):
            return "running"
        return "finished" if self.finished else "interrupted"


def record_start(
    out: Place, fingerprint: str, campaign: Campaign, total: int, prepared: str
) -> None:
    """Record what is run in a folder, before the first task, unless the record is there.

    Parameters
    ----------
    out : Path or Remote
        The folder.
    fingerprint : str
        Of the run.
    campaign : Campaign
        Its settings.
    total : int
        Candidates.
    prepared : str
        SHA-256 of what was written for the workers.
    """
    record = {
        "format": FORMAT,
        "fingerprint": fingerprint,
        "campaign": campaign.to_dict(),
        "total": total,
        "prepared": prepared,
    }
    text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    write_if_changed(out / HIDDEN / fingerprint / RECORD, seal_json(text))


def status(out: Place, now: float | None = None) -> Status:
    """Read how far the campaign of a folder is; nothing is written.

    Parameters
    ----------
    out : Path or Remote
        The ``--out`` of a run.
    now : float, optional
        Time, seconds since 1970; the clock's if left out.

    Raises
    ------
    InputError
        If no run has begun there, or what it noted down is damaged.
    """
    path = find_record(out)
    record = read_start(out, path)
    receipts = map_files(_receipt, list_files(path.parent, "part-*.json"), out)
    there = [one for one in receipts if one is not None]
    kept = choose_parts(record["total"], [one[0] for one in there])
    failed: Counter[str] = Counter()
    for task, receipt, _ in there:
        if task in kept:
            failed.update(str(one["reason"]) for one in receipt["failures"])
    times = sorted(moment for _, _, moment in there)
    spent = times[-1] - times[0] if times else 0.0
    first = min(there, key=lambda one: one[2])[0].size if there else 0
    done = sum(task.size for task in kept)
    owner = owner_of(out)
    log = newest_log(path.parent)
    return Status(
        Campaign.from_dict(record["campaign"]),
        str(record["fingerprint"]),
        int(record["total"]),
        done,
        dict(failed.most_common()),
        done == record["total"] and _is_finished(out, str(record["fingerprint"])),
        (done - first) / spent if spent > 0 else None,
        (time.time() if now is None else now) - max([path.stat().st_mtime, *times]),
        owner,
        _is_alive(owner),
        log,
        {} if log is None else read_run_info(log),
    )


def watch_remote_run(out: Place, found: Status) -> Status:
    """Watch a run on another host until it is known whether it is at work."""
    return found if found.alive is not None else replace(found, alive=is_alive(out))


def _is_alive(owner: Owner | None) -> bool | None:
    if owner is None or owner.released:
        return False
    return not owner.is_gone if owner.is_here else None


def find_record(out: Place) -> Place:
    """Find what the last run noted down in a folder.

    Raises
    ------
    InputError
        If none has begun there.
    """
    records = sorted(list_files(out / HIDDEN, f"*/{RECORD}"), key=lambda path: path.stat().st_mtime)
    if not records:
        remedy = f"holds no campaign; make one with: maiscreen run --out {out}"
        lost = (out / RANKING).exists()
        raise InputError("DIR", str(out), _DAMAGED if lost else remedy)
    return records[-1]


def read_start(out: Place, path: Place) -> dict[str, Any]:
    """Read what `record_start` recorded.

    Raises
    ------
    InputError
        If it is not what was written, or of another version.
    """
    try:
        record = read_record(path)
        if type(record["total"]) is not int or record["total"] > MOST_CANDIDATES:
            raise ValueError("no number of candidates")
        if record["fingerprint"] != path.parent.name or record["total"] < 0:
            raise ValueError("another run's")
    except OtherFormatError as error:
        raise InputError("DIR", str(out), str(error)) from None
    except (OSError, ValueError, KeyError):
        raise InputError("DIR", str(out), _DAMAGED) from None
    try:
        Campaign.from_dict(record["campaign"])
    except InputError as error:
        remedy = f"was begun by another version of maiscreen ({error}); run it with that one"
        raise InputError("DIR", str(out), remedy) from None
    except (KeyError, TypeError, AttributeError):
        raise InputError("DIR", str(out), _DAMAGED) from None
    return record


def _receipt(path: Place) -> tuple[Task, Mapping[str, Any], float] | None:
    """Read a receipt, and when it was written; None for what is none, or not whole."""
    try:
        receipt = read_receipt(path)
        return Task(*receipt["task"]), {"failures": receipt["failures"]}, path.stat().st_mtime
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _is_finished(out: Place, fingerprint: str) -> bool:
    try:
        return bool(read_record(out / MANIFEST)["fingerprint"] == fingerprint)
    except (OSError, ValueError):
        return False
