"""What the command line prints: tables as plain text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import itemgetter
from textwrap import fill
from typing import TYPE_CHECKING, Any

from maiscreen.runners.runs.tree import as_text as as_text
from maiscreen.runners.runs.tree import columns as columns
from maiscreen.runners.runs.tree import plain as plain

if TYPE_CHECKING:
    from maiscreen.screen.facts.findings import Findings


SHOWN = 10
"""How many of the best a terminal shows."""


WIDTH = 100
"""Columns of a terminal that sentences are broken for."""


def decision_text(decision: str) -> str:
    """Break the sentences of a decision for a terminal."""
    return "\n".join(fill(line, WIDTH, subsequent_indent="  ") for line in decision.splitlines())


def opening(findings: Findings) -> str:
    """Return what comes first: what to try next, then what became of all candidates."""
    return "\n\n".join(filter(None, (decision_text(findings.decision), counts(findings))))


def counts(findings: Findings) -> str:
    """Count what became of all candidates, and what the gates took."""
    by_status, gates = findings.manifest["counts"], findings.manifest["gates"]
    counted = ", ".join(f"{count:,} {status}" for status, count in by_status.items())
    lost = sorted(gates.items(), key=itemgetter(1), reverse=True)
    rejected = ", ".join(f"{name} {count:,}" for name, count in lost) or "nothing"
    return f"{sum(by_status.values()):,} candidates: {counted}\nrejected by: {rejected}"


def best(findings: Findings) -> str:
    """Return the tables of the best: candidates, or recipes, each set of precursors once.

    Bottles and cylinders are lists of their own; ranks and tiers are those among all.
    """
    if not findings.distinct:
        return "none passed"
    tables = [
        f"{_LISTS[name]}\n{_best_of(findings, rows)}" for name, rows in findings.lists.items()
    ]
    note = "each set of precursors once, at its best; ranks count all front-runners"
    return "\n\n".join([*tables, *[note] * findings.is_wide])


_LISTS = {"bottle": "out of a bottle", "cylinder": "from a cylinder", "": "state not known"}


def _best_of(findings: Findings, rows: Sequence[Mapping[str, Any]]) -> str:
    from maiscreen.screen.facts.decides import decides

    top = f"P(top {findings.campaign.top_k})"
    head = ("expected place (90 %)", top, "score (90 %)", "hangs on")
    names: tuple[str, ...] = ("no.", "rank", "tier", "formula", "danger", *head, "name")
    if findings.is_wide:
        names = ("no.", "rank", "tier", "recipe (liquid)", "°C", "s", "danger", *head)
        names = (*names, "metal phases")
    rows = rows[:SHOWN]
    numbered = enumerate(map(_best_row, rows, decides(findings, rows)), 1)
    return columns([names, *((str(number), *cells) for number, cells in numbered)])


def paper_standing(findings: Findings) -> str:
    """State where the precursors and controls of the paper stand, beside what was measured."""
    from maiscreen.screen.paper.cells import in_measured_order

    outside = "not among the front-runners" if findings.is_wide else "not in this campaign"
    body = [
        (row["measured"], str(row["cycles"] or "–"), standing(row, outside))
        for row in findings.cells
    ]
    holds = "comes out" if in_measured_order(findings.cells) else "does not come out"
    order = f"The order SnCl4 > SiCl4 > TiCl4 {holds}"
    note = f"{order}; by chance it does once in six: maiscreen validate"
    return f"{columns([('the paper', 'cycles', 'here'), *body])}\n\n{note}"


def own_models(models: Any) -> str:
    """Name the models of a manifest that took the place of embedded ones.

    Examples
    --------
    >>> embedded = {"target": "volume_a3_atom", "name": "v", "version": "12", "folder": "embedded"}
    >>> mine = {"target": "youngs_modulus_gpa", "name": "e", "version": "34", "folder": "mine"}
    >>> print(own_models([embedded, mine]).strip())
    learned models in place of the embedded ones
    youngs_modulus_gpa  e 34  mine
    """
    own = [one for one in models if one["folder"] != "embedded"]
    rows = [(one["target"], f"{one['name']} {one['version']}", one["folder"]) for one in own]
    return f"\nlearned models in place of the embedded ones\n{columns(rows)}" if own else ""


def standing(row: Mapping[str, Any], outside: str) -> str:
    """State in a few words what became of a cell of the paper, or that it is outside."""
    if row.get("status") == "failed":
        return f"failed: {row['failed_reason']}"
    score = f"score {score_text(row)}"
    if not row["inside"]:
        return f"{score}, {outside}"
    if row["rank"] is None:
        return f"{score}, rejected: {row['rejected_reason']}"
    return f"{score}, rank {row['rank']}, tier {tier_text(row)}"


def _best_row(row: Mapping[str, Any], decides: str) -> tuple[str, ...]:
    place = (str(row["rank"]), tier_text(row))
    danger = row.get("danger") or "–"
    shared = (place_text(row), _number(row["p_top_k"], 2), score_text(row), decides)
    if "recipe" in row:
        conditions = f"{row['temperature_c']:g}", f"{row['exposure_s']:g}"
        return (*place, row["recipe"], *conditions, danger, *shared, row["phases"])
    return (*place, row["formula"], danger, *shared, row.get("name") or "")


def tier_text(row: Mapping[str, Any]) -> str:
    """Return the tier of a candidate that has a rank."""
    from maiscreen.screen.text import roman

    return roman(row["tier"])


def place_text(row: Mapping[str, Any]) -> str:
    """Return the expected place with the interval that holds 90 % of the draws."""
    return f"{row['expected_place']:.1f} ({row['place_low']}–{row['place_high']})"


def score_text(row: Mapping[str, Any]) -> str:
    """Return the nominal score with the interval that holds 90 % of the draws, if there is one."""
    from maiscreen.screen.text import worth

    low, high = row.get("score_low"), row.get("score_high")
    known = low is not None and high is not None
    interval = f" ({worth(low)}–{worth(high)})" if known else ""
    return f"{_number(row['score'])}{interval}"


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"
