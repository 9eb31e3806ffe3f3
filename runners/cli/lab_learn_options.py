"""The options of `maiscreen lab next`, `weights`, `export` and `replay`."""

from typing import Any

from maiscreen.runners.cli import lab_learning as commands
from maiscreen.runners.cli.parser import Menu

NEXT = """\
Propose the next batch to try: of what passed the campaign's gates, those that may best outlive what
was tried, as a batch in which none tells what another tells already. What was tried is proposed
again only where one more cell is worth more than another precursor. Without results, by the
campaign's attributes at equal weights."""

WEIGHTS = """\
Show the weights of the attributes that the results teach, beside the campaign's, with the ranks
that they would change and how to run a campaign with them. Nothing is written, and the campaign
stays as it is. Three results move the weights little, thirty much: docs/learning.md."""

EXPORT = """\
Write what the learned models can be trained with, as CSV for: maiscreen models train --data.
Thickness over impedance is the conductivity of a layer, with its uncertainty; nothing else that is
measured on a cell is a property of a composition, and the command says so."""

REPLAY = """\
Play the results again as if they had come in one by one, in every order: what would have been
proposed, how often that was right, how often lots would have been, and which pairs would have been
wrong."""


def add_learning(actions: Menu) -> None:
    """Add the actions to the menu."""
    _add_next(actions)
    _add_weights(actions)
    _add_export(actions)
    _add_replay(actions)


def _add_next(actions: Menu) -> None:
    about = "propose the next batch to try, and why"
    example = "example:\n  maiscreen lab next first --n 5"
    parser = actions.add_parser("next", help=about, description=NEXT, epilog=example)
    _add_folder(parser)
    parser.add_argument("--n", default="5", metavar="N", help="how many at most (default 5)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON object on a line for each")
    how.add_argument("--csv", action="store_true", help="for a spreadsheet")
    parser.set_defaults(command=commands.propose)


def _add_weights(actions: Menu) -> None:
    about = "show the weights that the results teach"
    example = "example:\n  maiscreen lab weights first"
    parser = actions.add_parser("weights", help=about, description=WEIGHTS, epilog=example)
    _add_folder(parser)
    parser.add_argument("--json", action="store_true", help="everything, as one JSON object")
    parser.set_defaults(command=commands.weights)


def _add_export(actions: Menu) -> None:
    about = "write what the learned models can be trained with"
    example = "example:\n  maiscreen lab export first --for models --out layers.csv"
    parser = actions.add_parser("export", help=about, description=EXPORT, epilog=example)
    _add_folder(parser)
    parser.add_argument("--for", dest="reader", choices=("models",), default="models",
                        help="who is to read it (default models)")  # fmt: skip
    parser.add_argument("--out", default="lab-models.csv", metavar="FILE",
                        help="default lab-models.csv, here")  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="even if FILE is there")
    parser.set_defaults(command=commands.export)


def _add_replay(actions: Menu) -> None:
    about = "play the results again, in every order"
    example = "example:\n  maiscreen lab replay first"
    parser = actions.add_parser("replay", help=about, description=REPLAY, epilog=example)
    _add_folder(parser)
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.set_defaults(command=commands.replay)


def _add_folder(parser: Any) -> None:
    parser.add_argument("folder", metavar="DIR", help="the --out of a finished run")
