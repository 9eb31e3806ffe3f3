"""The options of `maiscreen models`, and what --help says of them."""

from typing import Any

from maiscreen.runners.cli import models as commands
from maiscreen.runners.cli.models_suggest import add_suggest
from maiscreen.runners.cli.parser import Menu
from maiscreen.runners.cli.predictions import add_predict

DESCRIPTION = """\
Learned models: what a composition alone says of moduli, energies, volumes, barriers (fidelity
F1), with intervals that were tested. They are embedded; you can train your own on your data."""

EXAMPLES = """\
examples:
  maiscreen models list                            embedded models and yours, with their errors
  maiscreen models show embedded/shear_modulus_gpa
  maiscreen models train --target shear_modulus_gpa --data mine.csv --out models/mine
  maiscreen models predict mine --data phases.csv  for every formula in a file; --fast for millions
  maiscreen models evaluate mine --data new.csv    errors and coverage on data
  maiscreen models use mine                        for campaigns with --models models
  maiscreen models suggest first                   what to label next, and why"""

TRAIN = """\
Train a model on your data. Rows that fail a check are left out and named; the rest joins the
training data of the base, and takes the place of its rows of the same composition. Part of your
rows, whole chemical systems, is held back to compare the new model with the one it would replace;
one that is worse is written, but not promoted. What is in use never changes: see models use."""

TRAIN_EXAMPLES = """\
examples:
  maiscreen models train --target shear_modulus_gpa --data mine.csv --out models/mine
  maiscreen models train --target bulk_modulus_gpa --data k.parquet --unit MPa --base none
  maiscreen models train --target migration_barrier_ev --data labels
  maiscreen models train --target shear_modulus_gpa --data more.csv --base models/mine \\
      --out models/mine2

A CSV has a header and a row for each measurement; uncertainty and weight may be left out:
  formula,shear_modulus_gpa,uncertainty,weight
  NaSn,11.2,0.5,1
The unit is stated in the name of the column (shear_modulus_mpa), in a column `unit` beside
`value`, or by --unit. Data may also be the folder of a run of labels, or `labels` for the embedded
ones, or the folder of a campaign whose shortlist.csv got two more columns, `phase` and the
measured property.
Targets: bulk_modulus_gpa, shear_modulus_gpa, youngs_modulus_gpa, formation_energy_ev_atom,
volume_a3_atom, migration_barrier_ev, vacancy_formation_energy_ev, work_of_adhesion_j_m2,
ionic_conductivity_ms_cm (of layers you measured: maiscreen lab export)"""

USE = """\
Put a model of a store to use for its target; embedded/TARGET gives the embedded one its place
back. A campaign takes the models that a store uses only if asked: maiscreen run --models STORE"""


def add(menu: Menu) -> None:
    """Add the command with its actions to the menu."""
    about = "train models on your data; list, test, compare and use them"
    parser = menu.add_parser("models", help=about, description=DESCRIPTION, epilog=EXAMPLES)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for make in (_add_train, _add_distil, add_predict, _add_evaluate, _add_compare,
                 _add_list, _add_show, _add_use, add_suggest):  # fmt: skip
        make(actions)


def _add_train(actions: Menu) -> None:
    about = "train a model on your data"
    parser = actions.add_parser("train", help=about, description=TRAIN, epilog=TRAIN_EXAMPLES)
    parser.add_argument("--target", metavar="T", help="property, such as shear_modulus_gpa")
    parser.add_argument("--data", metavar="FILE", help="CSV or Parquet; a folder; or: labels")
    parser.add_argument(
        "--base",
        default="embedded",
        metavar="BASE",
        help="data to go on from: embedded (default), none, or the folder of a model",
    )
    parser.add_argument("--out", metavar="DIR", help="folder (default models/my_TARGET)")
    parser.add_argument("--unit", metavar="U", help="unit of the values, such as MPa")
    parser.add_argument("--seed", default="0", metavar="N", help="of all random numbers")
    parser.add_argument("--name", metavar="NAME", help="of the model (default: the folder's)")
    parser.add_argument(
        "--force", action="store_true", help="promote it even if worse; replace what is in DIR"
    )
    parser.add_argument("--left-out", metavar="FILE", help="rows that were left out, as CSV")
    parser.add_argument(
        "--fast", action="store_true", help="teach it a student for predict --fast: minutes more"
    )
    parser.add_argument("--embedded", action="store_true", help=EMBEDDED)
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(command=commands.train)


EMBEDDED = """for maintainers: train the models that come with the project into DIR, those of
--target T1,T2,… or all"""


def _add_distil(actions: Menu) -> None:
    about = "teach a model's student, for predictions by the million"
    example = (
        "example:\n  maiscreen models distil mine\n\n"
        "What the model itself says stays as it is. A store that uses it must be told again:\n"
        "  maiscreen models use mine"
    )
    parser = actions.add_parser("distil", help=about, description=DISTIL, epilog=example)
    parser.add_argument("name", metavar="NAME", help="of the store, or a folder")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    _add_store(parser)
    parser.set_defaults(command=commands.distil)


DISTIL = """\
Teach a small network what a model's trees say of 85,000 compositions, test it on chemical systems
that neither has seen, and put it into the model's folder: models predict --fast asks it. It takes
a few minutes. models train --fast does the same with a new model."""


def _add_evaluate(actions: Menu) -> None:
    about = "measure a model on data, or print the table of all"
    example = (
        "examples:\n"
        "  maiscreen models evaluate mine --data new.csv\n"
        "  maiscreen models evaluate --markdown             the tables of docs/models.md\n\n"
        "Compositions that the model has learned from are counted apart from unseen ones."
    )
    parser = actions.add_parser("evaluate", help=about, description=about, epilog=example)
    parser.add_argument("name", nargs="?", metavar="NAME", help="a model")
    _add_data(parser, needed=False)
    parser.add_argument("--markdown", action="store_true", help="all models, from their cards")
    _add_json(parser, "as one JSON object")
    _add_store(parser)
    parser.set_defaults(command=commands.evaluate)


def _add_compare(actions: Menu) -> None:
    about = "compare two models on the same data"
    example = (
        "example:\n  maiscreen models compare embedded/shear_modulus_gpa mine --data new.csv\n\n"
        "The difference has a 90 % interval, by a bootstrap over chemical systems. Rows that\n"
        "neither model has learned from are compared apart."
    )
    parser = actions.add_parser("compare", help=about, description=about, epilog=example)
    parser.add_argument("first", metavar="A", help="a model")
    parser.add_argument("second", metavar="B", help="another of the same target")
    _add_data(parser, needed=True)
    _add_json(parser, "as one JSON object")
    _add_store(parser)
    parser.set_defaults(command=commands.compare)


def _add_list(actions: Menu) -> None:
    about = "list the embedded models and those of a store"
    parser = actions.add_parser("list", help=about, description=about)
    _add_json(parser, "one card on a line")
    _add_store(parser)
    parser.set_defaults(command=commands.list_models)


def _add_show(actions: Menu) -> None:
    about = "print the card of a model"
    example = "example:\n  maiscreen models show mine --json"
    parser = actions.add_parser("show", help=about, description=about, epilog=example)
    parser.add_argument("name", metavar="NAME", help="of the store, embedded/TARGET, or a folder")
    _add_json(parser, "the whole card as one JSON object")
    _add_store(parser)
    parser.set_defaults(command=commands.show)


def _add_use(actions: Menu) -> None:
    about = "put a model to use for its target"
    example = (
        "examples:\n  maiscreen models use mine\n  maiscreen models use embedded/volume_a3_atom"
    )
    parser = actions.add_parser("use", help=about, description=USE, epilog=example)
    parser.add_argument("name", metavar="NAME", help="of the store, or embedded/TARGET")
    parser.add_argument("--force", action="store_true", help="though it was not promoted")
    _add_store(parser)
    parser.set_defaults(command=commands.use)


def _add_data(parser: Any, *, needed: bool) -> None:
    parser.add_argument("--data", required=needed, metavar="FILE", help="as for models train")
    parser.add_argument("--unit", metavar="U", help="unit of the values, such as MPa")


def _add_json(parser: Any, about: str) -> None:
    parser.add_argument("--json", action="store_true", help=about)


def _add_store(parser: Any) -> None:
    parser.add_argument(
        "--store", default="models", metavar="DIR", help="folder of your models (default models)"
    )
