"""The commands of `maiscreen models`. Heavy imports wait until a command needs them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.cli.arguments import (
    add_command,
    add_json,
    add_trust,
    parse_folder,
    parse_trust,
)
from maiscreen.runners.cli.calibrate import add_calibrate
from maiscreen.runners.cli.console import Menu, emit, emit_json
from maiscreen.runners.cli.model_cards import (
    as_lines,
    as_markdown,
    card_text,
    coverage_note,
    errors_table,
    table,
)
from maiscreen.runners.cli.output import OutputFolder, add_output, add_overwrite
from maiscreen.runners.cli.predictions import add_predict, add_suggest, write_left_out
from maiscreen.runners.cli.training_options import add_reading, add_tests, to_reading

MAX_SEED = 2**32 - 1


def train(options: argparse.Namespace) -> int:
    """Train a model on the user's data, or the embedded ones on theirs."""
    return _embed(options) if options.embedded else _retrain(options)


def evaluate(options: argparse.Namespace) -> int:
    """Measure a model on data, or print the table of all embedded ones."""
    from maiscreen.models.learning.compare import evaluate
    from maiscreen.models.storage.store import find_model, model_entries
    from maiscreen.models.training_files.read import read_data, summary

    if options.markdown:
        emit(
            as_markdown(
                [one for one in model_entries(parse_folder("--store", options.store)) if one.card]
            )
        )
        return 0
    if options.name is None or options.data is None:
        raise InputError("NAME", options.name or "", "give a model and --data, or --markdown")
    store = parse_folder("--store", options.store)
    model = find_model(options.name, store, parse_trust(options.trust))
    data = read_data(model.card.kind, options.data, how=to_reading(options))
    metrics = evaluate(model, data.training)
    if options.json:
        emit_json(json.dumps({"model": model.card.name, "target": model.card.target, **metrics}))
    else:
        emit(f"{model.card.name} on {options.data}\n{summary(data.left_out)}")
        emit(errors_table(metrics, model.card))
        if note := coverage_note(metrics):
            emit(note)
    return 0


def compare(options: argparse.Namespace) -> int:
    """Compare two models on data that neither has learned from."""
    from dataclasses import asdict

    from maiscreen.models.learning.compare import compare_models
    from maiscreen.models.storage.store import find_model
    from maiscreen.models.training_files.read import read_data, summary

    store = parse_folder("--store", options.store)
    trusted = parse_trust(options.trust)
    first, second = (find_model(name, store, trusted) for name in (options.first, options.second))
    data = read_data(first.card.kind, options.data, how=to_reading(options))
    comparison = compare_models(first, second, data.training)
    if options.json:
        emit_json(json.dumps({"unseen": asdict(comparison)}))
    else:
        emit(f"{second.card.name} against {first.card.name}\n{summary(data.left_out)}")
        emit(f"unseen: {comparison}")
    return 0


def list_models(options: argparse.Namespace) -> int:
    """List all models."""
    from maiscreen.models.storage.store import model_entries

    entries = model_entries(parse_folder("--store", options.store))
    if options.json:
        if entries:
            emit_json(as_lines(entries))
    else:
        emit(table(entries))
    return 0


def show(options: argparse.Namespace) -> int:
    """Print the card of a model."""
    from maiscreen.models.storage.model import load_verified_card
    from maiscreen.models.storage.store import find

    card = load_verified_card(find(options.name, parse_folder("--store", options.store)))
    if options.json:
        emit_json(card.to_json(indent=None))
    else:
        emit(card_text(card))
    return 0


def use(options: argparse.Namespace) -> int:
    """Put a model to use for its target."""
    from maiscreen.models.storage.store import use

    card = use(options.name, parse_folder("--store", options.store), options.force)
    emit(f"{options.store} now uses {card.name} {card.version} for {card.target}")
    emit(f"A campaign takes the models of a store by: maiscreen run --models {options.store}")
    return 0


def distil(options: argparse.Namespace) -> int:
    """Add a student to a model that lies there."""
    from maiscreen.models.retraining.distil import add_student
    from maiscreen.models.storage.model import embedded_folder
    from maiscreen.models.storage.store import find
    from maiscreen.runners.work.progress import show_fits

    path = find(options.name, parse_folder("--store", options.store))
    if not isinstance(path, Path) or path.parent == embedded_folder():
        raise InputError("NAME", options.name, "comes with a student; name a model of your own")
    with show_fits(quiet=options.quiet) as watch:
        card = add_student(path, watch)
    emit(card_text(card))
    return 0


def _retrain(options: argparse.Namespace) -> int:
    from maiscreen.models.retraining.retrain import retrain
    from maiscreen.models.training_files.target_file import read_target
    from maiscreen.runners.work.progress import show_fits

    for option in ("target", "data"):
        if not getattr(options, option):
            raise InputError(f"--{option}", getattr(options, option) or "", "is missing")
    out = None if options.out is None else parse_folder("--out", options.out)
    target = read_target(options.target, "--target")
    with show_fits(quiet=options.quiet) as watch:
        report = retrain(
            target,
            options.data,
            options.base,
            out,
            options.unit,
            _seed(options.seed),
            options.force,
            options.name,
            watch,
            options.fast,
            duplicates=options.duplicates,
            formula_column=options.formula_column,
            value_column=options.value_column,
            group_column=options.group_column,
            split=options.split,
            held_back=options.held_back,
            tests=options.tests,
        )
    if options.left_out is not None:
        write_left_out(options, report.left_out)
    if options.json:
        emit_json(json.dumps(report.to_dict(), ensure_ascii=False, allow_nan=False))
    else:
        emit(str(report))
    return 0


def _embed(options: argparse.Namespace) -> int:
    from maiscreen.models.retraining.embedded import embed
    from maiscreen.runners.runs.labels import split_list
    from maiscreen.runners.work.progress import show_fits

    if options.out is None:
        raise InputError("--out", "", "is missing; give a folder")
    out, names = parse_folder("--out", options.out), split_list("--target", options.target)
    with show_fits(quiet=options.quiet) as watch:
        cards = embed(out, names, _seed(options.seed), options.force, watch)
    if options.json:
        emit_json("\n".join(card.to_json(indent=None) for card in cards))
    else:
        emit("\n\n".join(card_text(card) for card in cards))
    return 0


def _seed(text: str) -> int:
    number = limits.whole_number(text)
    if number is None or number > MAX_SEED:
        raise InputError("--seed", text, f"give a whole number from 0 to {MAX_SEED}")
    return number


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
  maiscreen models calibrate mine --data new.csv --out models/mine2   intervals for another source
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
  maiscreen models train --target gap.toml --data gaps.json --split 'without Li' --tests quick

A CSV has a header and a row for each measurement; uncertainty and weight may be left out:
  formula,shear_modulus_gpa,uncertainty,weight
  NaSn,11.2,0.5,1
The unit is stated in the name of the column (shear_modulus_mpa), in a column `unit` beside
`value`, or by --unit. Data may also be the folder of a run of labels, or `labels` for the embedded
ones, or the folder of a campaign whose shortlist.csv got two more columns, `phase` and the
measured property.
A target of your own is a TOML file: name = "band_gap_ev", unit = "eV", and perhaps log10, low,
high. Bounds such as <1E-10 are kept as bounds, α- and β- before a formula keep polymorphs apart.
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
                 _add_list, _add_show, _add_use, add_calibrate, add_suggest):  # fmt: skip
        make(actions)


def _add_train(actions: Menu) -> None:
    about = "train a model on your data"
    parser = add_command(actions, "train", train, about, description=TRAIN, epilog=TRAIN_EXAMPLES)
    about = "property, such as shear_modulus_gpa, or a TOML file of your own"
    parser.add_argument("--target", metavar="T", help=about)
    about = "CSV, XLSX, Parquet or JSON; a folder; or: labels"
    parser.add_argument("--data", metavar="FILE", help=about)
    parser.add_argument(
        "--base",
        default="embedded",
        metavar="BASE",
        help="data to go on from: embedded (default), none, or the folder of a model",
    )
    about = "folder (default models/my_TARGET)"
    parser.add_argument("--out", type=OutputFolder, metavar="DIR", help=about)
    add_reading(parser)
    add_tests(parser)
    parser.add_argument("--seed", default="0", metavar="N", help="of all random numbers")
    parser.add_argument("--name", metavar="NAME", help="of the model (default: the folder's)")
    parser.add_argument(
        "--force", action="store_true", help="promote it even if worse; replace what is in DIR"
    )
    add_output(parser, "rows that were left out, as CSV", "--left-out")
    add_overwrite(parser)
    parser.add_argument(
        "--fast", action="store_true", help="teach it a student for predict --fast: minutes more"
    )
    parser.add_argument("--embedded", action="store_true", help=EMBEDDED)
    add_json(parser, "the report as one JSON object")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


EMBEDDED = """for maintainers: train the models that come with the project into DIR, those of
--target T1,T2,… or all"""


def _add_distil(actions: Menu) -> None:
    about = "teach a model's student, for predictions by the million"
    example = (
        "example:\n  maiscreen models distil mine\n\n"
        "What the model itself says stays as it is. A store that uses it must be told again:\n"
        "  maiscreen models use mine"
    )
    parser = add_command(actions, "distil", distil, about, description=DISTIL, epilog=example)
    parser.add_argument("name", metavar="NAME", help="of the store, or a folder")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    _add_store(parser)


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
    parser = add_command(actions, "evaluate", evaluate, about, epilog=example)
    parser.add_argument("name", nargs="?", metavar="NAME", help="a model")
    _add_data(parser, needed=False)
    parser.add_argument("--markdown", action="store_true", help="all models, from their cards")
    add_json(parser, "as one JSON object")
    add_trust(parser)
    _add_store(parser)


def _add_compare(actions: Menu) -> None:
    about = "compare two models on data that are new to both"
    example = (
        "example:\n  maiscreen models compare embedded/shear_modulus_gpa mine --data new.csv\n\n"
        "Compositions that one of them has learned from are left out. The difference has a 90 %\n"
        "interval, by a bootstrap over chemical systems."
    )
    parser = add_command(actions, "compare", compare, about, epilog=example)
    parser.add_argument("first", metavar="A", help="a model")
    parser.add_argument("second", metavar="B", help="another of the same target")
    _add_data(parser, needed=True)
    add_json(parser, "as one JSON object")
    add_trust(parser)
    _add_store(parser)


def _add_list(actions: Menu) -> None:
    about = "list the embedded models and those of a store"
    parser = add_command(actions, "list", list_models, about)
    add_json(parser, "one card on a line")
    _add_store(parser)


def _add_show(actions: Menu) -> None:
    about = "print the card of a model"
    example = "example:\n  maiscreen models show mine --json"
    parser = add_command(actions, "show", show, about, epilog=example)
    parser.add_argument("name", metavar="NAME", help="of the store, embedded/TARGET, or a folder")
    add_json(parser, "the whole card as one JSON object")
    _add_store(parser)


def _add_use(actions: Menu) -> None:
    about = "put a model to use for its target"
    example = (
        "examples:\n  maiscreen models use mine\n  maiscreen models use embedded/volume_a3_atom"
    )
    parser = add_command(actions, "use", use, about, description=USE, epilog=example)
    parser.add_argument("name", metavar="NAME", help="of the store, or embedded/TARGET")
    parser.add_argument("--force", action="store_true", help="though it was not promoted")
    _add_store(parser)


def _add_data(parser: Any, *, needed: bool) -> None:
    parser.add_argument("--data", required=needed, metavar="FILE", help="as for models train")
    add_reading(parser)


def _add_store(parser: Any) -> None:
    parser.add_argument(
        "--store", default="models", metavar="DIR", help="folder of your models (default models)"
    )
