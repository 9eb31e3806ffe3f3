"""The commands of `maiscreen snapshot`."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import (
    add_command,
    add_json,
    own_snapshot,
    parse_folder,
    parse_whole_number,
)
from maiscreen.runners.cli.console import Menu, emit, emit_json, print_error
from maiscreen.runners.cli.output import OutputFolder
from maiscreen.runners.cli.text import columns

if TYPE_CHECKING:
    from maiscreen.candidates.snapshot.check import Check
    from maiscreen.candidates.snapshot.diff import PhaseChanges
    from maiscreen.candidates.snapshot.snapshot import Snapshot
    from maiscreen.screen.advice.rank_changes import RankChange


def build(options: argparse.Namespace) -> int:
    """Build a snapshot from its source."""
    if options.source == "crabnet":
        return _build_embedded(options)
    if options.wheel is not None:
        raise InputError("--wheel", options.wheel, "goes with --source crabnet alone")
    from maiscreen.candidates.materials_project.key import api_key
    from maiscreen.candidates.materials_project.query import Query
    from maiscreen.candidates.materials_project.service import ServiceError

    out = parse_folder("--out", options.out)
    query = Query(**_query_settings(options))
    file = options.api_key_file
    key = api_key(None if file is None else parse_folder("--api-key-file", file))
    try:
        return _fetch(options, query, out, key)
    except ServiceError as error:
        return print_error(f"Materials Project: {error}; the same command goes on from here", 1)


def _query_settings(options: argparse.Namespace) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for name in ("metals", "halogens"):
        text = getattr(options, name)
        if text is not None:
            asked[name] = tuple(one.strip() for one in text.split(",") if one.strip())
    if options.thermo_type is not None:
        asked["thermo_type"] = options.thermo_type
    return asked


def _fetch(options: argparse.Namespace, query: Any, out: Path, key: str) -> int:
    from maiscreen.candidates.materials_project.build import build_materials_project
    from maiscreen.candidates.materials_project.fetch import naive_requests
    from maiscreen.candidates.materials_project.service import open_service
    from maiscreen.runners.work.progress import progress_counter

    begun = time.perf_counter()
    with (
        open_service(key, options.endpoint) as service,
        progress_counter("fetch", " requests", quiet=options.quiet) as told,
    ):
        built = build_materials_project(service, query, out, told)
    seconds = time.perf_counter() - begun
    emit(_build_summary(built.manifest))
    naive = naive_requests(query, built.manifest["materials"])
    emit(f"{built.requests} requests in {seconds:.0f} s; one by one it would be {naive}")
    emit(f"\nWritten to {options.out}; see also: maiscreen snapshot verify {options.out}")
    return 0


def _build_summary(manifest: dict[str, Any]) -> str:
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
    from maiscreen.runners.folder.place import error_text

    for name in ("metals", "halogens", "thermo_type", "api_key_file", "endpoint"):
        if getattr(options, name) is not None:
            option = "--" + name.replace("_", "-")
            remedy = "goes with --source materials-project alone"
            raise InputError(option, getattr(options, name), remedy)
    remedy = "give the wheel of crabnet 2.0.8"
    if options.wheel is None:
        raise InputError("--wheel", None, remedy)
    wheel, out = Path(options.wheel), parse_folder("--out", options.out)
    try:
        if not wheel.is_file():
            raise InputError("--wheel", options.wheel, f"is no file; {remedy}")
    except OSError as error:
        raise InputError("--wheel", options.wheel, f"{error_text(error)}; {remedy}") from None
    build_embedded(wheel, out)
    emit(f"Written to {options.out}")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print where a snapshot comes from."""
    from maiscreen.candidates.snapshot.snapshot import load_snapshot
    from maiscreen.runners.cli.text import as_text, plain

    snapshot = load_snapshot(own_snapshot(options.folder))
    manifest = plain({"snapshot": snapshot.snapshot_hash, **snapshot.manifest})
    if options.json:
        emit_json(json.dumps(manifest, ensure_ascii=False))
    else:
        emit(as_text(manifest))
    return 0


def verify(options: argparse.Namespace) -> int:
    """Check a snapshot; 1 if a hull is not as it came with the data."""
    from maiscreen.candidates.snapshot.check import verify
    from maiscreen.candidates.snapshot.snapshot import load_snapshot

    checks = verify(load_snapshot(own_snapshot(options.folder)))
    passed = all(check.passed for check in checks)
    if options.json:
        told = {"passed": passed, "checks": [asdict(check) for check in checks]}
        emit_json(json.dumps(told, ensure_ascii=False))
    else:
        emit(_as_table(checks))
    return 0 if passed else 1


def _as_table(checks: Sequence[Check]) -> str:
    return columns([(c.name, "ok" if c.passed else "FAILED", c.seen) for c in checks])


def diff(options: argparse.Namespace) -> int:
    """Tell what changes when B takes the place of A."""
    from maiscreen.candidates.snapshot.diff import phase_changes
    from maiscreen.candidates.snapshot.snapshot import load_snapshot
    from maiscreen.screen.advice.rank_changes import rank_changes

    top = parse_whole_number("--top", options.top, 1_000_000)
    before, after = own_snapshot(options.a), own_snapshot(options.b)
    first, second = load_snapshot(before), load_snapshot(after)
    phases = phase_changes(first, second)
    ranks = None if options.no_ranks else rank_changes(before, after)
    if options.json:
        emit_json(as_json(first, second, phases, ranks))
    else:
        emit(as_lines(first, second, phases, ranks, top))
    return 0


def add_own_entries(options: argparse.Namespace) -> int:
    """Add computed entries of the user's own; 1 if a hull is not as it came with the data."""
    from maiscreen.candidates.entries.add import add_entries
    from maiscreen.candidates.snapshot.check import verify
    from maiscreen.candidates.snapshot.snapshot import load_snapshot

    out = parse_folder("--out", options.out)
    snapshot = load_snapshot(own_snapshot(options.snapshot))
    manifest, entries = add_entries(
        snapshot, parse_folder("--entries", options.entries), out, options.scheme
    )
    added = manifest["added"][-1]
    emit(f"{added['entries']} entries added, {added['used']} lie lowest of their composition")
    if entries.unread:
        emit(f"columns not read: {', '.join(name[:60] for name in entries.unread)}")
    for one in entries.refused:
        emit(f"left out: {one['entry']} {one['formula']} {one['reason']}")
    emit(f"\nWritten to {options.out}")
    checks = verify(load_snapshot(out))
    emit(_as_table(checks))
    return 0 if all(check.passed for check in checks) else 1


DESCRIPTION = """\
Snapshots: the computed phases that a campaign reads. One is embedded; another one is built from
today's Materials Project with your key, and taken with: maiscreen run --snapshot DIR"""

EXAMPLES = """\
examples:
  maiscreen snapshot build --source materials-project --out today
  maiscreen snapshot show today                    where it comes from, and what was refused
  maiscreen snapshot verify today                  hashes, columns, every hull
  maiscreen snapshot diff embedded today           phases and ranks that change
  maiscreen snapshot add --snapshot today --entries mine.json --out today-and-mine
  maiscreen run --out first --snapshot today"""

BUILD = """\
Build a snapshot. Source materials-project fetches it with the official client: formation energies
of one functional, structures, volumes, band gaps, elastic moduli of every system Na-M-X, a hundred
systems in a request. An interrupted build goes on with the same command, and nothing appears in
DIR before all of it is there. Halides without their correction are refused and named."""

BUILD_EXAMPLES = """\
examples:
  maiscreen snapshot build --source materials-project --out today
  maiscreen snapshot build --source materials-project --out few --metals Sn,Ge,Pb --halogens Cl,Br
  maiscreen snapshot build --source materials-project --out scan --thermo-type R2SCAN
  maiscreen snapshot build --source crabnet --wheel crabnet-2.0.8-py3-none-any.whl --out embedded

The key is read from --api-key-file, else from the variable MP_API_KEY, else from pymatgen's
settings (PMG_MAPI_KEY); it is written nowhere. Si, Ti, Sn and Cl are always fetched: every
campaign is compared with the paper's SnCl4, SiCl4 and TiCl4."""

ADD = """\
Add computed entries of your own to a snapshot, marked as yours; the result is a new snapshot. An
entry takes the place of the phase of its composition if it lies lower. What was computed in
another scheme than the snapshot is refused."""

ADD_EXAMPLES = """\
examples:
  maiscreen snapshot add --entries mine.json --snapshot today --out today-and-mine
  maiscreen snapshot add --entries mine.csv --scheme GGA_GGA+U --out embedded-and-mine

JSON: pymatgen's ComputedStructureEntry, one or a list, with parameters.run_type, an atom per site;
corrections are applied here. An element's reference is the lower of file and snapshot. The embedded
snapshot has no total energies, so add entries of the elements' ground states as well.
CSV, XLSX: columns formula, formation_energy_ev_atom, scheme; volume_a3_atom and entry_id if wanted:
  formula,formation_energy_ev_atom,scheme
  Na7Sn12,-0.208,GGA_GGA+U"""


def add(menu: Menu) -> None:
    """Add the command with its actions to the menu."""
    about = "build, show, verify and compare the data that campaigns read"
    parser = menu.add_parser("snapshot", help=about, description=DESCRIPTION, epilog=EXAMPLES)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_build(actions)
    _add_show(actions)
    _add_verify(actions)
    _add_diff(actions)
    _add_add(actions)


def _add_build(actions: Menu) -> None:
    about = "build a snapshot from its source"
    parser = add_command(actions, "build", build, about, description=BUILD, epilog=BUILD_EXAMPLES)
    sources = ("materials-project", "crabnet")
    parser.add_argument("--source", required=True, choices=sources, help="kind of source")
    _add_out(parser, "folder, not there yet")
    live = parser.add_argument_group("source materials-project")
    live.add_argument("--metals", metavar="M1,…", help="default: all of the space")
    live.add_argument("--halogens", metavar="X1,…", help="default: F,Cl,Br,I")
    live.add_argument(
        "--thermo-type", metavar="TYPE", help="GGA_GGA+U (PBE, corrected; default) or R2SCAN"
    )
    live.add_argument("--api-key-file", metavar="FILE", help="text file with your key alone")
    live.add_argument("--endpoint", metavar="URL", help="another service with the same routes")
    live.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.add_argument_group("source crabnet").add_argument(
        "--wheel", metavar="FILE", help="crabnet 2.0.8, a wheel: gives the embedded tables"
    )


def _add_show(actions: Menu) -> None:
    about = "print where a snapshot comes from"
    example = "example:\n  maiscreen snapshot show today --json"
    parser = add_command(actions, "show", show, about, epilog=example)
    _add_folder(parser)
    add_json(parser)


def _add_verify(actions: Menu) -> None:
    about = "check hashes and columns, and compute every hull anew"
    example = (
        "example:\n  maiscreen snapshot verify today\n\n"
        "Ends with 1 if a hull is not as it came with the data, with 2 if a file is damaged."
    )
    parser = add_command(actions, "verify", verify, about, epilog=example)
    _add_folder(parser)
    add_json(parser)


def _add_diff(actions: Menu) -> None:
    about = "phases and ranks that change when B takes the place of A"
    example = "example:\n  maiscreen snapshot diff embedded today --top 50"
    parser = add_command(actions, "diff", diff, about, epilog=example)
    for name in ("A", "B"):
        parser.add_argument(name.lower(), metavar=name, help="folder of a snapshot, or embedded")
    parser.add_argument("--top", default="20", metavar="N", help="lines of each kind (default 20)")
    parser.add_argument("--no-ranks", action="store_true", help="phases alone, at once")
    add_json(parser, "all of it, as one JSON object")


def _add_add(actions: Menu) -> None:
    about = "add computed entries of your own"
    parser = add_command(
        actions, "add", add_own_entries, about, description=ADD, epilog=ADD_EXAMPLES
    )
    parser.add_argument("--entries", required=True, metavar="FILE", help="JSON, CSV or XLSX")
    parser.add_argument(
        "--snapshot", default="embedded", metavar="DIR", help="to which (default: the embedded one)"
    )
    _add_out(parser, "new snapshot, not there yet")
    parser.add_argument("--scheme", metavar="TYPE", help="of a CSV without such a column")


def _add_out(parser: Any, about: str) -> None:
    parser.add_argument("--out", required=True, type=OutputFolder, metavar="DIR", help=about)


def _add_folder(parser: Any) -> None:
    parser.add_argument(
        "folder", nargs="?", default="embedded", metavar="DIR", help="default: the embedded one"
    )


def as_json(
    before: Snapshot, after: Snapshot, phases: PhaseChanges, ranks: list[RankChange] | None
) -> str:
    """Return all changes as one JSON object; ``ranks`` is null where they were not asked for."""
    changes = {
        "before": {"name": before.manifest.get("name"), "snapshot": before.snapshot_hash},
        "after": {"name": after.manifest.get("name"), "snapshot": after.snapshot_hash},
        "phases": asdict(phases),
        "ranks": None if ranks is None else [asdict(one) for one in ranks],
    }
    return json.dumps(changes, ensure_ascii=False)


def as_lines(
    before: Snapshot,
    after: Snapshot,
    phases: PhaseChanges,
    ranks: list[RankChange] | None,
    top: int,
) -> str:
    """Return the changes for the reader, at most ``top`` of each kind."""
    moved = [
        (m.formula, f"{m.before_ev_atom:.3f}", f"{m.after_ev_atom:.3f}", m.hull)
        for m in phases.moved
    ]
    parts = [
        f"A  {before.manifest.get('name')}\nB  {after.manifest.get('name')}",
        f"{phases.same} phases are the same",
        _phase_list("came with B", phases.come, top),
        _phase_list("gone with B", phases.gone, top),
        _table("moved", ("phase", "A eV/atom", "B eV/atom", "hull"), moved, top),
    ]
    if ranks is not None:
        rows = [(r.key, _rank(r.before), _rank(r.after), r.why) for r in ranks]
        head = ("precursor", "rank with A", "rank with B", "why not ranked")
        parts.append(_table("ranks that change", head, rows, top))
    return "\n\n".join(parts)


def _phase_list(what: str, formulas: Sequence[str], top: int) -> str:
    shown = ", ".join(formulas[:top])
    more = f" … and {len(formulas) - top} more" if len(formulas) > top else ""
    return f"{len(formulas)} {what}" + (f": {shown}{more}" if formulas else "")


def _table(what: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], top: int) -> str:
    if not rows:
        return f"0 {what}"
    more = f"\n… and {len(rows) - top} more" if len(rows) > top else ""
    return f"{len(rows)} {what}\n{columns([head, *rows[:top]])}{more}"


def _rank(rank: int | None) -> str:
    return "–" if rank is None else str(rank)
