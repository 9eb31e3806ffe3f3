"""Whether a campaign's folder is whole: parts against receipts, outputs against the manifest."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from maiscreen.candidates.reading.limits import is_plain_name
from maiscreen.runners.folder.files import FOLDER, part_name
from maiscreen.runners.folder.place import Place, error_text, list_files, map_files, sha256_of
from maiscreen.runners.folder.receipts import read_json, read_receipt
from maiscreen.runners.folder.status import Status, find_record, status
from maiscreen.screen.campaign.plan import Task, choose_parts


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found.

    Attributes
    ----------
    parts : int
        Parts that are whole.
    uncovered : int
        Candidates that stand in none of them.
    problems : tuple of str
        Files that are not what they should be, and why, in the order of their names.
    """

    parts: int
    uncovered: int
    problems: tuple[str, ...]


def verify(out: Place) -> Verdict:
    """Read every part and every output of a campaign's folder; nothing is written.

    Parameters
    ----------
    out : Path or Remote
        The ``--out`` of a run, finished or not.

    Raises
    ------
    InputError
        If no campaign has begun there.
    """
    progress, folder = status(out), find_record(out).parent
    good: list[Task] = []
    problems = []
    paths = list_files(folder, "part-*.json")
    for path, (task, problem) in zip(
        paths, map_files(partial(_check_part, progress, out), paths, out), strict=True
    ):
        if problem or task is None:
            problems.append(f"{PurePath(folder.parent.name, folder.name, path.name)}: {problem}")
        else:
            good.append(task)
    kept = choose_parts(progress.total, good)
    problems += _stray_parts(out, kept)
    problems += _outputs(out) if progress.finished else []
    uncovered = progress.total - sum(task.size for task in kept)
    if not (progress.finished or uncovered):
        problems.append("manifest.json: is missing: the campaign is not finished")
    return Verdict(len(kept), uncovered, tuple(problems))


def _check_part(progress: Status, out: Place, path: Place) -> tuple[Task | None, str]:
    """Check a receipt and its part: the task, or what is wrong."""
    try:
        receipt = read_receipt(path)
        task = Task(*receipt["task"])
        rows, failures = receipt["rows"], len(receipt["failures"])
        whole = receipt["fingerprint"] == progress.fingerprint and rows + failures == task.size
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None, "is no receipt"
    if not whole:
        return None, "does not account for all of its candidates"
    if not rows:
        return task, ""
    return task, _hash_problem(out / FOLDER / f"{path.stem}.parquet", receipt["sha256"])


def _hash_problem(path: Place, sha256: object) -> str:
    try:
        same = sha256_of(path) == sha256
    except FileNotFoundError:
        return f"{path.name} is missing"
    except OSError as error:
        return f"{path.name} cannot be read: {error_text(error)}"
    return "" if same else f"{path.name} is not what was written"


def _stray_parts(out: Place, kept: tuple[Task, ...]) -> list[str]:
    """Name parts that no receipt vouches for: they would be read as part of the table."""
    names = {f"{part_name(task)}.parquet" for task in kept}
    here = list_files(out / FOLDER, "*.parquet")
    return [f"{FOLDER}/{one.name}: belongs to no task" for one in here if one.name not in names]


def _outputs(out: Place) -> Iterator[str]:
    files = read_json(out / "manifest.json").get("files", {})
    if not isinstance(files, dict) or not all(map(is_plain_name, files)):
        yield "manifest.json: names files elsewhere"
        return
    for name, sha256 in sorted(files.items()):
        problem = _hash_problem(out / name, sha256)
        if problem:
            yield f"{name}: {problem}"
