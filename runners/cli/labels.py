"""The commands of `maiscreen labels`. Heavy imports wait until a command needs them."""

import argparse
import json
import os
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import folder, how, own_snapshot
from maiscreen.runners.cli.console import emit, emit_csv, emit_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maiscreen.models.labels.labels import Label
    from maiscreen.runners.cluster.open import How

WORKER_BYTES = 2 << 30
"""Memory for each worker: the models and a supercell take 0.8 to 1.2 GB."""


def run(options: argparse.Namespace) -> int:
    """Simulate what is missing."""
    from maiscreen.runners.cli.labels_show import summary
    from maiscreen.runners.runs.labels import run_labels
    from maiscreen.runners.runs.labels_choice import listed
    from maiscreen.runners.runs.simulation import Wanted, simulation

    out = folder("--out", options.out)
    wanted = Wanted(
        phases=listed("--phases", options.phases),
        quantities=listed("--quantities", options.quantities),
        models=listed("--models", options.models),
        retry_failed=options.retry_failed,
        again=options.again,
    )
    parts = simulation(own_snapshot(options.snapshot))
    done = run_labels(wanted, out, _how(options), quiet=options.quiet, parts=parts)
    emit(summary(done))
    emit(f"\nWritten to {options.out}: labels.jsonl manifest.json")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print the labels of phases."""
    from maiscreen.runners.cli.labels_show import as_json, table
    from maiscreen.runners.runs.labels_choice import chosen

    labels = _labels(options)
    _check_labelled(options.formulas, labels)
    formulas = chosen("FORMULA", options.formulas, sorted({one.formula for one in labels}))
    labels = [one for one in labels if one.formula in formulas]
    if options.json:
        _emit_lines(as_json(labels))
    else:
        emit(table(labels))
    return 0


def export(options: argparse.Namespace) -> int:
    """Print all labels as CSV or JSON Lines."""
    from maiscreen.runners.cli.labels_show import COLUMNS, as_json, rows
    from maiscreen.screen.shortlist.choose import to_csv

    labels = _labels(options)
    if options.json:
        _emit_lines(as_json(labels))
    else:
        plain = [{**row, "details": json.dumps(row["details"])} for row in rows(labels)]
        emit_csv(to_csv(plain, COLUMNS).replace("\r\n", "\n"))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Print the tables of the models against the paper and experiment, in Markdown."""
    from maiscreen.runners.cli.comparison import as_markdown

    emit(as_markdown(_labels(options)))
    return 0


def _emit_lines(text: str) -> None:
    """Print JSON Lines; without any not even the end of one."""
    if text:
        emit_json(text)


def _check_labelled(formulas: "Sequence[str]", labels: "Sequence[Label]") -> None:
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


def _how(options: argparse.Namespace) -> "How":
    """Say what is to perform the simulations: every processor that has the memory for it."""
    from maiscreen.runners.cluster.open import How

    # Simulations take minutes to an hour each: nobody can say how long is too long.
    asked = how(options, limit_s=None)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    most = max(1, memory // WORKER_BYTES)
    asked["workers"] = asked["workers"] or min(os.cpu_count() or 1, most)
    return How(**asked)


def _labels(options: argparse.Namespace) -> "list[Label]":
    """Read the labels that the user means, in their order."""
    from maiscreen.models.labels.labels import load_labels
    from maiscreen.runners.cli.labels_show import ordered
    from maiscreen.runners.runs.labels_shards import read_labels

    if options.labels is None:
        return ordered(load_labels())
    return ordered(read_labels(folder("--labels", options.labels)))
