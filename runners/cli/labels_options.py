"""The options of `maiscreen labels`, and what --help says of them."""

from typing import Any

from maiscreen.runners.cli import labels as commands
from maiscreen.runners.cli.cluster_options import add_connection
from maiscreen.runners.cli.parser import Menu

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
task is one quantity of one phase by one model. It needs torch and sevenn:
  pip install torch==2.13.0, then pip install -e '.[potential]' in maiscreen's folder"""

RUN_EXAMPLES = """\
examples:
  maiscreen labels run                             whatever is not embedded, on all processors
  maiscreen labels run --phases NaCl,NaSn --quantities structure,elasticity --again
  maiscreen labels run --models 7net-0 --scheduler tls://node1:8786 --tls certs
  maiscreen labels run --snapshot today --phases Na7Sn12 --out mine

A label counts as there if weights and settings are those of today; --again leaves embedded ones
aside, to reproduce them. Every finished task is kept at once in DIR, and the same command goes on
where an interrupted run stopped. A failure is a label too, with its reason, and is not repeated
unless --retry-failed is given. In the end DIR/labels.jsonl holds all labels, embedded and new."""

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


def _add_run(actions: Menu) -> None:
    about = "simulate what is missing"
    parser = actions.add_parser("run", help=about, description=RUN, epilog=RUN_EXAMPLES)
    names = {
        "--phases": ("F1,F2,…", "formulas, such as NaCl,Na15Sn4"),
        "--quantities": ("Q1,…", "of structure,elasticity,migration,adhesion"),
        "--models": ("M1,…", "of 7net-0,7net-l3i5"),
    }
    for option, (metavar, text) in names.items():
        parser.add_argument(option, metavar=metavar, help=f"{text} (default: all)")
    parser.add_argument("--out", default="labels", metavar="DIR", help="folder (default labels)")
    parser.add_argument(
        "--snapshot", metavar="DIR", help="a snapshot with structures: its phases Na-M as well"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--workers", metavar="N", help="worker processes (default: processors)")
    how.add_argument("--serial", action="store_true", help="one process, without Dask")
    how.add_argument("--scheduler", metavar="ADDRESS", help="a running Dask scheduler")
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
    parser.set_defaults(command=commands.run)


def _add_show(actions: Menu) -> None:
    about = "print the labels of phases"
    example = "example:\n  maiscreen labels show NaSn NaCl --labels mine"
    parser = actions.add_parser("show", help=about, description=about, epilog=example)
    parser.add_argument("formulas", nargs="*", metavar="FORMULA", help="default: all phases")
    _add_source(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object on a line for each")
    parser.set_defaults(command=commands.show)


def _add_export(actions: Menu) -> None:
    about = "print all labels as CSV or JSON Lines"
    parser = actions.add_parser("export", help=about, description=about, epilog=EXPORT_EXAMPLES)
    _add_source(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object on a line for each")
    parser.set_defaults(command=commands.export)


def _add_compare(actions: Menu) -> None:
    about = "compare both models with the paper and experiment, in Markdown"
    example = "example:\n  maiscreen labels compare --labels mine > potential.md"
    parser = actions.add_parser("compare", help=about, description=about, epilog=example)
    _add_source(parser)
    parser.set_defaults(command=commands.compare)


def _add_source(parser: Any) -> None:
    text = "the --out of a labels run, finished or not (default: the embedded labels)"
    parser.add_argument("--labels", metavar="DIR", help=text)
