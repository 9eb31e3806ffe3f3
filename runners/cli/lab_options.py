"""The options of `maiscreen lab`, and what --help says of them."""

from typing import Any

from maiscreen.runners.cli import lab as commands
from maiscreen.runners.cli.lab_learn_options import add_learning
from maiscreen.runners.cli.parser import Menu

DESCRIPTION = """\
Results come back: a sheet to fill in at the glovebox, and what was measured, kept beside the
campaign and shown beside its ranks."""

EXAMPLES = """\
examples:
  maiscreen lab template first                     lab-template.xlsx, the ten best to fill in
  maiscreen lab import first results.xlsx          every row accepted, or refused with its reason
  maiscreen lab show first                         medians beside ranks
  maiscreen lab undo first                         take the last import back
  maiscreen lab next first --n 5                   what to try next, and why
  maiscreen lab weights first                      what the results say of the weights"""

IMPORT = """\
Read results from CSV (comma, semicolon or tab; decimal points or commas) or XLSX. Each row is
accepted, or refused with its reason; what was imported before is recognised."""

IMPORT_EXAMPLES = """\
examples:
  maiscreen lab import first results.xlsx --dry-run
  maiscreen lab import first results.csv --refused mend.csv

Headings may be those of the template or others, in English or German, with units: "thickness / nm",
"Dicke (µm)". A quantity without a unit is refused. "> 650" is a cell that still runs.
Exit code 0: all rows accepted; 3: some refused; 2: none usable, or the file cannot be read."""


def add(menu: Menu) -> None:
    """Add the command with its actions to the menu."""
    about = "a sheet for the glovebox; import what was measured, and learn from it"
    parser = menu.add_parser("lab", help=about, description=DESCRIPTION, epilog=EXAMPLES)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_template(actions)
    _add_import(actions)
    _add_show(actions)
    _add_undo(actions)
    add_learning(actions)


def _add_template(actions: Menu) -> None:
    about = "write a sheet to fill in, one row for each precursor of the shortlist"
    example = "example:\n  maiscreen lab template first --top 5 --format csv --out five.csv"
    parser = actions.add_parser("template", help=about, description=about, epilog=example)
    _add_folder(parser)
    parser.add_argument("--top", default="10", metavar="N", help="how many (default 10)")
    parser.add_argument("--format", choices=("csv", "xlsx"), help="default xlsx")
    parser.add_argument("--out", metavar="FILE", help="default lab-template.xlsx or .csv, here")
    parser.add_argument("--overwrite", action="store_true", help="even if FILE is there")
    parser.set_defaults(command=commands.template)


def _add_import(actions: Menu) -> None:
    parser = actions.add_parser(
        "import",
        help="read results, row by row",
        description=IMPORT,
        epilog=IMPORT_EXAMPLES,
    )
    _add_folder(parser)
    parser.add_argument("file", metavar="FILE", help="CSV or XLSX")
    parser.add_argument("--dry-run", action="store_true", help="say what would be, keep nothing")
    parser.add_argument("--refused", metavar="FILE", help="write refused rows there, as CSV")
    parser.set_defaults(command=commands.take)


def _add_show(actions: Menu) -> None:
    about = "show results beside the campaign's ranks, and the imports"
    example = "example:\n  maiscreen lab show first --csv > results.csv"
    parser = actions.add_parser("show", help=about, description=about, epilog=example)
    _add_folder(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="everything, as one JSON object")
    how.add_argument("--csv", action="store_true", help="one result on a line")
    parser.set_defaults(command=commands.show)


def _add_undo(actions: Menu) -> None:
    about = "mark an import undone; its file is kept"
    example = "example:\n  maiscreen lab undo first 2"
    parser = actions.add_parser("undo", help=about, description=about, epilog=example)
    _add_folder(parser)
    parser.add_argument("number", nargs="?", metavar="N", help="which (default: the last)")
    parser.set_defaults(command=commands.undo)


def _add_folder(parser: Any) -> None:
    parser.add_argument("folder", metavar="DIR", help="the --out of a finished run")
