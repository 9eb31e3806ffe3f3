"""What a run writes when all is described: ranking, shortlist, report, manifest."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from maiscreen.candidates.reading.sealed import seal_json
from maiscreen.runners.folder.files import (
    FORMAT,
    MANIFEST,
    to_parquet,
    write_outputs_of,
    write_whole,
)
from maiscreen.runners.folder.place import Place
from maiscreen.runners.outcome import Failure
from maiscreen.screen.paper.controls import candidates_of
from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.screen import Ranked, Screen

if TYPE_CHECKING:
    from maiscreen.screen.facts.findings import Findings
    from maiscreen.screen.lab_sheet.record import LabRecord

STATUSES = ("passed", "rejected", "failed")
"""What becomes of a candidate; together they are all of them."""


def append_failures(
    chosen: pa.Table, failures: Sequence[Failure], identify: Callable[[int], Mapping[str, object]]
) -> pa.Table:
    """Add the candidates that failed, and the status of every candidate.

    Parameters
    ----------
    chosen : pyarrow.Table
        The ranking of the candidates that were described.
    failures : sequence of Failure
        The others.
    identify : callable
        Index → values of columns (``key``, ``formula``, …) known without describing.

    Returns
    -------
    pyarrow.Table
        One row for each candidate, with ``status`` and ``failed_reason``.
    """
    status = pc.if_else(chosen["passed"], "passed", "rejected")
    table = chosen.append_column(_field("status", "passed, rejected or failed"), status)
    nothing = pa.nulls(table.num_rows, pa.string())
    table = table.append_column(_field("failed_reason", "why it could not be computed"), nothing)
    rows = [
        {
            "key": f"#{failure.index}",
            "passed": False,
            "status": "failed",
            "failed_reason": failure.reason,
            **identify(failure.index),
        }
        for failure in sorted(failures, key=lambda failure: failure.index)
    ]
    failed = pa.Table.from_pylist(rows, schema=table.schema)
    return pa.concat_tables([table, failed]).combine_chunks()


def count_statuses(ranking: pa.Table) -> dict[str, int]:
    """Count passed, rejected and failed candidates; the paper's controls beside them are none.

    Examples
    --------
    >>> rows = {"key": ["SnCl4", "SiCl4", "Na"], "status": ["passed", "passed", "failed"]}
    >>> count_statuses(pa.table(rows))
    {'passed': 2, 'rejected': 0, 'failed': 1}
    """
    found = candidates_of(ranking)["status"].to_pylist()
    return {status: found.count(status) for status in STATUSES}


def write_outputs(
    screen: Screen,
    out: Place,
    ranked: Ranked,
    sources: Mapping[str, object],
    runner_info: Mapping[str, object],
    records: "Sequence[LabRecord]" = (),
) -> "Findings":
    """Write ranking, shortlist, report and, last, the manifest; give what they were written from.

    Parameters
    ----------
    screen : Screen
        What was screened.
    out : Path or Remote
        The folder.
    ranked : Ranked
        What came out.
    sources : mapping
        Versions and hashes of code, data and packages.
    runner_info : mapping
        Runner, number of workers, seconds of each stage, which change no result; and the learned
        models, whose hashes are in the fingerprint.
    records : sequence of LabRecord
        The cells known so far, which decide what to try next, and no rank.
    """
    from maiscreen.screen.facts.findings import Findings
    from maiscreen.screen.lab_learning.decision import decide

    campaign, begun = screen.campaign, time.perf_counter()
    manifest: dict[str, object] = {
        "format": FORMAT,
        "fingerprint": campaign.fingerprint(sources),
        "campaign": campaign.to_dict(),
        "sources": dict(sources),
        "seeds": {"monte_carlo": campaign.seed},
        "rows": sum(ranked.counts.values()),
        "counts": ranked.counts,
        "gates": ranked.gates,
    }
    if ranked.bound is not None:
        manifest["bound"] = asdict(ranked.bound)
    fingerprint = str(manifest["fingerprint"])
    told = manifest | {"models": runner_info["models"]}
    decision = str(decide(campaign, ranked.table, records) or "")
    findings = Findings(campaign, ranked.table, told, screen.compare(), decision)
    contents = {
        "ranking.parquet": to_parquet(_with_fingerprint(ranked.table, fingerprint)),
        **{name: to_parquet(table) for name, table in ranked.tables.items()},
        **_for_people(screen, findings),
    }
    files = write_outputs_of(out, contents)
    seconds = dict(runner_info["seconds"])  # type: ignore[call-overload]
    seconds["write"] = round(time.perf_counter() - begun, 3)
    manifest |= {**runner_info, "seconds": seconds, "files": files}
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(out / MANIFEST, seal_json(text))
    return findings


def _for_people(screen: Screen, findings: "Findings") -> dict[str, bytes]:
    """Write shortlist and report."""
    from maiscreen.screen.report import blends_page, page
    from maiscreen.screen.shortlist import blends, choose

    if isinstance(screen, Blends):
        rows = blends.wide_shortlist(findings, screen.campaign.top_k)
        names = (*blends.COLUMNS, *choose.TO_FILL_IN)
        html = blends_page.render_wide(findings, screen.space)
    else:
        rows = choose.shortlist(findings, screen.campaign.top_k)
        names = (*choose.COLUMNS, *choose.TO_FILL_IN)
        html = page.render(findings)
    shortlist = choose.to_csv(rows, names).encode("utf-8-sig")
    return {"shortlist.csv": shortlist, "report.html": html.encode()}


def _with_fingerprint(ranking: pa.Table, fingerprint: str) -> pa.Table:
    """Put the fingerprint into the table itself, for the day that it is found alone."""
    metadata = {**(ranking.schema.metadata or {}), b"fingerprint": fingerprint.encode()}
    return ranking.replace_schema_metadata(metadata)


def _field(name: str, doc: str) -> pa.Field:
    return pa.field(name, pa.string(), metadata={"doc": doc})
