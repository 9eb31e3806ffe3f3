"""What `snapshot diff` prints."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from maiscreen.candidates.snapshot.diff import PhaseChanges
from maiscreen.candidates.snapshot.snapshot import Snapshot
from maiscreen.runners.cli.text import columns
from maiscreen.screen.advice.rank_changes import RankChange


def as_json(
    before: Snapshot, after: Snapshot, phases: PhaseChanges, ranks: list[RankChange] | None
) -> str:
    """Give all changes as one JSON object; ``ranks`` is null where they were not asked for."""
    found = {
        "before": {"name": before.manifest.get("name"), "snapshot": before.snapshot_hash},
        "after": {"name": after.manifest.get("name"), "snapshot": after.snapshot_hash},
        "phases": asdict(phases),
        "ranks": None if ranks is None else [asdict(one) for one in ranks],
    }
    return json.dumps(found, ensure_ascii=False)


def as_lines(
    before: Snapshot,
    after: Snapshot,
    phases: PhaseChanges,
    ranks: list[RankChange] | None,
    top: int,
) -> str:
    """Give the changes for the reader, at most ``top`` of each kind."""
    moved = [
        (m.formula, f"{m.before_ev_atom:.3f}", f"{m.after_ev_atom:.3f}", m.hull)
        for m in phases.moved
    ]
    parts = [
        f"A  {before.manifest.get('name')}\nB  {after.manifest.get('name')}",
        f"{phases.same} phases are the same",
        _named("came with B", phases.come, top),
        _named("gone with B", phases.gone, top),
        _table("moved", ("phase", "A eV/atom", "B eV/atom", "hull"), moved, top),
    ]
    if ranks is not None:
        rows = [(r.key, _rank(r.before), _rank(r.after), r.why) for r in ranks]
        head = ("precursor", "rank with A", "rank with B", "why not ranked")
        parts.append(_table("ranks that change", head, rows, top))
    return "\n\n".join(parts)


def _named(what: str, formulas: Sequence[str], top: int) -> str:
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
