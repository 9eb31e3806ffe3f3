"""The output folder: whose it is, what lies in it, and a run's claim to it."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from maiscreen.candidates.errors import InputError, did_you_mean
from maiscreen.candidates.reading import limits
from maiscreen.models.storage.model import CARD
from maiscreen.runners.folder.files import (
    FOLDER,
    HIDDEN,
    LAB,
    MANIFEST,
    OtherFormatError,
    from_parquet,
    read_record,
)
from maiscreen.runners.folder.lock import Lock, hold_folder
from maiscreen.runners.folder.log import Log, run_log
from maiscreen.runners.folder.place import Place, error_text, put_new, read_whole
from maiscreen.runners.folder.receipts import read_json
from maiscreen.runners.kernels import kernels, mix
from maiscreen.screen.campaign.campaign import Campaign

if TYPE_CHECKING:
    from maiscreen.screen.facts.findings import Findings

OUTPUTS = (
    "ranking.parquet",
    "shortlist.csv",
    "report.html",
    "ingredients.parquet",
    "candidates",
    MANIFEST,
)
"""What a run writes, the manifest last; what recipes are made of only where the space is wide."""

_NEW = "give another folder to --out, or remove this one"
_OTHER = "give the folder of another run, or remove this one and run its campaign again"
_AGAIN = "run the campaign again"


def check_ours(out: Place, fingerprint: str, settings: Mapping[str, object]) -> None:
    """Refuse a folder that is not ours to write into; write nothing.

    Parameters
    ----------
    out : Path or Remote
        The output folder; it may be missing.
    fingerprint : str
        Fingerprint of the run.
    settings : mapping
        Settings of the run, to say which of them differ.

    Raises
    ------
    InputError
        If it is a file, belongs to another campaign, or holds files that no run has written.
    """
    try:
        if out.exists() and not out.is_dir():
            raise InputError("--out", str(out), "is a file; give a folder")
        if holds_labels(out):
            raise InputError("--out", str(out), f"holds labels; {_NEW}")
        _check_links(out)
        owners = _owners(out)
        foreign = [name for name in (*OUTPUTS, CARD) if (out / name).exists()]
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError("--out", str(out), f"cannot be read: {error_text(error)}") from None
    if any(owner != fingerprint for owner in owners):
        raise InputError("--out", str(out), _whose(out, settings))
    if foreign and not owners:
        raise InputError("--out", str(out), f"holds a foreign {foreign[0]}; {_NEW}")


def _check_links(out: Place) -> None:
    """Refuse a folder whose inner folders are links: what is written there would go elsewhere."""
    if not isinstance(out, Path):
        return
    inner = (out / HIDDEN, *sorted((out / HIDDEN).glob("*")), out / FOLDER, out / LAB)
    for path in inner:
        if path.is_symlink():
            name = path.relative_to(out)
            raise InputError("--out", str(out), f"its {name} is a link to elsewhere; {_NEW}")


def create_folder(out: Place) -> None:
    """Make the folder and see that it can be written into.

    Raises
    ------
    InputError
        If it cannot.
    """
    # A name that nobody knows beforehand: a link of that name would lead elsewhere.
    probe = out / HIDDEN / f".probe-{uuid.uuid4().hex}"
    try:
        put_new(probe, b"")
        probe.unlink()
    except (OSError, ValueError) as error:
        raise InputError("--out", str(out), f"cannot be written: {error_text(error)}") from None


def _campaigns_beside(out: Place) -> list[str]:
    """Name the folders beside one that hold a campaign."""
    if not isinstance(out, Path) or not out.absolute().parent.is_dir():
        return []
    return sorted(path.parent.name for path in out.absolute().parent.glob(f"*/{MANIFEST}"))


def read_manifest(out: Place, field: str = "--out") -> dict[str, object]:
    """Read the manifest of a campaign folder.

    Raises
    ------
    InputError
        If there is none, or it is damaged.
    """
    try:
        return read_record(out / MANIFEST)
    except OSError as error:
        if not isinstance(out, Path) and not isinstance(error, FileNotFoundError):
            raise InputError(field, str(out), f"cannot be read: {error_text(error)}") from None
        near = did_you_mean(out.name, _campaigns_beside(out))
        next_step = near or f"make one with: maiscreen run --out {out}"
        remedy = f"holds no finished campaign; {next_step}"
    except OtherFormatError as error:
        remedy = str(error)
    except ValueError:
        again = _NEW if field == "--out" else _AGAIN
        remedy = f"holds a damaged or foreign {MANIFEST}; {again}"
    raise InputError(field, str(out), remedy)


def holds_labels(out: Place) -> bool:
    """Return whether the folder is one of `maiscreen labels run`, finished or not."""
    if (out / HIDDEN / "labels").is_dir():
        return True
    try:
        manifest = read_json(out / "manifest.json")
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and "labels" in manifest and "fingerprint" not in manifest


def _owners(out: Place) -> set[str]:
    """Tell whose results, finished or not, the folder holds."""
    owners = {path.name for path in (out / HIDDEN).glob("*") if path.is_dir()}
    if (out / "manifest.json").exists():
        try:
            owners.add(str(read_manifest(out)["fingerprint"]))
        except InputError:
            # Damaged: the receipts say whose it was; without them it may be anybody's.
            if not owners:
                raise
    return owners


def _whose(out: Place, settings: Mapping[str, object]) -> str:
    """State whose folder it is: what differs, settings or what the program itself is made of."""
    try:
        had = read_record(out / MANIFEST).get("campaign")
    except OtherFormatError as error:
        return str(error)
    except (OSError, ValueError):
        what = "campaign, or another version of the code or the data, and was interrupted"
        return f"belongs to another {what}; {_NEW}"
    had = had if isinstance(had, dict) else {}
    ours = json.loads(json.dumps(settings))
    differ = [k for k in ours if k not in ("name", "chunk_size") and ours[k] != had.get(k)]
    what = f"campaign: it differs in {', '.join(differ)}" if differ else _OTHER_VERSION
    return f"belongs to another {what}; {_NEW}"


_OTHER_VERSION = "version of the code or the data"


def read_ranking(out: Place) -> tuple[pa.Table, Campaign, str]:
    """Read the ranking of a finished campaign.

    Returns
    -------
    tuple
        Ranking, campaign and fingerprint.

    Raises
    ------
    InputError
        If the folder holds no finished campaign, or its ranking is not the one that was written.
    """
    manifest = read_manifest(out, "DIR")
    settings, hashes = manifest.get("campaign"), manifest.get("files")
    if not isinstance(settings, dict) or not isinstance(hashes, dict):
        raise InputError("DIR", str(out), f"has a damaged manifest.json; {_AGAIN}")
    try:
        content = read_whole(out / "ranking.parquet", limits.PART_BYTES)
    except OSError as error:
        remedy = f"its ranking.parquet cannot be read ({error_text(error)}); {_AGAIN}"
        raise InputError("DIR", str(out), remedy) from None
    if hashlib.sha256(content).hexdigest() != hashes.get("ranking.parquet"):
        raise InputError("DIR", str(out), f"its ranking.parquet was changed; {_AGAIN}")
    return _ranking(out, content), _campaign(out, settings), str(manifest["fingerprint"])


def read_drawable(out: Place) -> tuple[pa.Table, Campaign, str]:
    """Read the ranking of a finished campaign whose errors can be drawn anew.

    Raises
    ------
    InputError
        As :func:`read_ranking`, or if the ranking lacks a column that draws are made from.
    """
    from maiscreen.screen.screens.choose import screen_of

    ranking, campaign, fingerprint = read_ranking(out)
    for name in screen_of(campaign).needed:
        if name not in ranking.column_names:
            raise InputError("DIR", str(out), f"its ranking.parquet has no {name}; {_AGAIN}")
    return ranking, campaign, fingerprint


def read_findings(out: Place) -> "Findings":
    """Read what a finished campaign has to say.

    Raises
    ------
    InputError
        As :func:`read_ranking`.
    """
    from maiscreen.screen.facts.findings import Findings

    ranking, campaign, _ = read_ranking(out)
    return Findings(campaign, ranking, read_manifest(out, "DIR"))


def _ranking(out: Place, content: bytes) -> pa.Table:
    try:
        ranking = from_parquet(content)
        rank, key = ranking.schema.field("rank").type, ranking.schema.field("key").type
        # Columns of nothing have no type.
        typed = pa.types.is_integer(rank) and pa.types.is_string(key)
        if ranking.num_rows and not typed:
            raise ValueError("no ranking")
        if ranking["key"].null_count:
            raise ValueError("a candidate has no key")
    except (pa.ArrowException, OSError, ValueError, KeyError):
        raise InputError("DIR", str(out), f"its ranking.parquet is damaged; {_AGAIN}") from None
    return ranking


def _campaign(out: Place, settings: Mapping[str, object]) -> Campaign:
    try:
        return Campaign.from_dict(settings)
    except InputError as error:
        remedy = f"its manifest.json holds a setting not taken here ({error}); {_OTHER}"
        raise InputError("DIR", str(out), remedy) from None


@dataclass(frozen=True, slots=True)
class ClaimedFolder:
    """A folder that a run works on.

    Attributes
    ----------
    lock : Lock
        Keeps other runs out of it.
    log : Log
        The run's log.
    again : bool
        Whether candidates that failed in an earlier run are done again.
    quiet : bool
        Whether no progress is shown.
    """

    lock: Lock
    log: Log
    again: bool
    quiet: bool

    def begin(
        self, fingerprint: str, runner_info: Mapping[str, object], candidates: int, tasks: int
    ) -> None:
        """Record what is about to be done, and where it can be watched."""
        if "dashboard" in runner_info:
            self.lock.set_dashboard(str(runner_info["dashboard"]))
        self.log.begin(fingerprint, runner_info, candidates, tasks)

    def kernels(self, named: Iterable[str]) -> list[str]:
        """Return the kernels of tasks, and of this process, for the manifest; tell of a mix.

        Parameters
        ----------
        named : iterable of str
            Of each task; empty where its receipt names none.
        """
        several = {*named, kernels()} - {""}
        if text := mix(several):
            self.log.record("several kernels", kernels=sorted(several))
            self.log.say(text)
        return sorted(several)


@contextmanager
def claim_folder(
    out: Place, fingerprint: str, settings: Mapping[str, object], *, again: bool, quiet: bool
) -> Iterator[ClaimedFolder]:
    """Claim a folder for a run: lock it, open its log, refuse one that belongs to another campaign.

    Parameters
    ----------
    out : Path or Remote
        The folder; it may be missing.
    fingerprint : str
        Of the run.
    settings : mapping
        Its settings.
    again, quiet : bool
        As in :class:`ClaimedFolder`.

    Raises
    ------
    InputError
        If the folder belongs to another campaign, another run is at work on it, or it cannot be
        written.
    """
    check_ours(out, fingerprint, settings)
    with hold_folder(out, fingerprint) as lock:
        # What another run did here before this one held the folder.
        check_ours(out, fingerprint, settings)
        with run_log(out / HIDDEN / fingerprint, quiet=quiet) as log:
            yield ClaimedFolder(lock, log, again, quiet)
