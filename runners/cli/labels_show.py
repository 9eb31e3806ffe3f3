"""Labels for a reader: rows, JSON Lines, a table for the terminal."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields

from maiscreen.models.labels.labels import UNITS, Label
from maiscreen.runners.cli.text import columns
from maiscreen.runners.runs.labels_manifest import counts, reproduction
from maiscreen.runners.runs.simulation import Done
from maiscreen.screen.text import printable

FIRST = (
    "formula",
    "property",
    "value",
    "unit",
    "std",
    "model",
    "passed_checks",
    "seconds",
    "reason",
)
"""What comes first on every line; the rest says where the label is from."""

COLUMNS = (*FIRST, *(f.name for f in fields(Label) if f.name not in FIRST))
"""All that is said of a label, in order."""

_DIGITS = {"eV/atom": 3, "Å3/atom": 2, "GPa": 1, "eV": 2, "J/m2": 2}
"""Decimals that a reader wants; all of them are in the export."""


def ordered(labels: Iterable[Label]) -> list[Label]:
    """Sort labels by phase, then as the properties are listed, then by model."""
    places = {name: place for place, name in enumerate(UNITS)}
    return sorted(labels, key=lambda one: (one.formula, places[one.property], one.model))


def rows(labels: Iterable[Label]) -> list[dict[str, object]]:
    """Give each label as a row, the columns that everyone wants first."""
    made = (asdict(one) for one in labels)
    return [{name: row[name] for name in COLUMNS} for row in made]


def as_json(labels: Iterable[Label]) -> str:
    """Give one JSON object on a line for each label."""
    return "\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows(labels))


def table(labels: Sequence[Label]) -> str:
    """Give the labels as a table for the terminal, the models side by side.

    Parameters
    ----------
    labels : sequence of Label
        In the order of the rows.
    """
    if not labels:
        return "no labels"
    models = sorted({one.model for one in labels})
    cells: dict[tuple[str, str, str], dict[str, Label]] = defaultdict(dict)
    for one in labels:
        cells[one.formula, one.property, one.unit][one.model] = one
    head = ("phase", "property", "unit", *models, "checks")
    body = [
        (*key, *(_value(found.get(model)) for model in models), _reasons(found))
        for key, found in cells.items()
    ]
    return columns([[printable(cell) for cell in row] for row in (head, *body)])


def summary(done: Done) -> str:
    """Say what a run did: how many simulations, how long, and what came of them."""
    now = len(done.run)
    counted = counts(done.labels)
    spent = f" in {done.seconds:.0f} s" if now else ""
    return (
        f"{len(done.wanted)} simulations wanted: {len(done.wanted) - now} were there, "
        f"{now} run now{spent}\n"
        f"{len(done.labels)} labels: {counted['passed_checks']} may be used, "
        f"{counted['failed_checks']} failed a check, {counted['no_value']} have no value"
        f"{_aside(done)}{_reproduced(done)}"
    )


def _aside(done: Done) -> str:
    """Say how many labels of the folder are not used."""
    if not done.aside:
        return ""
    return (
        f"\n{done.aside} labels of the folder were left aside: they are of other weights or "
        "settings than the embedded ones"
    )


def _reproduced(done: Done) -> str:
    """Say how near labels that were made again are to the embedded ones."""
    again = reproduction(done.embedded, done.made)
    if again["worst"] is None:
        return ""
    return (
        f"\n{again['compared']} of them are embedded as well: values differ by "
        f"{again['largest_relative_difference']:.1e} at most ({again['worst']}), "
        f"{len(again['contradict'])} in what may be used"
    )


def _value(label: Label | None) -> str:
    if label is None:
        return ""
    if label.value is None:
        return "none"
    digits = _DIGITS[label.unit]
    std = "" if label.std is None else f" ± {label.std:.{digits}f}"
    return f"{label.value:.{digits}f}{std}{'' if label.passed_checks else ' !'}"


def _reasons(found: dict[str, Label]) -> str:
    """Say why values are missing or may not be used; both models seldom fail alike."""
    said = [f"{one.model}: {one.reason}" for one in found.values() if not one.passed_checks]
    return "; ".join(said) or "passed"
