"""The commands of `maiscreen models`. Heavy imports wait until a command needs them."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import folder
from maiscreen.runners.cli.console import emit, emit_json
from maiscreen.runners.cli.predictions import write_left_out

if TYPE_CHECKING:
    pass

MAX_SEED = 2**32 - 1


def train(options: argparse.Namespace) -> int:
    """Train a model on the user's data, or the embedded ones on theirs."""
    return _embed(options) if options.embedded else _retrain(options)


def evaluate(options: argparse.Namespace) -> int:
    """Measure a model on data, or print the table of all embedded ones."""
    from maiscreen.models.learning.compare import evaluate
    from maiscreen.models.storage.store import find_model, models
    from maiscreen.models.training_files.read import read_data, summary
    from maiscreen.runners.cli.models_show import as_markdown, measured

    if options.markdown:
        emit(as_markdown([one for one in models(folder("--store", options.store)) if one.card]))
        return 0
    if options.name is None or options.data is None:
        raise InputError("NAME", options.name or "", "give a model and --data, or --markdown")
    model = find_model(options.name, folder("--store", options.store))
    data = read_data(model.card.target, options.data, options.unit)
    found = evaluate(model, data.training)
    if options.json:
        emit_json(json.dumps({"model": model.card.name, "target": model.card.target, **found}))
    else:
        emit(f"{model.card.name} on {options.data}\n{summary(data.left_out)}")
        emit(measured(found, model.card))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Compare two models on the same data."""
    from dataclasses import asdict

    from maiscreen.models.learning.compare import compare_models, unseen
    from maiscreen.models.storage.store import find_model
    from maiscreen.models.training_files.read import read_data, summary

    store = folder("--store", options.store)
    first, second = (find_model(name, store) for name in (options.first, options.second))
    data = read_data(first.card.target, options.data, options.unit)
    both = {"all": data.training, "unseen": unseen((first, second), data.training)}
    found = {name: compare_models(first, second, rows) for name, rows in both.items() if len(rows)}
    if options.json:
        emit_json(json.dumps({name: asdict(one) for name, one in found.items()}))
    else:
        emit(f"{second.card.name} against {first.card.name}\n{summary(data.left_out)}")
        emit("\n".join(f"{name}: {one}" for name, one in found.items()))
    return 0


def list_models(options: argparse.Namespace) -> int:
    """List all models."""
    from maiscreen.models.storage.store import models
    from maiscreen.runners.cli.models_show import as_lines, table

    found = models(folder("--store", options.store))
    if options.json:
        if found:
            emit_json(as_lines(found))
    else:
        emit(table(found))
    return 0


def show(options: argparse.Namespace) -> int:
    """Print the card of a model."""
    from maiscreen.models.storage.store import find_model
    from maiscreen.runners.cli.models_show import described

    card = find_model(options.name, folder("--store", options.store)).card
    if options.json:
        emit_json(card.to_json(indent=None))
    else:
        emit(described(card))
    return 0


def use(options: argparse.Namespace) -> int:
    """Put a model to use for its target."""
    from maiscreen.models.storage.store import use

    card = use(options.name, folder("--store", options.store), options.force)
    emit(f"{options.store} now uses {card.name} {card.version} for {card.target}")
    emit(f"A campaign takes the models of a store by: maiscreen run --models {options.store}")
    return 0


def distil(options: argparse.Namespace) -> int:
    """Give a model that lies there a student."""
    from maiscreen.models.retraining.distil import add_student
    from maiscreen.models.storage.model import embedded_folder
    from maiscreen.models.storage.store import find
    from maiscreen.runners.cli.models_show import described
    from maiscreen.runners.work.progress import fits_shown

    found = find(options.name, folder("--store", options.store))
    if not isinstance(found, Path) or found.parent == embedded_folder():
        raise InputError("NAME", options.name, "comes with a student; name a model of your own")
    with fits_shown(quiet=options.quiet) as watch:
        card = add_student(found, watch)
    emit(described(card))
    return 0


def _retrain(options: argparse.Namespace) -> int:
    from maiscreen.models import retrain
    from maiscreen.runners.work.progress import fits_shown

    for option in ("target", "data"):
        if not getattr(options, option):
            raise InputError(f"--{option}", getattr(options, option) or "", "is missing")
    out = None if options.out is None else folder("--out", options.out)
    with fits_shown(quiet=options.quiet) as watch:
        report = retrain(
            options.target,
            options.data,
            options.base,
            out,
            options.unit,
            _seed(options.seed),
            options.force,
            options.name,
            watch,
            options.fast,
        )
    if options.left_out is not None:
        write_left_out(Path(options.left_out), report.left_out)
    if options.json:
        emit_json(json.dumps(report.to_dict(), ensure_ascii=False, allow_nan=False))
    else:
        emit(str(report))
    return 0


def _embed(options: argparse.Namespace) -> int:
    from maiscreen.models.retraining.embedded import embed
    from maiscreen.runners.cli.models_show import described
    from maiscreen.runners.runs.labels_choice import listed
    from maiscreen.runners.work.progress import fits_shown

    if options.out is None:
        raise InputError("--out", "", "is missing; give a folder")
    out, names = folder("--out", options.out), listed("--target", options.target)
    with fits_shown(quiet=options.quiet) as watch:
        cards = embed(out, names, _seed(options.seed), options.force, watch)
    if options.json:
        emit_json("\n".join(card.to_json(indent=None) for card in cards))
    else:
        emit("\n\n".join(described(card) for card in cards))
    return 0


def _seed(text: str) -> int:
    few = text.isascii() and text.isdigit() and len(text) <= 10
    if not few or int(text) > MAX_SEED:
        raise InputError("--seed", text, f"give a whole number from 0 to {MAX_SEED}")
    return int(text)
