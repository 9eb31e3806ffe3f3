"""The commands of `maiscreen labels`. Heavy imports wait until a command needs them."""

from __future__ import annotations

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import (
    add_command,
    add_json,
    own_snapshot,
    parse_folder,
    runner_options,
)
from maiscreen.runners.cli.cluster import add_connection
from maiscreen.runners.cli.console import Menu, emit, emit_csv, emit_json
from maiscreen.runners.cli.output import OutputFolder
from maiscreen.runners.cli.potentials import add_register, own_potential, without_evidence
from maiscreen.runners.cli.text import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maiscreen.models.labels.labels import Label
    from maiscreen.models.labels.potentials import PotentialEntry
    from maiscreen.runners.cluster.open import RunnerOptions
    from maiscreen.runners.runs.simulation import LabelsResult


WORKER_BYTES = 2 << 30
"""Memory for each worker: the models and a supercell take 0.8 to 1.2 GB."""


def run(options: argparse.Namespace) -> int:
    """Simulate what is missing."""
    from maiscreen.runners.runs.labels import run_labels, split_list
    from maiscreen.runners.runs.simulation import LabelRequest, simulation

    out = parse_folder("--out", options.out)
    wanted = LabelRequest(
        phases=split_list("--phases", options.phases),
        quantities=split_list("--quantities", options.quantities),
        models=split_list("--models", options.models),
        retry_failed=options.retry_failed,
        again=options.again,
    )
    parts = simulation(own_snapshot(options.snapshot), own_potential(options.potential))
    done = run_labels(wanted, out, _runner_options(options), quiet=options.quiet, simulator=parts)
    emit(summary(done))
    emit(f"\nWritten to {options.out}: labels.jsonl manifest.json")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print the labels of phases."""
    from maiscreen.runners.runs.labels import choose_known

    labels = _labels(options)
    _check_labelled(options.formulas, labels)
    formulas = choose_known("FORMULA", options.formulas, sorted({one.formula for one in labels}))
    labels = [one for one in labels if one.formula in formulas]
    if options.json:
        _emit_lines(as_json(labels))
    else:
        emit(table(labels) + without_evidence(labels, _own(options)))
    return 0


def export(options: argparse.Namespace) -> int:
    """Print all labels as CSV or JSON Lines."""
    from maiscreen.screen.shortlist.choose import to_csv

    labels = _labels(options)
    if options.json:
        _emit_lines(as_json(labels))
    else:
        plain = [{**row, "details": json.dumps(row["details"])} for row in rows(labels)]
        emit_csv(to_csv(plain, label_columns()).replace("\r\n", "\n"))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Print the tables of all models against the paper and experiment, in Markdown."""
    from maiscreen.runners.cli.comparison import as_markdown

    labels, own = _labels(options), _own(options)
    emit(as_markdown(labels, own) + without_evidence(labels, own))
    return 0


def _own(options: argparse.Namespace) -> tuple[PotentialEntry, ...]:
    """Return the user's own potentials that the folder of labels has in its register."""
    from maiscreen.runners.runs.labels_register import registered

    return () if options.labels is None else registered(parse_folder("--labels", options.labels))


def _emit_lines(text: str) -> None:
    """Print JSON Lines; without any not even the end of one."""
    if text:
        emit_json(text)


def _check_labelled(formulas: Sequence[str], labels: Sequence[Label]) -> None:
    """Refuse a phase that could have labels and has none, saying how to make them.

    Raises
    ------
    InputError
        If there is such a phase.
    """
    from maiscreen.models.crystals.prototypes import prototypes

    missing = set(formulas) - {one.formula for one in labels}
    known = {prototype.formula for prototype in prototypes()} if missing else set()
    for formula in formulas:
        if formula in missing & known:
            remedy = "has no labels yet; make some with: maiscreen labels run --phases"
            raise InputError("FORMULA", formula, f"{remedy} {formula}")


def _runner_options(options: argparse.Namespace) -> RunnerOptions:
    """State what is to perform the simulations: every processor that has the memory for it."""
    from maiscreen.runners.cluster.open import RunnerOptions

    # Simulations take minutes to an hour each: nobody can say how long is too long.
    asked = runner_options(options, limit_s=None)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    most = max(1, memory // WORKER_BYTES)
    asked["workers"] = asked["workers"] or min(os.cpu_count() or 1, most)
    return RunnerOptions(**asked)


def _labels(options: argparse.Namespace) -> list[Label]:
    """Read the labels that the user means, in their order."""
    from maiscreen.models.labels.labels import load_labels
    from maiscreen.runners.runs.labels_receipts import read_labels

    if options.labels is None:
        return sort_labels(load_labels())
    return sort_labels(read_labels(parse_folder("--labels", options.labels)))


DESCRIPTION = """\
Labels: what an interatomic potential gives for the phases of an interphase (fidelity F2). They
are embedded, so the screen uses them without the potential; `labels run` makes them."""

EXAMPLES = """\
examples:
  maiscreen labels show NaSn NaCl                  a table for the terminal
  maiscreen labels export > labels.csv             all labels, for a spreadsheet
  maiscreen labels compare                         the models against the paper, in Markdown
  maiscreen labels run --phases NaCl,NaSn          simulate what is missing of two phases"""

RUN = """\
Simulate what is missing: relaxation, elastic tensor, migration of sodium, adhesion to sodium. One
task is one quantity of one phase by one model. The models that are asked by default need torch and
sevenn:
  pip install torch==2.13.0, then pip install -e '.[potential]' in maiscreen's folder
Others, and potentials of your own (--potential FILE): docs/potential.md."""

RUN_EXAMPLES = """\
examples:
  maiscreen labels run                             whatever is not embedded as of today
  maiscreen labels run --phases NaCl,NaSn --quantities structure,elasticity --again
  maiscreen labels run --models 7net-0 --scheduler tls://node1:8786 --tls certs
  maiscreen labels run --snapshot today --phases Na7Sn12 --out mine
  maiscreen labels run --potential mine.toml --phases NaSn,Na --out mine

A label counts as there if weights, settings and crystal are those of today, and the checks if they
refused it; --again leaves embedded ones aside, to reproduce them. Every finished task is kept at
once in DIR, and the same command goes on where an interrupted run stopped. A failure is a label
too, with its reason, and is not repeated unless --retry-failed is given. In the end
DIR/labels.jsonl holds all labels, embedded and new."""

EXPORT_EXAMPLES = """\
examples:
  maiscreen labels export > labels.csv
  maiscreen labels export --json --labels mine     one JSON object on a line

Columns: formula, property, value, unit, std, model, passed_checks, seconds, reason, then where it
comes from. A value is empty (null) where the simulation gave none; std is the numerical error of
the simulation, without that of the model."""


def add(menu: Menu) -> None:
    """Add the command with its actions to the menu."""
    about = "simulate phases with an interatomic potential; show what it gave"
    parser = menu.add_parser("labels", help=about, description=DESCRIPTION, epilog=EXAMPLES)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_run(actions)
    _add_show(actions)
    _add_export(actions)
    _add_compare(actions)
    add_register(actions)


def _add_run(actions: Menu) -> None:
    about = "simulate what is missing"
    parser = add_command(actions, "run", run, about, description=RUN, epilog=RUN_EXAMPLES)
    names = {
        "--phases": ("F1,F2,…", "formulas, such as NaCl,Na15Sn4"),
        "--quantities": ("Q1,…", "of structure,elasticity,migration,adhesion"),
    }
    for option, (metavar, text) in names.items():
        parser.add_argument(option, metavar=metavar, help=f"{text} (default: all)")
    about = "of 7net-0,7net-l3i5 (default: both), 7net-mf-0,nequix-oam-1-pft"
    parser.add_argument("--models", metavar="M1,…", help=about)
    about = "a TOML file: a potential of your own, or where the files of a known one lie"
    parser.add_argument("--potential", metavar="FILE", help=about)
    about = "folder (default labels)"
    parser.add_argument("--out", type=OutputFolder, default="labels", metavar="DIR", help=about)
    parser.add_argument(
        "--snapshot", metavar="DIR", help="a snapshot with structures: its phases Na-M as well"
    )
    runner = parser.add_mutually_exclusive_group()
    runner.add_argument("--workers", metavar="N", help="worker processes (default: processors)")
    runner.add_argument("--serial", action="store_true", help="one process, without Dask")
    runner.add_argument("--scheduler", metavar="ADDRESS", help="a running Dask scheduler")
    parser.add_argument(
        "--task-timeout",
        metavar="SECONDS",
        help="end a worker whose simulation takes longer (default: none)",
    )
    parser.add_argument(
        "--wait", metavar="SECONDS", help="wait so long when all workers have gone (default 60)"
    )
    add_connection(parser)
    parser.add_argument("--retry-failed", action="store_true", help="repeat what gave no result")
    parser.add_argument("--again", action="store_true", help="repeat what is embedded")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_show(actions: Menu) -> None:
    about = "print the labels of phases"
    example = "example:\n  maiscreen labels show NaSn NaCl --labels mine"
    parser = add_command(actions, "show", show, about, epilog=example)
    parser.add_argument("formulas", nargs="*", metavar="FORMULA", help="default: all phases")
    _add_source(parser)
    add_json(parser, "one JSON object on a line for each")


def _add_export(actions: Menu) -> None:
    about = "print all labels as CSV or JSON Lines"
    parser = add_command(actions, "export", export, about, epilog=EXPORT_EXAMPLES)
    _add_source(parser)
    add_json(parser, "one JSON object on a line for each")


def _add_compare(actions: Menu) -> None:
    about = "compare the models with the paper and experiment, in Markdown"
    example = "example:\n  maiscreen labels compare --labels mine > potential.md"
    parser = add_command(actions, "compare", compare, about, epilog=example)
    _add_source(parser)


def _add_source(parser: Any) -> None:
    text = "the --out of a labels run, finished or not (default: the embedded labels)"
    parser.add_argument("--labels", metavar="DIR", help=text)


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


def label_columns() -> tuple[str, ...]:
    """Name all that is said of a label, in order."""
    from maiscreen.models.labels.labels import Label

    return (*FIRST, *(field.name for field in fields(Label) if field.name not in FIRST))


_DIGITS = {"eV/atom": 3, "Å3/atom": 2, "GPa": 1, "eV": 2, "J/m2": 2}
"""Decimals that a reader wants; all of them are in the export."""


def sort_labels(labels: Iterable[Label]) -> list[Label]:
    """Sort labels by phase, then as the properties are listed, then by model."""
    from maiscreen.models.labels.labels import UNITS

    places = {name: place for place, name in enumerate(UNITS)}
    return sorted(labels, key=lambda one: (one.formula, places[one.property], one.model))


def rows(labels: Iterable[Label]) -> list[dict[str, object]]:
    """Return each label as a row, the columns that everyone wants first."""
    made = (asdict(one) for one in labels)
    return [{name: row[name] for name in label_columns()} for row in made]


def as_json(labels: Iterable[Label]) -> str:
    """Return one JSON object on a line for each label."""
    return "\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows(labels))


def table(labels: Sequence[Label]) -> str:
    """Return the labels as a table for the terminal, the models side by side.

    Parameters
    ----------
    labels : sequence of Label
        In the order of the rows.
    """
    from maiscreen.screen.text import printable

    if not labels:
        return "no labels"
    models = sorted({one.model for one in labels})
    cells: dict[tuple[str, str, str], dict[str, Label]] = defaultdict(dict)
    for one in labels:
        cells[one.formula, one.property, one.unit][one.model] = one
    head = ("phase", "property", "unit", *models, "checks")
    body = [
        (*key, *(_value(by_model.get(model)) for model in models), _reasons(by_model))
        for key, by_model in cells.items()
    ]
    return columns([[printable(cell) for cell in row] for row in (head, *body)])


def summary(done: LabelsResult) -> str:
    """State what a run did: how many simulations, how long, and what came of them."""
    from maiscreen.runners.runs.labels_folder import counts

    now = len(done.run)
    counted = counts(done.labels)
    spent = f" in {done.seconds:.0f} s" if now else ""
    return (
        f"{len(done.wanted)} simulations wanted: {len(done.wanted) - now} were there, "
        f"{now} run now{spent}\n"
        f"{len(done.labels)} labels: {counted['passed_checks']} may be used, "
        f"{counted['failed_checks']} failed a check, {counted['no_value']} have no value"
        f"{_unused_text(done)}{_reproduction_text(done)}"
    )


def _unused_text(done: LabelsResult) -> str:
    """State how many labels of the folder are not used."""
    if not done.aside:
        return ""
    return (
        f"\n{done.aside} labels of the folder were left aside: they are of other weights or "
        "settings than the embedded ones"
    )


def _reproduction_text(done: LabelsResult) -> str:
    """State how near labels that were made again are to the embedded ones."""
    from maiscreen.runners.runs.labels_folder import reproduction

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
    """Explain why values are missing or may not be used; both models seldom fail alike."""
    said = [f"{one.model}: {one.reason}" for one in found.values() if not one.passed_checks]
    return "; ".join(said) or "passed"
