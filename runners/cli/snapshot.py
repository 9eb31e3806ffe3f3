"""The commands of `maiscreen snapshot`."""

import argparse
import json
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import folder, own_snapshot, whole
from maiscreen.runners.cli.console import complain, emit, emit_json


def build(options: argparse.Namespace) -> int:
    """Build a snapshot from its source."""
    if options.source == "crabnet":
        return _build_embedded(options)
    if options.wheel is not None:
        raise InputError("--wheel", options.wheel, "goes with --source crabnet alone")
    from maiscreen.candidates.materials_project.key import api_key
    from maiscreen.candidates.materials_project.query import Query
    from maiscreen.candidates.materials_project.service import ServiceError

    out = folder("--out", options.out)
    query = Query(**_asked(options))
    file = options.api_key_file
    key = api_key(None if file is None else folder("--api-key-file", file))
    try:
        return _fetch(options, query, out, key)
    except ServiceError as error:
        return complain(f"Materials Project: {error}; the same command goes on from here", 1)


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in ("metals", "halogens"):
        text = getattr(options, name)
        if text is not None:
            given[name] = tuple(one.strip() for one in text.split(",") if one.strip())
    if options.thermo_type is not None:
        given["thermo_type"] = options.thermo_type
    return given


def _fetch(options: argparse.Namespace, query: Any, out: Path, key: str) -> int:
    from maiscreen.candidates.materials_project.build import build_materials_project
    from maiscreen.candidates.materials_project.fetch import naive_requests
    from maiscreen.candidates.materials_project.service import opened
    from maiscreen.runners.work.progress import counted

    begun = time.perf_counter()
    with (
        opened(key, options.endpoint) as service,
        counted("fetch", " requests", quiet=options.quiet) as told,
    ):
        built = build_materials_project(service, query, out, told)
    seconds = time.perf_counter() - begun
    emit(_built(built.manifest))
    naive = naive_requests(query, built.manifest["materials"])
    emit(f"{built.requests} requests in {seconds:.0f} s; one by one it would be {naive}")
    emit(f"\nWritten to {options.out}; see also: maiscreen snapshot verify {options.out}")
    return 0


def _built(manifest: dict[str, Any]) -> str:
    refused = manifest["refused"]
    lines = [
        f"{manifest['name']}: {manifest['rows']} phases of {manifest['materials']} materials, "
        f"{manifest['structures']} structures, {manifest['elasticity']} with moduli"
    ]
    if refused:
        kinds = Counter(one["reason"].split(":")[0] for one in refused)
        told = ", ".join(f"{count} × {reason}" for reason, count in kinds.most_common())
        lines.append(f"{len(refused)} refused ({told}); maiscreen snapshot show names them")
    lines += [f"{n} {what} could not be read" for what, n in manifest["unread"].items() if n]
    return "\n".join(lines)


def _build_embedded(options: argparse.Namespace) -> int:
    """Rebuild the embedded data from their source."""
    from maiscreen.candidates.embedded.build import build_embedded
    from maiscreen.runners.folder.reading import why

    for name in ("metals", "halogens", "thermo_type", "api_key_file", "endpoint"):
        if getattr(options, name) is not None:
            option = "--" + name.replace("_", "-")
            remedy = "goes with --source materials-project alone"
            raise InputError(option, getattr(options, name), remedy)
    remedy = "give the wheel of crabnet 2.0.8"
    if options.wheel is None:
        raise InputError("--wheel", None, remedy)
    wheel, out = Path(options.wheel), folder("--out", options.out)
    try:
        if not wheel.is_file():
            raise InputError("--wheel", options.wheel, f"is no file; {remedy}")
    except OSError as error:
        raise InputError("--wheel", options.wheel, f"{why(error)}; {remedy}") from None
    try:
        if out.exists() and not out.is_dir():
            raise InputError("--out", options.out, "is a file; give a folder")
        build_embedded(wheel, out)
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError("--out", options.out, f"cannot be written: {why(error)}") from None
    emit(f"Written to {options.out}")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print where a snapshot comes from."""
    from maiscreen.candidates.snapshot.snapshot import load_snapshot
    from maiscreen.runners.cli.text import as_text, plain

    snapshot = load_snapshot(own_snapshot(options.folder))
    found = plain({"snapshot": snapshot.snapshot_hash, **snapshot.manifest})
    if options.json:
        emit_json(json.dumps(found, ensure_ascii=False))
    else:
        emit(as_text(found))
    return 0


def verify(options: argparse.Namespace) -> int:
    """Check a snapshot; 1 if a hull is not as it came with the data."""
    from maiscreen.candidates.snapshot.check import verify
    from maiscreen.candidates.snapshot.snapshot import load_snapshot
    from maiscreen.runners.cli.text import columns

    checks = verify(load_snapshot(own_snapshot(options.folder)))
    passed = all(check.passed for check in checks)
    if options.json:
        told = {"passed": passed, "checks": [asdict(check) for check in checks]}
        emit_json(json.dumps(told, ensure_ascii=False))
    else:
        emit(columns([(c.name, "ok" if c.passed else "FAILED", c.seen) for c in checks]))
    return 0 if passed else 1


def diff(options: argparse.Namespace) -> int:
    """Tell what changes when B takes the place of A."""
    from maiscreen.candidates.snapshot.diff import phase_changes
    from maiscreen.candidates.snapshot.snapshot import load_snapshot
    from maiscreen.runners.cli.snapshot_show import as_json, as_lines
    from maiscreen.screen.advice.rank_changes import rank_changes

    top = whole("--top", options.top, 1_000_000)
    before, after = own_snapshot(options.a), own_snapshot(options.b)
    first, second = load_snapshot(before), load_snapshot(after)
    phases = phase_changes(first, second)
    ranks = None if options.no_ranks else rank_changes(before, after)
    if options.json:
        emit_json(as_json(first, second, phases, ranks))
    else:
        emit(as_lines(first, second, phases, ranks, top))
    return 0


def add(options: argparse.Namespace) -> int:
    """Add computed entries of the user's own."""
    from maiscreen.candidates.entries.add import add_entries
    from maiscreen.candidates.snapshot.snapshot import load_snapshot

    out = folder("--out", options.out)
    snapshot = load_snapshot(own_snapshot(options.snapshot))
    manifest, entries = add_entries(
        snapshot, folder("--entries", options.entries), out, options.scheme
    )
    added = manifest["added"][-1]
    emit(f"{added['entries']} entries added, {added['used']} lie lowest of their composition")
    for one in entries.refused:
        emit(f"left out: {one['entry']} {one['formula']} {one['reason']}")
    emit(f"\nWritten to {options.out}")
    return 0
