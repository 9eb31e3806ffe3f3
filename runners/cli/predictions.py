"""What models say in a campaign or of a file: `models predict` and `models suggest`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import (
    add_command,
    add_json,
    add_trust,
    parse_folder,
    parse_trust,
    parse_whole_number,
)
from maiscreen.runners.cli.console import Menu, emit, emit_csv, emit_json
from maiscreen.runners.cli.output import add_output, add_overwrite, write_output
from maiscreen.runners.cli.pool import add_pool, suggest_of_pool
from maiscreen.runners.cli.training_options import add_formula_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from maiscreen.models.learning.model import Surrogate
    from maiscreen.models.predictions.table import TablePredictions
    from maiscreen.models.training_files.read import LeftOut
    from maiscreen.screen.advice.suggest import Suggestion


PREDICT_ABOUT = "predict a property for the formulas in a file"

PREDICT = """\
Predict the property that a model has learned, for every formula in a CSV, XLSX or Parquet file:
value, standard deviation, 90 % interval, and whether all elements are known to the model. Rows
whose formula cannot be read are named and left out."""

PREDICT_EXAMPLES = """\
examples:
  maiscreen models predict embedded/shear_modulus_gpa --data phases.csv
  maiscreen models predict mine --data phases.csv --out moduli.csv
  maiscreen models predict embedded/bulk_modulus_gpa --data million.parquet --fast \\
      --out moduli.parquet

The file needs a header with a column `formula`; other columns are not looked at, and `row` in what
comes out is the row of the spreadsheet. Columns carry the unit in their name. --fast asks the
model's student, a small network that was taught by its trees: ten times as fast, a little less
exact, with intervals of its own (docs/models.md)."""

SHOWN = 20
"""Rows in the terminal."""


def add_predict(actions: Menu) -> None:
    """Add the action to the menu."""
    parser = add_command(
        actions, "predict", predict, PREDICT_ABOUT, description=PREDICT, epilog=PREDICT_EXAMPLES
    )
    parser.add_argument("name", metavar="NAME", help="of the store, embedded/TARGET, or a folder")
    about = "CSV, XLSX, Parquet or JSON"
    parser.add_argument("--data", required=True, metavar="FILE", help=about)
    add_formula_column(parser)
    parser.add_argument("--fast", action="store_true", help="ask the model's student")
    form = parser.add_mutually_exclusive_group()
    add_output(form, "write all rows, as .csv or .parquet")
    add_json(form, "one JSON object on a line for each row")
    add_output(parser, "rows that were left out, as CSV", "--left-out")
    add_overwrite(parser)
    parser.add_argument(
        "--store", default="models", metavar="DIR", help="folder of your models (default models)"
    )
    add_trust(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def predict(options: argparse.Namespace) -> int:
    """Predict the target of a model for the formulas in a file."""
    end = None if options.out is None else _end(options.out)
    from maiscreen.models.predictions.table import predict_table
    from maiscreen.models.storage.store import find_model
    from maiscreen.models.training_files.files import read_table
    from maiscreen.models.training_files.read import summary
    from maiscreen.runners.stages import print_remark
    from maiscreen.runners.work.progress import progress_counter

    store = parse_folder("--store", options.store)
    model = find_model(options.name, store, parse_trust(options.trust))
    named = options.formula_column
    data = read_table(Path(options.data), "--data", (named,) if named else ())
    with progress_counter("predict", " rows", quiet=options.quiet) as watch:
        answers = predict_table(model, data, options.fast, named, watch)
    if answers.is_shifted:
        print_remark(
            f"these formulas are told from those of the training with probability "
            f"{answers.shift:.2f} (0.5: alike): intervals may hold less than they promise; with "
            "values of such compounds: maiscreen models calibrate"
        )
    if options.left_out is not None:
        write_left_out(options, answers.left_out)
    if options.json:
        emit_json(as_lines(answers))
        return 0
    if end is None:
        emit(predictions_text(answers.table, model))
    else:
        out = write_output(options, _content(answers.table, end))
        emit(f"{answers.table.num_rows} rows written to {out}")
    emit(summary(answers.left_out))
    return 0


def as_lines(answers: "TablePredictions") -> str:
    """Return one JSON object on a line for each row; one that was left out says why."""
    rows: list[dict[str, Any]] = answers.table.to_pylist()
    rows += [
        {"row": one.row, "formula": one.formula, "reason": one.reason} for one in answers.left_out
    ]
    rows.sort(key=lambda row: int(row["row"]))
    return "\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)


def predictions_text(table: "pa.Table", model: "Surrogate") -> str:
    """Lay the first rows out for the terminal.

    Parameters
    ----------
    table : pyarrow.Table
        Of :class:`maiscreen.models.predictions.table.TablePredictions`.
    model : Surrogate
        Who said it.
    """
    from maiscreen.runners.cli.text import columns
    from maiscreen.screen.text import printable

    name = model.card.target
    head = ("row", "formula", f"{name} ({model.card.unit})", "90 %", "in domain", "near")
    body = [
        (
            str(row["row"]),
            printable(row["formula"]),
            f"{row[name]:.4g} ± {row[f'{name}_std']:.2g}",
            f"{row[f'{name}_low']:.4g} to {row[f'{name}_high']:.4g}",
            "yes" if row["inside"] else "no",
            "yes" if row["near_training"] else "no",
        )
        for row in table.slice(0, SHOWN).to_pylist()
    ]
    more = table.num_rows - len(body)
    lines = [f"by {table['model'][0].as_py()}", "", columns([head, *body])]
    return "\n".join(lines + ([f"… and {more} more: --out FILE"] if more > 0 else []))


def _end(out: str) -> str:
    """Tell the form of the file to write, before the work is done."""
    end = Path(out).suffix.lower()
    if end not in (".csv", ".parquet"):
        raise InputError("--out", out, "ends with neither .csv nor .parquet")
    return end


def _content(table: "pa.Table", end: str) -> bytes:
    from maiscreen.runners.folder.files import to_parquet
    from maiscreen.screen.shortlist.choose import to_csv

    if end == ".parquet":
        return to_parquet(table)
    return to_csv(table.to_pylist()).encode("utf-8-sig")


def write_left_out(options: argparse.Namespace, left_out: "Sequence[LeftOut]") -> None:
    """Write the rows that were left out as CSV that a spreadsheet opens without harm."""
    from dataclasses import asdict

    from maiscreen.screen.shortlist.choose import to_csv

    text = to_csv([asdict(one) for one in left_out], ("row", "formula", "value", "reason"))
    write_output(options, text.encode("utf-8-sig"), "left_out")


SUGGEST_ABOUT = "name what to label or measure next: for a campaign, or of a pool of your own"

SUGGEST = """\
Name the labels that would most improve the shortlist of a finished campaign: not those of the
candidates of highest score, but those that decide who belongs to the top k, as a batch in which no
label says what another has said already. With --pool: the compositions in a file of yours that are
most worth a measurement, by a model's predictions and their errors."""

SUGGEST_EXAMPLES = """\
examples:
  maiscreen models suggest first --n 10            attributes of phases, to simulate or to measure
  maiscreen models suggest first --of candidates   precursors to make and test
  maiscreen models suggest first --by score        by the mean score of the shortlist
  maiscreen models suggest first --csv > next.csv
  maiscreen models suggest --pool mine.csv --model embedded/shear_modulus_gpa --known measured.csv

The gain is the number of right members (or the mean score) that the shortlist is expected to gain
if the label settles what it is of, with the standard error of its estimate; the gain of the batch
counts everything down to its line. Labels that gain nothing, alone or in the batch, are left out;
how many, is said on stderr. docs/models.md shows a replay on known data.

A pool needs a column `formula`; --known is as for models train. It is ordered by the expected
improvement on the best that is known, the upper confidence bound, or greedily (--order)."""

MOST = 1000

MOST_NAMED = 3
"""Candidates that a line names."""


def add_suggest(actions: Menu) -> None:
    """Add the action to the menu."""
    parser = add_command(
        actions, "suggest", suggest, SUGGEST_ABOUT, description=SUGGEST, epilog=SUGGEST_EXAMPLES
    )
    parser.add_argument("folder", metavar="DIR", nargs="?", help="the --out of a run")
    parser.add_argument("--n", default="8", metavar="N", help="how many at most (default 8)")
    parser.add_argument(
        "--of", choices=("phases", "candidates"), default="phases", help="default phases"
    )
    parser.add_argument(
        "--by", choices=("members", "score"), default="members", help="default members"
    )
    form = parser.add_mutually_exclusive_group()
    add_json(form, "one JSON object on a line for each")
    form.add_argument("--csv", action="store_true", help="for a spreadsheet")
    add_pool(parser)


def suggest(options: argparse.Namespace) -> int:
    """Name the labels that would most improve the shortlist of a campaign, or a pool's best."""
    from maiscreen.runners.folder.place import campaign_folder

    count = parse_whole_number("--n", options.n, MOST)
    if options.pool is not None or options.folder is None:
        return suggest_of_pool(options, count)
    out = campaign_folder("DIR", options.folder)
    from maiscreen.runners.folder.ownership import read_drawable
    from maiscreen.runners.stages import print_remark
    from maiscreen.screen.advice.suggest import COLUMNS, as_dict, rows, suggest_useful
    from maiscreen.screen.shortlist.choose import to_csv

    ranking, campaign, fingerprint = read_drawable(out)
    suggestions, idle = suggest_useful(campaign, ranking, count, options.of, options.by)
    if idle:
        print_remark(f"{idle} more of the batch gain nothing: left out")
    if options.csv:
        emit_csv(to_csv(rows(suggestions, fingerprint), COLUMNS).replace("\r\n", "\n"))
    elif options.json:
        lines = [json.dumps(as_dict(one, fingerprint), ensure_ascii=False) for one in suggestions]
        if lines:
            emit_json("\n".join(lines))
    else:
        emit(suggestions_text(suggestions, campaign.top_k, options.by))
    return 0


def _gained(suggestion: "Suggestion", by: str) -> str:
    """Write what a label gains alone; one that cannot be told from nothing helps in the batch."""
    gain, error, digits = (
        (suggestion.gain, suggestion.gain_error, 2)
        if by == "members"
        else (suggestion.gain_score, suggestion.gain_score_error, 4)
    )
    small = gain <= error or round(gain, digits) <= 0
    return "in the batch" if small else f"{gain:.{digits}f} ± {error:.{digits}f}"


def _settled(suggestion: "Suggestion") -> tuple[str, str]:
    """Name what is to be settled, and the experiment that settles it."""
    from maiscreen.screen.advice.suggest import MEASURED, TEST
    from maiscreen.screen.screens.screen import ALLOY_FORMATION
    from maiscreen.screen.text import plain_words

    phase, attribute = suggestion.phase, suggestion.attribute
    what = {ALLOY_FORMATION: f"whether {phase} forms", TEST: phase}
    simulated = ", or simulate it" if suggestion.how.startswith("maiscreen") else ""
    return what.get(attribute, f"{plain_words(attribute)} of {phase}"), (
        f"{MEASURED[attribute].partition(':')[0]}{simulated}"
    )


def suggestions_text(suggestions: "Sequence[Suggestion]", top: int, by: str) -> str:
    """Lay suggestions out for the terminal, a line for each.

    Parameters
    ----------
    suggestions : sequence of Suggestion
        In their order.
    top : int
        k of the shortlist.
    by : str
        ``members`` or ``score``.
    """
    from maiscreen.runners.cli.text import columns
    from maiscreen.screen.advice.suggest import shorten
    from maiscreen.screen.text import printable

    if not suggestions:
        return f"no label can change who belongs to the top {top} of this campaign"
    digits = 2 if by == "members" else 4
    gain = f"right ones in top {top} +" if by == "members" else f"mean score of top {top} +"
    head = ("", "settle", "by", "bears on", gain, "batch +")
    body = [
        (
            str(suggestion.place),
            *_settled(suggestion),
            shorten(suggestion.candidates[:MOST_NAMED], len(suggestion.candidates[MOST_NAMED:])),
            _gained(suggestion, by),
            f"{suggestion.gain_batch:.{digits}f} ± {suggestion.gain_batch_error:.{digits}f}",
        )
        for suggestion in suggestions
    ]
    table = columns([[printable(cell) for cell in row] for row in (head, *body)])
    return f"{table}\n+: if this alone were known; batch: if all down to here were. Why: --json"
