"""The tables of docs/potential.md in Markdown, from the labels alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maiscreen.models.labels.comparison import LabelComparison, Reference, Row
    from maiscreen.models.labels.labels import Label
    from maiscreen.models.labels.potentials import PotentialEntry


_NAMES = {
    "formation_energy": "formation energy",
    "volume": "volume",
    "bulk_modulus": "K",
    "shear_modulus": "G",
    "youngs_modulus": "Young's modulus",
    "migration_barrier": "migration barrier",
    "vacancy_formation_energy": "vacancy formation energy",
    "work_of_adhesion": "work of adhesion",
}

_MEV = 1000.0


def as_markdown(labels: Sequence[Label], own: Sequence[PotentialEntry] = ()) -> str:
    """Return all tables, of as many models as there are.

    Parameters
    ----------
    labels : sequence of Label
        All labels.
    own : sequence of PotentialEntry
        Potentials of the user's.
    """
    from maiscreen.models.labels.comparison import against_references, models_of

    labels = sorted(labels, key=lambda one: (one.formula, one.model, one.property))
    models = models_of(labels)
    parts = [
        "## Against the paper and experiment\n",
        as_table(_reference_rows(against_references(labels), models)),
        "\n## All phases\n",
        _phases_heading(models),
        as_table(_phase_rows(labels, models)),
        "\n### What failed, and why\n",
        as_table(_failed_rows(labels)),
        "\n## How far the models differ\n",
        as_table(_spread_rows(labels, own)),
        "\n## How wrong labels are where one knows\n",
        as_table(_error_rows(labels, own)),
        "\n## Which model is nearer to what is known\n",
        as_table(_choice_rows(labels, models)),
        "\n## Seconds\n",
        as_table(_second_rows(labels, models)),
    ]
    return "\n".join(parts)


def _phases_heading(models: Sequence[str]) -> str:
    first, *others = models
    brackets = f", in brackets what {', '.join(others)} gives" if others else ""
    if len(others) > 1:
        brackets = f", in brackets what others give: {'; '.join(others)}"
    return f"By {first}{brackets}; ! marks what failed a check.\n"


def _reference_rows(rows: Iterable[Row], models: Sequence[str]) -> list[list[str]]:
    head = ["phase", "quantity", "reference", "source", *models, "aim", "likely reason"]
    return [head, *(_reference_row(row) for row in rows)]


def _reference_row(row: Row) -> list[str]:
    from maiscreen.models.labels.labels import UNITS

    reference = row.reference
    ends = dict.fromkeys(_number(end) for end in (reference.low, reference.high))
    note = f" ({reference.note})" if reference.note and reference.note != row.reason else ""
    return [
        reference.formula,
        _NAMES[reference.property] + note,
        f"{' to '.join(ends)} {UNITS[reference.property]}",
        reference.source,
        *(_comparison_text(reference, entry) for entry in row.compared.values()),
        _aim(reference),
        row.reason,
    ]


def _comparison_text(reference: Reference, entry: LabelComparison) -> str:
    """State a value, how far it is off, and whether that is as aimed at."""
    if entry.label is None:
        return "–"
    if entry.value is None or entry.deviation is None:
        return "no result"
    met = {True: ", met", False: ", **missed**", None: ""}[entry.met]
    return f"{_number(entry.value)} ({_deviation_text(reference, entry.deviation)}{met})"


def _deviation_text(reference: Reference, deviation: float) -> str:
    if deviation == 0 and reference.low < reference.high:
        return "within"
    if reference.relative:
        return f"{deviation:+.0%}"
    if reference.property == "formation_energy":
        return f"{deviation * _MEV:+.0f} meV"
    return f"{deviation:+.2f} eV"


def _aim(reference: Reference) -> str:
    if reference.aim is None:
        return "–"
    return _deviation_text(reference, reference.aim).replace("+", "± ")


def _phase_rows(labels: Sequence[Label], models: Sequence[str]) -> list[list[str]]:
    from maiscreen.models.labels.labels import UNITS

    simulated = {(one.formula, one.property, one.model): one for one in labels}
    formulas = dict.fromkeys(one.formula for one in labels)
    head = ["phase", *(f"{_NAMES[name]}, {unit}" for name, unit in UNITS.items())]
    body = [[f, *(_all_models(simulated, f, name, models) for name in UNITS)] for f in formulas]
    return [head, *body]


def _all_models(
    found: Mapping[tuple[str, str, str], Label], formula: str, name: str, models: Sequence[str]
) -> str:
    first, *others = (found.get((formula, name, model)) for model in models)
    if not any(others):
        return _marked_value(first)
    return f"{_marked_value(first)} ({'; '.join(map(_marked_value, others))})"


def _marked_value(label: Label | None) -> str:
    if label is None:
        return "–"
    value = "none" if label.value is None else _number(label.value)
    return value if label.passed_checks else f"{value} !"


def _failed_rows(labels: Iterable[Label]) -> list[list[str]]:
    """List what may not be used; properties of one simulation share their reason."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for one in labels:
        if not one.passed_checks:
            reasons.setdefault((one.formula, one.model, one.reason), []).append(one.property)
    body = [
        [formula, ", ".join(_NAMES[name] for name in names), model, reason]
        for (formula, model, reason), names in reasons.items()
    ]
    return [["phase", "what", "model", "reason"], *body]


def _spread_rows(labels: Sequence[Label], own: Sequence[PotentialEntry]) -> list[list[str]]:
    from maiscreen.models.labels.errors import RELATIVE
    from maiscreen.models.labels.evidence import differences
    from maiscreen.models.labels.labels import UNITS
    from maiscreen.models.labels.potentials import register

    known = [label for label in labels if label.model in register(own)]
    body = []
    for name, unit in UNITS.items():
        unit = "ln" if name in RELATIVE else unit
        by_model: dict[str, dict[str, float]] = {}
        for formula, apart in differences(name, known, own).items():
            for model, difference in apart.items():
                by_model.setdefault(model, {})[formula] = difference
        body += [
            [_NAMES[name], model, unit, str(len(apart)), *_spread(apart)]
            for model, apart in by_model.items()
        ]
    return [["property", "model", "in", "phases", "root mean square", "worst"], *body]


def _spread(apart: Mapping[str, float]) -> tuple[str, str]:
    """Return the root mean square of differences, and the phase of the largest."""
    rms = (sum(one**2 for one in apart.values()) / len(apart)) ** 0.5
    return f"{rms:.3f}", max(apart, key=lambda formula: abs(apart[formula]))


def _error_rows(labels: Sequence[Label], own: Sequence[PotentialEntry]) -> list[list[str]]:
    """Measure the scale of errors on known values; coverage is that of values left out."""
    from maiscreen.models.attributes.label_errors import measured_errors
    from maiscreen.models.labels.errors import RELATIVE
    from maiscreen.models.labels.labels import UNITS
    from maiscreen.models.labels.potentials import register

    known = [label for label in labels if label.model in register(own)]
    head = ["property", "in", "root mean square", "known values", "scale", "of 90 % hold"]
    body = [
        [
            _NAMES[one.name],
            "ln" if one.name in RELATIVE else UNITS[one.name],
            _spread(one.deviations)[0],
            str(len(one.deviations)),
            f"{one.scale:.2f}",
            f"{100 * one.coverage:.0f} %",
        ]
        for one in measured_errors(known, own)
        if one.deviations
    ]
    return [head, *body]


def _choice_rows(labels: Sequence[Label], models: Sequence[str]) -> list[list[str]]:
    """Set each model beside the default; what is missing of either is left out of both."""
    from maiscreen.models.attributes.model_choice import measures

    default, *others = models
    rows = [["model", "measure", "compared", "without result", "its", default, "ln ratio"]]
    for model in others:
        compared = measures(labels, model, default)
        rows += [
            [
                model,
                f"{one.letter}: {one.what}, {one.unit}",
                str(one.count),
                f"{one.missed[0]} ({default} {one.missed[1]})",
                f"{one.model:.3f}",
                f"{one.default:.3f}",
                f"{one.log_ratio:+.2f}",
            ]
            for one in compared
            if one.count
        ]
        ratios = [one.log_ratio for one in compared if one.counts]
        if ratios:
            mean = sum(ratios) / len(ratios)
            rows.append([model, "mean", f"{len(ratios)} of 5", "", "", "", f"{mean:+.2f}"])
    return rows


def _second_rows(labels: Sequence[Label], models: Sequence[str]) -> list[list[str]]:
    from maiscreen.models.labels.comparison import seconds
    from maiscreen.models.labels.labels import QUANTITIES

    spent = seconds(labels)
    columns = [(model, quantity) for model in models for quantity in QUANTITIES]
    columns = [c for c in columns if any((q, m) == (c[1], c[0]) for _, q, m in spent)]
    formulas = dict.fromkeys(one.formula for one in labels)
    head = ["phase", *(f"{quantity}, {model}" for model, quantity in columns)]
    cells = {
        formula: [spent.get((formula, quantity, model)) for model, quantity in columns]
        for formula in formulas
    }
    total = [sum(s or 0.0 for s in column) for column in zip(*cells.values(), strict=True)]
    body = [[f, *("–" if s is None else f"{s:.0f}" for s in row)] for f, row in cells.items()]
    return [head, *body, ["all", *(f"{s:.0f}" for s in total)]]


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def as_table(rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out as a Markdown table; the first is the head."""
    if len(rows) < 2:
        return "none"
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def _cell(text: str) -> str:
    """Keep a text within its cell, and off the terminal's controls."""
    from maiscreen.screen.text import printable

    return printable(text.replace("|", "/"))
