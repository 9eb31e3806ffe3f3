"""The files of a campaign folder: ranking, shortlist, report, manifest."""

import json
import time
from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from maiscreen.runners.folder.place import Place
from maiscreen.runners.folder.shards import to_parquet, write_outputs_of, write_whole
from maiscreen.runners.outcome import Failure
from maiscreen.screen.campaign.campaign import Campaign

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


def counts(ranking: pa.Table) -> dict[str, int]:
    """Count passed, rejected and failed candidates.

    Examples
    --------
    >>> counts(pa.table({"status": ["passed", "failed", "passed"]}))
    {'passed': 2, 'rejected': 0, 'failed': 1}
    """
    found = ranking["status"].to_pylist()
    return {status: found.count(status) for status in STATUSES}


def write_outputs(
    campaign: Campaign,
    out: Place,
    ranking: pa.Table,
    comparison: dict[str, object],
    sources: Mapping[str, object],
    runner_info: Mapping[str, object],
) -> None:
    """Write the four files of a campaign folder, the manifest last.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    out : Path or Remote
        The folder.
    ranking : pyarrow.Table
        One row for each candidate.
    comparison : dict
        The comparison with the paper.
    sources : mapping
        Versions and hashes of code, data and packages.
    runner_info : mapping
        Runner, number of workers, seconds of each stage, which change no result; and the learned
        models, whose hashes are in the fingerprint.
    """
    from maiscreen.screen.facts.findings import Findings
    from maiscreen.screen.report.page import render
    from maiscreen.screen.shortlist.choose import shortlist, to_csv

    manifest = _manifest(campaign, ranking, sources)
    fingerprint = str(manifest["fingerprint"])
    models = {"models": runner_info.get("models", [])}
    begun = time.perf_counter()
    findings = Findings(campaign, ranking, manifest | models, comparison)
    contents = {
        "ranking.parquet": to_parquet(_with_fingerprint(ranking, fingerprint)),
        "shortlist.csv": to_csv(shortlist(findings, campaign.top_k)).encode("utf-8-sig"),
        "report.html": render(findings).encode(),
    }
    files = write_outputs_of(out, contents)
    seconds = dict(runner_info["seconds"])  # type: ignore[call-overload]
    seconds["write"] = round(time.perf_counter() - begun, 3)
    manifest |= {**runner_info, "seconds": seconds, "files": files}
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(out / "manifest.json", text.encode())


def _manifest(
    campaign: Campaign, ranking: pa.Table, sources: Mapping[str, object]
) -> dict[str, object]:
    """Say what was screened, from what, and what became of it: the same for every runner."""
    return {
        "fingerprint": campaign.fingerprint(sources),
        "campaign": campaign.to_dict(),
        "sources": dict(sources),
        "seeds": {"monte_carlo": campaign.seed},
        "rows": ranking.num_rows,
        "counts": counts(ranking),
    }


def _with_fingerprint(ranking: pa.Table, fingerprint: str) -> pa.Table:
    """Put the fingerprint into the table itself, for the day that it is found alone."""
    metadata = {**(ranking.schema.metadata or {}), b"fingerprint": fingerprint.encode()}
    return ranking.replace_schema_metadata(metadata)


def _field(name: str, doc: str) -> pa.Field:
    return pa.field(name, pa.string(), metadata={"doc": doc})
