"""The shortlist: the best precursors as a table for the people at the glovebox."""

import csv
import io
import json
import math
from collections.abc import Sequence

import pyarrow as pa

from maiscreen.screen.campaign import Campaign

COLUMNS = (
    "rank",
    "formula",
    "name",
    "cas",
    "route",
    "process",
    "process_temperature_c",
    "vapour_pressure_25_pa",
    "vapour_pressure_60_pa",
    "equation",
    "reduction_potential_v",
    "reduction_potential_std_v",
    "score",
    "score_low",
    "score_high",
    "rank_low",
    "rank_high",
    "p_top_k",
    "hazards",
    "alloy_as_formed",
    "alloy_in_operation",
    "key",
    "campaign",
)
"""What is known, best first."""

TO_FILL_IN = ("cycles", "current_density_ma_cm2", "capacity_mah_cm2", "notes")
"""Empty columns for the result of the experiment, by which the table can be read back."""

_PROCESS = {
    "vapour": "expose the sodium to the vapour at {t:g} °C, under argon",
    "solution": "dip the sodium into a dilute solution in a dry ether, under argon",
    "additive": "dissolve in the electrolyte",
}


def shortlist(
    ranking: pa.Table, campaign: Campaign, fingerprint: str, top: int
) -> list[dict[str, object]]:
    """Choose the rows of the best precursors.

    Parameters
    ----------
    ranking : pyarrow.Table
        One row for each candidate; ``rank`` is null where it did not pass.
    campaign : Campaign
        What was screened.
    fingerprint : str
        Of the run, so that a result can be traced back to it.
    top : int
        How many rows at most.

    Returns
    -------
    list of dict
        In the order of the rank, with the columns `COLUMNS` and `TO_FILL_IN`.
    """
    passed = [row for row in ranking.to_pylist() if row["rank"] is not None]
    passed.sort(key=lambda row: (row["rank"], row["key"]))
    same = {"process_temperature_c": campaign.temperature_c, "campaign": fingerprint[:12]}
    rows = [{**row, **same, **_made(row, campaign)} for row in passed[:top]]
    return [{name: _plain(row.get(name)) for name in (*COLUMNS, *TO_FILL_IN)} for row in rows]


def to_csv(rows: list[dict[str, object]], names: Sequence[str] = (*COLUMNS, *TO_FILL_IN)) -> str:
    """Write rows as CSV, safe to open in a spreadsheet.

    Parameters
    ----------
    rows : list of dict
        All with the same keys, which become the header.
    names : sequence of str
        The header if there are no rows.

    Notes
    -----
    A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay
    numbers. In a file it is to be encoded as ``utf-8-sig``: Excel reads UTF-8 only behind a byte
    order mark, and LibreOffice, pandas (``encoding="utf-8-sig"``) and R know it.

    Examples
    --------
    >>> to_csv([{"formula": "SnCl4", "e": -2.5, "name": "=1+1"}]).splitlines()[1]
    "SnCl4,-2.5,'=1+1"
    """
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(rows[0] if rows else names)
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return sink.getvalue()


def to_json(rows: list[dict[str, object]]) -> str:
    """Write rows as a JSON list of objects, null where nothing is known."""
    return json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False)


def _made(row: dict[str, object], campaign: Campaign) -> dict[str, object]:
    """Say how to go about it, and what to beware of."""
    how = _PROCESS.get(str(row.get("route")))
    # The hazard of a candidate that passed is one that the campaign accepts.
    own = f"{row['hazard']}: {row.get('hazard_reason')}; " if row.get("hazard") else ""
    hazards = f"{own}{row.get('caution') or ''}"
    return {"process": how and how.format(t=campaign.temperature_c), "hazards": hazards}


def _plain(value: object) -> object:
    """Make a missing number missing, and a list one text."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = " ".join(value.split()) if value.isprintable() else printable(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "'")) else text


def printable(text: str) -> str:
    """Drop tabs, line breaks and control characters: spreadsheets and terminals act on them."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
