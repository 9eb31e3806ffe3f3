"""The shortlist: the best precursors as a table for the people at the glovebox."""

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import STATES
from maiscreen.screen.facts.answer import explain_place
from maiscreen.screen.facts.columns import NARROW, Fact
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.how_to import how_to
from maiscreen.screen.facts.jar import PAPER_SETUP, JarSetup
from maiscreen.screen.facts.plateaus import metals_of
from maiscreen.screen.facts.reasons import RankCause, compare_with_reference
from maiscreen.screen.facts.safety import safety
from maiscreen.screen.facts.substance import (
    attributes,
    layer,
    moisture,
    process,
    substance,
    temperature_like_tin,
)
from maiscreen.screen.text import printable

T = TypeVar("T", bound=Mapping[str, Any])


def limit_per_metal(
    rows: Iterable[T], metals: Callable[[T], frozenset[str]], per_metal: int, top: int
) -> list[T]:
    """Take rows in their order, unless one of their metals has been taken often enough.

    Parameters
    ----------
    rows : iterable of mapping
        Best first.
    metals : callable
        Row → metals of its layer.
    per_metal : int
        Rows with the same metal, at most.
    top : int
        Rows, at most; fewer come where there are no other metals.

    Examples
    --------
    >>> rows = [{"m": m, "rank": i} for i, m in enumerate(["Sn", "Sn", "Si", "Sn", "Ge"], 1)]
    >>> [row["rank"] for row in limit_per_metal(rows, lambda row: frozenset({row["m"]}), 1, 2)]
    [1, 3]
    """
    taken: Counter[str] = Counter()
    chosen: list[T] = []
    for row in rows:
        own = metals(row)
        if len(chosen) < top and all(taken[one] < per_metal for one in own):
            chosen.append(row)
            taken.update(own)
    return chosen


Row = Mapping[str, Any]

COLUMNS = tuple(one.name for one in NARROW)
"""What is known, best first."""

TO_FILL_IN = ("cycles", "current_density_ma_cm2", "capacity_mah_cm2", "notes")
"""Empty columns for the result of the experiment, by which the table can be read back."""


def shortlist(
    findings: Findings,
    top: int,
    per_metal: int | None = None,
    setup: JarSetup = PAPER_SETUP,
    handling: str | None = None,
) -> list[dict[str, object]]:
    """Choose the rows of the best precursors.

    Parameters
    ----------
    findings : Findings
        Of a campaign of precursors by themselves.
    top : int
        How many rows at most.
    per_metal : int, optional
        Rows with the same metal at most; any number if left out.
    setup : JarSetup
        Jar and layer that doses are for.
    handling : str, optional
        ``bottle`` or ``cylinder`` alone; bottles first, then cylinders, if left out.

    Returns
    -------
    list of dict
        In each list in the order of the rank, with the columns `COLUMNS` and `TO_FILL_IN`; None
        where nothing is known.
    """
    best = best_rows(findings.listed(handling), top, per_metal)
    same = {
        "process_temperature_c": findings.campaign.temperature_c,
        "campaign": findings.fingerprint[:12],
    }
    draws = findings.draws
    causes = [None if draws is None else draws.cause(str(row["key"])) for row in best]
    recipes = how_to(best, findings.campaign, setup, causes)
    rows = [
        {**row, **same, **_shortlist_row(row, findings, cause), **recipe}
        for row, cause, recipe in zip(best, causes, recipes, strict=True)
    ]
    return [{name: _plain_value(row.get(name)) for name in (*COLUMNS, *TO_FILL_IN)} for row in rows]


def best_rows(rows: Sequence[T], top: int, per_metal: int | None) -> Sequence[T]:
    """Take the first rows, of each metal as many as are asked for."""
    if per_metal is None:
        return rows[:top]
    return limit_per_metal(rows, lambda row: frozenset(metals_of(row)), per_metal, top)


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


def to_json(
    rows: Sequence[Mapping[str, object]],
    columns: Sequence[Fact] = NARROW,
    provenance: Mapping[str, str] | None = None,
) -> str:
    """Write rows as one JSON object, with units and sources, null where nothing is known.

    Parameters
    ----------
    rows : sequence of mapping
        Under ``rows``.
    columns : sequence of Fact
        Unit, meaning and source of each column, under ``columns``.
    provenance : mapping, optional
        Campaign, fingerprint and versions, under ``provenance``.
    """
    told = {c.name: {"unit": c.unit, "meaning": c.about, "source": c.source} for c in columns}
    whole = {"provenance": dict(provenance or {}), "columns": told, "rows": list(rows)}
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)


def _shortlist_row(row: Row, findings: Findings, cause: RankCause | None) -> dict[str, object]:
    """Add to a row of the ranking what it means for the glovebox."""
    campaign = findings.campaign
    known = substance(str(row["formula"]), row.get("vapour_pressure_25_pa"))
    formula, route = str(row["formula"]), str(row.get("route"))
    # The hazard of a candidate that passed is one that the campaign accepts.
    own = f"{row['hazard']}: {row.get('hazard_reason')}; " if row.get("hazard") else ""
    fidelities = {name: str(row.get(f"{name}_fidelity") or "") for name in ATTRIBUTES}
    return {
        "process": process(route, campaign.temperature_c),
        "hazards": f"{own}{row.get('caution') or ''}",
        "with_moisture": moisture(row),
        **known,
        **safety(row, str(known.get("state_25_c"))),
        **(temperature_like_tin(formula) if route == "vapour" else {}),
        **{f"layer_{state}": layer(row, state) for state in STATES},
        **attributes(row),
        **compare_with_reference(row, findings.reference, campaign),
        "why": " ".join(explain_place(row, campaign)),
        **(cause.as_dict(fidelities) if cause else {}),
    }


def _plain_value(value: object) -> object:
    """Make a missing number missing, and a list one text."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = " ".join(value.split()) if value.isprintable() else printable(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "'")) else text
