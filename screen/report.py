"""The report: one HTML file that needs nothing else."""

import math
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import pyarrow as pa

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen import gates
from maiscreen.screen.campaign import Campaign
from maiscreen.screen.controls import PRECURSORS
from maiscreen.screen.figures import attribute_figure, funnel_figure, score_figure

PAPER = tuple(case.formula for case in PRECURSORS)
"""The precursors of the paper, longest-lived first."""

IN_TABLE, IN_PLOT, EXAMPLES = 10, 20, 6
"""Rows of the table, points of the plot, formulas named for each reason of rejection."""

Row = Mapping[str, Any]


def render(
    campaign: Campaign,
    ranking: pa.Table,
    comparison: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> str:
    """Write the report of a campaign.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    ranking : pyarrow.Table
        One row for each candidate.
    comparison : mapping
        The comparison with the paper, as `maiscreen.screen.paper.validate` gives it; what it
        lacks is left out.
    manifest : mapping
        ``fingerprint``, ``counts`` and ``sources`` of the run.

    Returns
    -------
    str
        HTML, the same for the same arguments.
    """
    rows = ranking.to_pylist()
    ranked = sorted((row for row in rows if row["rank"] is not None), key=lambda r: r["rank"])
    by_key = {row["key"]: row for row in rows}
    best = ranked[:IN_TABLE]
    html: str = template("report.html.j2").render(
        campaign=campaign,
        weights=dict(zip(ATTRIBUTES, campaign.weights.values, strict=True)),
        counts=manifest.get("counts", {}),
        total=len(rows),
        best=best,
        marked=PAPER,
        paper=[(case.formula, by_key.get(case.key)) for case in PRECURSORS],
        comparison=comparison,
        reasons=_reasons(rows),
        units={name: _unit(ranking, name) for name in ATTRIBUTES},
        attributes=ATTRIBUTES,
        value_sources=_value_sources(best),
        manifest=manifest,
        scores=safe(score_figure(ranked[:IN_PLOT], PAPER) if ranked else ""),
        heat_map=safe(attribute_figure(best) if best else ""),
        funnel=safe(funnel_figure(funnel(rows))),
        in_plot=min(IN_PLOT, len(ranked)),
    )
    return html


def funnel(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """Count the candidates left after each gate.

    Examples
    --------
    >>> funnel([{"status": "passed"}, {"status": "rejected", "rejected_reason": "hazard: x"}])
    [('all', 2), ('hazard', 1)]
    """
    lost = [gate_of(row) for row in rows if row["status"] != "passed"]
    extra = sorted(set(lost) - set(gates.NAMES) - {"failed"})
    steps, left = [("all", len(rows))], len(rows)
    for gate in ("failed", *gates.NAMES, *extra):
        if gate in lost:
            left -= lost.count(gate)
            steps.append((gate, left))
    return steps


def gate_of(row: Row) -> str:
    """Name what a candidate did not get past."""
    if row["status"] == "failed":
        return "failed"
    return str(row.get("rejected_reason") or "other").partition(":")[0].strip()


def _reasons(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Gather the rejected by gate, with the first few of each as examples."""
    order = {name: place for place, (name, _) in enumerate(funnel(rows))}
    gathered: dict[str, list[Row]] = {name: [] for name in order if name != "all"}
    for row in rows:
        if row["status"] != "passed":
            gathered[gate_of(row)].append(row)
    return [
        {"gate": gate, "count": len(lost), "examples": [_example(row) for row in _telling(lost)]}
        for gate, lost in gathered.items()
    ]


def _telling(lost: Sequence[Row]) -> list[Row]:
    """Choose the rejected that a reader would look for: the best scores."""
    scored = sorted(lost, key=lambda row: (-(_finite(row.get("score")) or 0.0), str(row["key"])))
    return scored[:EXAMPLES]


def _example(row: Row) -> tuple[str, str]:
    reason = row.get("failed_reason") or row.get("rejected_reason") or ""
    return str(row["formula"]), str(reason).partition(":")[2].strip() or str(reason)


def _value_sources(best: Sequence[Row]) -> dict[str, list[str]]:
    """List where the values of the best come from."""
    names = [*ATTRIBUTES, "delta_g", "vapour_pressure"]
    found = {name: {str(row.get(f"{name}_source") or "") for row in best} for name in names}
    return {name: sorted(texts - {""}) for name, texts in found.items() if texts - {""}}


def _unit(ranking: pa.Table, name: str) -> str:
    if name not in ranking.column_names:
        return ""
    metadata = ranking.schema.field(name).metadata or {}
    return str(metadata.get(b"unit", b"").decode())


def _finite(value: object) -> float | None:
    good = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if good else None  # type: ignore[arg-type]


def _number(value: object, digits: int = 2) -> str:
    number = _finite(value)
    return "–" if number is None else f"{number:.{digits}f}".replace("-", "−")


def _significant(value: object, digits: int = 2) -> str:
    """Round to significant digits; powers of ten only where zeros would have to be counted."""
    number = _finite(value)
    if number is None:
        return "–"
    rounded = float(f"{number:.{digits}g}")
    if rounded == 0 or 1e-3 <= abs(rounded) < 1e7:
        return f"{rounded:.10f}".rstrip("0").rstrip(".").replace("-", "−")
    mantissa, _, exponent = f"{number:.{digits - 1}e}".partition("e")
    return f"{mantissa}·10{str(int(exponent)).translate(_RAISED)}".replace("-", "−")


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _formula(text: object) -> Any:
    """Set the counts of a formula or an equation as subscripts."""
    from markupsafe import Markup, escape

    # Escaped first: what is marked up below cannot hold anything but digits.
    return Markup(re.sub(r"(?<=[A-Za-z)])(\d+)", r"<sub>\1</sub>", str(escape(text or "–"))))  # noqa: S704


def _words(name: object) -> str:
    return str(name).replace("youngs", "Young's").replace("_", " ")


def safe(svg: str) -> Any:
    """Mark an SVG as such: Matplotlib has escaped the texts in it."""
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704


def template(name: str) -> Any:
    """Load a template of a report, with its filters and the style of all."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "number": _number,
        "significant": _significant,
        "formula": _formula,
        "words": _words,
    }
    data = files("maiscreen.screen") / "data"
    environment.globals["style"] = Markup((data / "report.css").read_text(encoding="utf-8"))  # noqa: S704
    return environment.from_string((data / name).read_text(encoding="utf-8"))
