"""`maiscreen models suggest --pool`: what to measure next of a file of one's own."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import add_trust, parse_folder, parse_trust
from maiscreen.runners.cli.console import emit, emit_csv, emit_json

if TYPE_CHECKING:
    from maiscreen.models.learning.model import Surrogate
    from maiscreen.models.predictions.pool import PoolSuggestions


def add_pool(parser: Any) -> None:
    """Add the options of a pool of one's own."""
    group = parser.add_argument_group("a pool of your own, in place of DIR")
    group.add_argument("--pool", metavar="FILE", help="CSV, XLSX or Parquet with formulas")
    group.add_argument("--model", metavar="NAME", help="of the store, embedded/TARGET, or a folder")
    group.add_argument("--known", metavar="FILE", help="what is measured already")
    group.add_argument("--unit", metavar="U", help="unit of those values, such as MPa")
    group.add_argument(
        "--aim", default="highest", metavar="A", help="highest (default), lowest, or a value"
    )
    group.add_argument(
        "--order",
        choices=("improvement", "bound", "greedy", "random"),
        default="improvement",
        help="default improvement",
    )
    add_trust(group)
    group.add_argument(
        "--store", default="models", metavar="DIR", help="folder of your models (default models)"
    )


def suggest_of_pool(options: argparse.Namespace, count: int) -> int:
    """Name what of a pool is most worth a measurement."""
    _check(options)
    from pathlib import Path

    from maiscreen.models.predictions.pool import suggest_from_pool
    from maiscreen.models.storage.store import find_model
    from maiscreen.models.training_files.files import read_table
    from maiscreen.models.training_files.read import read_data, summary
    from maiscreen.screen.shortlist.choose import to_csv

    store = parse_folder("--store", options.store)
    model = find_model(options.model, store, parse_trust(options.trust))
    pool = read_table(Path(options.pool), "--pool")
    known = None
    if options.known is not None:
        known = read_data(model.card.kind, options.known, options.unit).training
    suggestions = suggest_from_pool(model, pool, count, known, options.aim, options.order)
    rows = suggestions.table.to_pylist()
    if options.csv:
        emit_csv(to_csv(rows, suggestions.table.column_names).replace("\r\n", "\n"))
    elif options.json:
        emit_json("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    else:
        emit(pool_text(suggestions, model, known is not None, options.order))
        emit(summary(suggestions.left_out))
    return 0


def _check(options: argparse.Namespace) -> None:
    if options.pool is None:
        raise InputError("DIR", "", "give the folder of a campaign, or --pool and --model")
    if options.folder is not None:
        raise InputError("--pool", options.pool, "give it, or the folder of a campaign: not both")
    if options.model is None:
        raise InputError("--model", "", "is missing; such as embedded/shear_modulus_gpa")


def pool_text(suggestions: "PoolSuggestions", model: "Surrogate", known: bool, order: str) -> str:
    """Lay a pool's suggestions out for the terminal.

    Parameters
    ----------
    suggestions : PoolSuggestions
        The suggestions.
    model : Surrogate
        Who predicted.
    known : bool
        Whether the best is a measured value.
    order : str
        What they are ordered by.
    """
    from maiscreen.runners.cli.text import columns
    from maiscreen.screen.text import printable

    name, unit = model.card.target, model.card.unit
    head = ("", "row", "formula", f"{name} ({unit})", "90 %", "P(better)", "near")
    body = [
        (
            str(row["place"]),
            str(row["row"]),
            printable(row["formula"]),
            f"{row[name]:.4g}",
            f"{row[f'{name}_low']:.4g} to {row[f'{name}_high']:.4g}",
            f"{row['p_better']:.2f}",
            "yes" if row["near_training"] else "no",
        )
        for row in suggestions.table.to_pylist()
    ]
    best = f"the best {'known' if known else 'predicted'} is {suggestions.best:.4g} {unit}"
    more = f"; {suggestions.known} measured ones are left out" if suggestions.known else ""
    by = f"by {model.card.name} {model.card.version}, ordered by {order}; {best}{more}"
    return "\n".join([by, "", columns([head, *body])])
