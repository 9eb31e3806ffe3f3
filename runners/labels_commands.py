"""The commands of `maiscreen labels`. Heavy imports wait until a command needs them."""

import argparse
import json
import os
from typing import TYPE_CHECKING

from maiscreen.runners.arguments import folder, how
from maiscreen.runners.console import complain, emit, emit_csv, emit_json

if TYPE_CHECKING:
    from maiscreen.models.labels import Label
    from maiscreen.runners.opened import How

WORKER_BYTES = 2 << 30
"""Memory for each worker: the models and a supercell take 0.8 to 1.2 GB."""


def run(options: argparse.Namespace) -> int:
    """Simulate what is missing."""
    from maiscreen.runners.labels_choice import listed
    from maiscreen.runners.labels_run import run_labels
    from maiscreen.runners.labels_show import summary
    from maiscreen.runners.labels_work import Wanted
    from maiscreen.runners.work import LostError

    out = folder("--out", options.out)
    wanted = Wanted(
        phases=listed("--phases", options.phases),
        quantities=listed("--quantities", options.quantities),
        models=listed("--models", options.models),
        retry_failed=options.retry_failed,
        again=options.again,
    )
    try:
        done = run_labels(wanted, out, _how(options), quiet=options.quiet)
    except LostError as error:
        return complain(str(error), 1)
    emit(summary(done))
    emit(f"\nWritten to {options.out}: labels.jsonl manifest.json")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print the labels of phases."""
    from maiscreen.runners.labels_choice import chosen
    from maiscreen.runners.labels_show import as_json, table

    labels = _labels(options)
    formulas = chosen("FORMULA", options.formulas, sorted({one.formula for one in labels}))
    labels = [one for one in labels if one.formula in formulas]
    if options.json:
        emit_json(as_json(labels))
    else:
        emit(table(labels))
    return 0


def export(options: argparse.Namespace) -> int:
    """Print all labels as CSV or JSON Lines."""
    from maiscreen.runners.labels_show import as_json, rows
    from maiscreen.screen.shortlist import to_csv

    labels = _labels(options)
    if options.json:
        emit_json(as_json(labels))
    else:
        plain = [{**row, "details": json.dumps(row["details"])} for row in rows(labels)]
        emit_csv(to_csv(plain).replace("\r\n", "\n"))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Print the tables of the models against the paper and experiment, in Markdown."""
    from maiscreen.runners.labels_compare import as_markdown

    emit(as_markdown(_labels(options)))
    return 0


def _how(options: argparse.Namespace) -> "How":
    """Say what is to perform the simulations: every processor that has the memory for it."""
    from maiscreen.runners.opened import How

    asked = how(options)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    most = max(1, memory // WORKER_BYTES)
    asked["workers"] = asked["workers"] or min(os.cpu_count() or 1, most)
    return How(**asked)


def _labels(options: argparse.Namespace) -> "list[Label]":
    """Read the labels that the user means, in their order."""
    from maiscreen.models.labels import load_labels
    from maiscreen.runners.labels_show import ordered
    from maiscreen.runners.labels_store import read_labels

    if options.labels is None:
        return ordered(load_labels())
    return ordered(read_labels(folder("--labels", options.labels)))
