"""What `maiscreen models` prints: lists of models, their cards, tables of their tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from maiscreen.runners.cli.comparison import as_table
from maiscreen.runners.cli.text import columns

if TYPE_CHECKING:
    from maiscreen.models.learning.card import Card, StudentCard
    from maiscreen.models.storage.store import Entry

PEERS: Mapping[str, Mapping[str, float]] = {
    "bulk_modulus_gpa": {"CrabNet": 0.0758, "Finder v1.2": 0.0764},
    "shear_modulus_gpa": {"CrabNet": 0.1014, "Finder v1.2": 0.0996},
}
"""MAE on matbench's folds from composition alone, log10(GPa): matbench v0.1 leaderboard,
matbench_log_kvrh and matbench_log_gvrh; CrabNet: A. Wang et al., npj Comput. Mater. 7, 77 (2021);
Finder v1.2, composition only: A. Ihalage, Y. Hao, Adv. Sci. 9, 2200164 (2022). RF-SCM/Magpie has
features of the structure too, and is no peer."""


def scale(card: Card) -> str:
    """Return the unit of the errors on a card.

    A target on a logarithmic scale has errors in decades.
    """
    return card.kind.scale


def as_lines(entries: Iterable[Entry]) -> str:
    """Return one JSON object on a line for each model: its card, where it lies, if it is in use."""
    lines = []
    for one in entries:
        card = {"name": one.name} if one.card is None else one.card.to_dict()
        found = {"folder": str(one.folder), "in_use": one.in_use, "error": one.error}
        lines.append(json.dumps({**card, **found}, ensure_ascii=False, allow_nan=False))
    return "\n".join(lines)


def table(entries: Sequence[Entry]) -> str:
    """Return the models as a table for the terminal; ``*`` marks those in use."""
    from maiscreen.screen.text import printable

    if not entries:
        return "no models"
    head = ("", "name", "target", "MAE", "split", "on", "rows", "trained", "version")
    body = [("*" if one.in_use else "", *_table_row(one)) for one in entries]
    return columns([[printable(cell) for cell in row] for row in (head, *body)])


def _table_row(entry: Entry) -> tuple[str, ...]:
    card = entry.card
    if card is None:
        return (entry.name, f"damaged: {entry.error}", "", "", "", "", "", "")
    judged = card.metrics.get(card.target, {}).get(card.split, {})
    mae = f"{judged['mae']:.4f}" if "mae" in judged else "–"
    rows = str(card.data.get("rows", "–"))
    note = "" if card.notes.get("promoted", True) else " (not promoted)"
    return (
        entry.name + note,
        card.target,
        mae,
        card.split,
        scale(card),
        rows,
        card.date,
        card.version,
    )


def card_text(card: Card) -> str:
    """Return a card in a few lines, with a table of its tests."""
    from maiscreen.screen.text import printable

    notes = dict(card.notes)
    domain = f"{card.domain.get('elements')} elements"
    facts = [
        ("model", f"{card.name}, version {card.version}"),
        ("target", f"{card.target}, learned on a {card.scale} scale"),
        ("recipe", card.recipe),
        ("data", ", ".join(f"{key} {value}" for key, value in card.data.items())),
        ("domain", domain),
        ("parent", card.parent or "none"),
        (
            "made" if card.calibration.steps else "trained",
            f"{card.date}, seed {card.seed}, {card.seconds:g} s",
        ),
        ("speed", f"{card.predictions_per_second:,.0f} predictions/s"),
        ("packages", ", ".join(f"{name} {v}" for name, v in card.packages.items())),
    ]
    if isinstance(notes.get("calibrated"), dict):
        facts.append(("calibrated", calibration_text(notes["calibrated"])))
    if isinstance(notes.get("types"), list):
        facts.append(("to trust", ", ".join(map(str, notes["types"]))))
    if "promoted" in notes:
        facts.append(("promoted", "yes" if notes["promoted"] else "no"))
    lines = [columns([[a, printable(b)] for a, b in facts]), "", _tests(card)]
    docs = columns([[name, printable(words)] for name, words in card.splits.items()])
    return "\n".join([*lines, "", docs, *_student(card)])


def calibration_text(note: Mapping[str, Any]) -> str:
    """Tell from which values the intervals of a model are, and what that changed."""
    held, before, wide, narrow = (
        _share(note, key)
        for key in ("coverage", "coverage_before", "half_width", "half_width_before")
    )
    wider = f"; {wide / narrow:.2f} times as wide" if narrow > 0 else ""
    return (
        f"to {note.get('rows')} values of {note.get('source')}: {_share(note, 'nominal'):.0%} "
        f"intervals held {before:.1%} of them, now {held:.1%} of those left out{wider}"
    )


def _share(note: Mapping[str, Any], key: str) -> float:
    """Return a number of a note; 0 where somebody wrote something else."""
    value = note.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def _student(card: Card) -> list[str]:
    """Tell of the student, if there is one."""
    from maiscreen.screen.text import printable

    student = card.student
    if student is None:
        return []
    agreement = (
        f"MAE {student.agreement['mae']:.4f} {scale(card)} on {student.agreement['rows']:.0f}"
    )
    facts = [
        ("student", f"{student.recipe}; predict --fast asks it"),
        (
            "taught",
            f"{student.lessons} compositions, {student.seconds:g} s of one processor, "
            "tests included",
        ),
        ("speed", _speed(student)),
        ("against trees", f"{agreement} rows that neither had seen"),
    ]
    tests = [_head(card), *(_test(split, found) for split, found in student.metrics.items())]
    return ["", columns([[a, printable(b)] for a, b in facts]), "", columns(tests)]


def _speed(one: StudentCard) -> str:
    alone = f"{one.alone_per_second:,.0f} without the features"
    return f"{one.predictions_per_second:,.0f} predictions/s, {alone}"


def errors_table(metrics: Mapping[str, Mapping[str, float]], card: Card) -> str:
    """Return the errors of a model on data as a table for the terminal."""
    head = ("rows", "", f"MAE {scale(card)}", "RMSE", "R²", "coverage", "in domain")
    body = [
        (
            name,
            str(numbers["rows"]),
            f"{numbers['mae']:.4f}",
            f"{numbers['rmse']:.4f}",
            f"{numbers['r2']:.3f}",
            _coverage(numbers),
            f"{numbers['inside']:.1%}",
        )
        for name, numbers in metrics.items()
    ]
    return columns([head, *body])


def coverage_note(metrics: Mapping[str, Mapping[str, float]]) -> str:
    """Say so if intervals hold fewer of the unseen rows than they promise, beyond chance."""
    unseen = metrics.get("unseen")
    if unseen is None:
        return ""
    promised, rows = unseen["nominal"], unseen["rows"]
    short = promised - unseen["coverage"]
    if short <= 2 * (promised * (1 - promised) / rows) ** 0.5:
        return ""
    return (
        f"intervals hold {unseen['coverage']:.1%} of the unseen rows and promise {promised:.0%}: "
        "these values are of another kind than the training's. To fit the intervals to them: "
        "maiscreen models calibrate"
    )


def _tests(card: Card) -> str:
    found = card.metrics[card.target].items()
    return columns([_head(card), *(_test(split, one) for split, one in found)])


def _head(card: Card) -> tuple[str, ...]:
    return ("split", "rows", f"MAE {scale(card)}", "RMSE", "R²", "coverage")


def _test(split: str, numbers: Mapping[str, float]) -> tuple[str, ...]:
    return (
        split,
        f"{numbers['rows']:.0f}",
        f"{numbers['mae']:.4f}",
        f"{numbers['rmse']:.4f}",
        f"{numbers['r2']:.3f}",
        _coverage(numbers),
    )


def _coverage(numbers: Mapping[str, float]) -> str:
    """Tell how many rows the intervals held; a calibrated model has none of these tests."""
    if "coverage" not in numbers or "nominal" not in numbers:
        return "–"
    return f"{numbers['coverage']:.1%} of {numbers['nominal']:.0%}"


def as_markdown(entries: Sequence[Entry]) -> str:
    """Return the tables of docs/models.md from the cards of models.

    Parameters
    ----------
    entries : sequence of Entry
        Those with a card; peers stand beside the embedded ones.
    """
    cards = [entry.card for entry in entries if entry.card is not None]
    head = ["target", "on", "split", "rows", "MAE", "RMSE", "R²", "coverage", "peers (MAE)"]
    head += ["student: MAE", "student: coverage"]
    body = [
        [
            f"{card.target}{_own_name(card)}",
            scale(card),
            *_test(split, numbers),
            _peers(card, split),
            *_of_student(card, split),
        ]
        for card in cards
        for split, numbers in card.metrics[card.target].items()
    ]
    costs = [
        [
            f"{card.target}{_own_name(card)}",
            card.recipe,
            f"{card.data.get('rows', '–')}",
            f"{card.seconds:.0f}",
            f"{card.predictions_per_second:,.0f}",
            *_costs_of_student(card.student),
        ]
        for card in cards
    ]
    cost = ["target", "recipe", "rows", "training / s, tests included", "predictions / s"]
    cost += ["student: training / s", "student: predictions / s", "without features"]
    return f"{as_table([head, *body])}\n\n{as_table([cost, *costs])}"


def _of_student(card: Card, split: str) -> tuple[str, str]:
    """Return error and coverage of a student on a split that it was tested on."""
    if card.student is None or split not in card.student.metrics:
        return ("–", "–")
    test = _test(split, card.student.metrics[split])
    return (test[2], test[-1])


def _costs_of_student(student: StudentCard | None) -> tuple[str, ...]:
    if student is None:
        return ("–", "–", "–")
    rates = (f"{rate:,.0f}" for rate in (student.predictions_per_second, student.alone_per_second))
    return (f"{student.seconds:.0f}", *rates)


def _own_name(card: Card) -> str:
    """Name a model that is not embedded."""
    return "" if card.name == f"embedded/{card.target}" else f" ({card.name})"


def _peers(card: Card, split: str) -> str:
    if split != "matbench" or _own_name(card):
        return "–"
    known = PEERS.get(card.target, {})
    return ", ".join(f"{name} {mae:g}" for name, mae in known.items()) or "–"
