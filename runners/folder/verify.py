"""Whether a campaign's folder is what was written: each file, and all of them with each other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.sealed import open_sealed, open_sealed_lines, seal_of
from maiscreen.runners.folder.files import (
    FOLDER,
    HIDDEN,
    LAB,
    MANIFEST,
    PREPARED,
    RANKING,
    OtherFormatError,
    from_parquet,
    part_name,
    read_record,
)
from maiscreen.runners.folder.kinds import (
    CHANGED,
    hash_problem,
    kind_problem,
    look_around,
    name_in,
)
from maiscreen.runners.folder.log import PATTERN
from maiscreen.runners.folder.place import (
    Place,
    error_text,
    list_files,
    map_files,
    read_whole,
)
from maiscreen.runners.folder.receipts import read_receipt
from maiscreen.runners.folder.status import RECORD, find_record, read_start
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task, choose_parts
from maiscreen.screen.paper.controls import candidates_of
from maiscreen.screen.scoring.gates import count_gates, sum_gates

Receipts = Mapping[Task, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found.

    Attributes
    ----------
    parts : int
        Parts that are whole.
    uncovered : int
        Candidates that stand in none of them; in a folder of labels, receipts that its table was
        made of and that are not there any more, or others.
    problems : tuple of str
        Files that are not what they should be, and why, in the order of their names.
    strangers : tuple of str
        Files that no run has written, and that change nothing.
    """

    parts: int
    uncovered: int
    problems: tuple[str, ...]
    strangers: tuple[str, ...] = ()


def verify(out: Place) -> Verdict:
    """Read every file of a campaign's folder; nothing is written.

    Logs and locks are looked at by their kind alone: no result is read from them.

    Parameters
    ----------
    out : Path or Remote
        The ``--out`` of a run, finished or not.

    Raises
    ------
    InputError
        If no campaign has begun there, or what it noted down is damaged.
    """
    path = find_record(out)
    folder, record = path.parent, read_start(out, path)
    problems: list[str] = []
    strangers: list[str] = []
    receipts = _read_receipts(out, folder, record, problems)
    found = map_files(partial(_part_problem, out), receipts.items(), out)
    damaged = dict(zip(receipts, found, strict=True))
    whole = {task: one for task, one in receipts.items() if not damaged[task]}
    uncovered = record["total"] - sum(task.size for task in whole)
    problems += filter(None, damaged.values())
    problems += filter(None, [hash_problem(out, folder / PREPARED, record.get("prepared"))])
    problems += _manifest(out, record, {} if uncovered else whole)
    problems += _lab(out)
    for place, *known in _layout(out, folder, record, receipts):
        wrong, others = look_around(out, place, *known)
        problems += wrong
        for path in others:
            problem = _stray(out, path)
            (problems if problem else strangers).append(f"{name_in(out, path)}{problem}")
    # Damage is named once, however often it was noticed.
    return Verdict(len(whole), uncovered, tuple(sorted({*problems})), tuple(sorted(strangers)))


def _read_receipts(
    out: Place, folder: Place, record: Mapping[str, Any], problems: list[str]
) -> Receipts:
    """Return the receipts that count, by their tasks."""
    paths = list_files(folder, "part-*.json")
    receipts: dict[Task, Mapping[str, Any]] = {}
    for path, receipt in zip(paths, map_files(_receipt, paths, out), strict=True):
        problem = receipt if isinstance(receipt, str) else _wrong(receipt, path, record)
        if problem:
            problems.append(f"{name_in(out, path)}: {problem}")
        elif not isinstance(receipt, str):
            receipts[Task(*receipt["task"])] = receipt
    return {task: receipts[task] for task in choose_parts(record["total"], receipts)}


def _receipt(path: Place) -> Mapping[str, Any] | str:
    """Read a receipt; or what is wrong with it."""
    try:
        return kind_problem(path) or read_receipt(path)
    except (OSError, ValueError):
        return "is no receipt, or not the one that was written"


def _wrong(receipt: Mapping[str, Any], path: Place, record: Mapping[str, Any]) -> str:
    """Return why a receipt that is sound does not belong where it lies."""
    if receipt["fingerprint"] != record["fingerprint"]:
        return "is of another campaign"
    return "" if path.stem == part_name(Task(*receipt["task"])) else "is of another task"


def _part_problem(out: Place, task_and_receipt: tuple[Task, Mapping[str, Any]]) -> str:
    task, receipt = task_and_receipt
    if not receipt["rows"]:
        return ""
    return hash_problem(out, out / FOLDER / f"{part_name(task)}.parquet", receipt["sha256"])


def _manifest(out: Place, record: Mapping[str, Any], receipts: Receipts) -> Iterator[str]:
    """Check the manifest against record and receipts, and the outputs against it.

    Without receipts the campaign goes on, and may have no manifest yet.
    """
    path = out / MANIFEST
    try:
        problem = kind_problem(path)
        manifest = {} if problem else read_record(path)
    except FileNotFoundError:
        problem = "is missing: the campaign is not finished" if receipts else ""
    except OtherFormatError as error:
        problem = str(error)
    except OSError as error:
        problem = f"cannot be read: {error_text(error)}"
    except ValueError:
        problem = CHANGED
    else:
        if not problem:
            yield from _contradictions(out, manifest, record, receipts)
            return
    if problem:
        yield f"{MANIFEST}: {problem}"


def _contradictions(
    out: Place, manifest: Mapping[str, Any], record: Mapping[str, Any], receipts: Receipts
) -> Iterator[str]:
    """Compute anew what a manifest says, which may have been sealed by anyone."""
    fingerprint = record["fingerprint"]
    if manifest["fingerprint"] != fingerprint:
        yield f"{MANIFEST}: is of another campaign"
        return
    settings = {MANIFEST: manifest.get("campaign"), RECORD: record["campaign"]}
    for name, one in settings.items():
        if _fingerprint(one, manifest.get("sources")) != fingerprint:
            yield f"{name}: its settings or versions are not those of its fingerprint"
            return
    campaign = Campaign.from_dict(record["campaign"])
    problems = list(_outputs(out, _output_names(campaign), manifest.get("files")))
    yield from problems
    if manifest.get("seeds") != {"monte_carlo": campaign.seed}:
        yield f"{MANIFEST}: its seeds are not those of the settings"
    if receipts and not problems:
        yield from _counts(out, manifest, receipts)


def _fingerprint(settings: object, sources: object) -> str:
    """Compute a fingerprint anew; none for what has none."""
    if not isinstance(settings, dict) or not isinstance(sources, dict):
        return ""
    try:
        return Campaign.from_dict(settings).fingerprint(sources)
    except InputError:
        return ""


def _output_names(campaign: Campaign) -> set[str]:
    names = {RANKING, "shortlist.csv", "report.html"}
    return names | {"ingredients.parquet"} if campaign.space.is_wide else names


def _outputs(out: Place, names: set[str], files: object) -> Iterator[str]:
    """Check that a manifest vouches for all outputs and nothing else, and each of them."""
    if not isinstance(files, dict) or not all(map(limits.is_plain_name, files)):
        yield f"{MANIFEST}: names files elsewhere"
        return
    if files.keys() != names:
        yield f"{MANIFEST}: names other files than {', '.join(sorted(names))}"
    for name in sorted(names & files.keys()):
        yield from filter(None, [hash_problem(out, out / name, files[name])])


def _counts(out: Place, manifest: Mapping[str, Any], receipts: Receipts) -> Iterator[str]:
    """Count anew what became of the candidates."""
    counts, gates = sum_gates(receipt["gates"] for receipt in receipts.values())
    failures = [failure for one in receipts.values() for failure in one["failures"]]
    counts["failed"] = len(failures)
    try:
        ranking = from_parquet(read_whole(out / RANKING, limits.PART_BYTES))
    except (OSError, ValueError):
        yield f"{RANKING}: is no ranking"
        return
    if (ranking.schema.metadata or {}).get(b"fingerprint") != manifest["fingerprint"].encode():
        yield f"{RANKING}: is of another campaign"
    if "status" in ranking.column_names:  # every candidate, and the controls beside them
        own = candidates_of(ranking)
        statuses = Counter(own["status"].to_pylist())
        counts |= {name: statuses[name] for name in counts}
        _, gates = sum_gates([count_gates(own["rejected_reason"].to_pylist())])
    expected = {
        "counts": counts,
        "rows": sum(counts.values()),
        "gates": gates,
        "failures": failures,
    }
    for name, value in expected.items():
        if manifest.get(name) != value:
            yield f"{MANIFEST}: its {name} are not those of the receipts"


def _lab(out: Place) -> Iterator[str]:
    """Check imported results and marks of what was undone, each of which has its own checksum."""
    for pattern, check in {"import-*.jsonl": _check_import, "undone-*.json": _check_undone}.items():
        for path in list_files(out / LAB, pattern):
            try:
                problem = kind_problem(path)
                if not problem:
                    check(path.stem, read_whole(path, limits.LABELS_BYTES))
            except (OSError, ValueError):
                problem = f"{CHANGED}; take it back from a copy, or move it away"
            if problem:
                yield f"{name_in(out, path)}: {problem}"


def _check_import(name: str, content: bytes) -> None:
    open_sealed_lines(content)
    if not name.endswith(f"-{seal_of(content)[:8]}"):
        raise ValueError("of another name")


def _check_undone(name: str, content: bytes) -> None:
    if name != f"undone-{open_sealed(content).get('import')}":
        raise ValueError("of another import")


def _layout(
    out: Place, folder: Place, record: Mapping[str, Any], receipts: Receipts
) -> Iterator[tuple[Place, Sequence[str], Sequence[str]]]:
    """Give the folders of a campaign, with the files and folders that belong into each."""
    outputs = _output_names(Campaign.from_dict(record["campaign"]))
    parts = [f"{part_name(task)}.parquet" for task, one in receipts.items() if one["rows"]]
    yield out, (MANIFEST, *outputs), (HIDDEN, FOLDER, LAB)
    yield out / HIDDEN, ("lock-*.json",), (folder.name,)
    yield folder, (RECORD, PREPARED, PATTERN, "part-*.json"), ()
    yield out / FOLDER, parts, ()
    yield out / LAB, ("import-*.jsonl", "undone-*.json"), ()


def _stray(out: Place, path: Place) -> str:
    """Return what is wrong with something that no run has written; mostly nothing."""
    if path.parent == out / FOLDER and not path.name.startswith((".", "_")):
        return ": belongs to no task"  # it would be read as part of the table
    if path.parent == out / HIDDEN and path.is_dir():
        return ": is of another campaign; move it away"
    return ""
