"""`maiscreen models calibrate`: intervals of a model for values of another source."""

import argparse
from typing import TYPE_CHECKING

from maiscreen.runners.cli.arguments import (
    add_command,
    add_json,
    add_trust,
    parse_folder,
    parse_trust,
)
from maiscreen.runners.cli.console import Menu, emit, emit_json
from maiscreen.runners.cli.model_cards import calibration_text
from maiscreen.runners.cli.output import OutputFolder
from maiscreen.runners.cli.training_options import add_reading, to_reading

if TYPE_CHECKING:
    from maiscreen.models.learning.card import Card

ABOUT = "fit the intervals of a model to values of another source"

DESCRIPTION = """\
Fit the intervals of a model to values of another source, such as another database or compounds that
nobody has made: what it predicts stays, its standard deviations and intervals become those that
hold for values like these. A new model is written; the old one stays."""

EXAMPLES = """\
examples:
  maiscreen models calibrate embedded/shear_modulus_gpa --data aflow.csv --out models/for_aflow
  maiscreen models evaluate embedded/shear_modulus_gpa --data aflow.csv   does it need to be?

100 compositions that the model has not learned from are needed, of 5 chemical systems or more; from
about 150 on, each third of the expected errors is fitted by itself."""


def add_calibrate(actions: Menu) -> None:
    """Add the action to the menu."""
    parser = add_command(
        actions, "calibrate", calibrate, ABOUT, description=DESCRIPTION, epilog=EXAMPLES
    )
    parser.add_argument("name", metavar="NAME", help="of the store, embedded/TARGET, or a folder")
    parser.add_argument("--data", required=True, metavar="FILE", help="as for models train")
    add_reading(parser)
    parser.add_argument(
        "--out", required=True, type=OutputFolder, metavar="DIR", help="folder of the new model"
    )
    parser.add_argument("--force", action="store_true", help="replace the model in DIR")
    add_json(parser, "the new card as one JSON object")
    add_trust(parser)
    parser.add_argument(
        "--store", default="models", metavar="DIR", help="folder of your models (default models)"
    )


def calibrate(options: argparse.Namespace) -> int:
    """Fit the intervals of a model to data, and write it as a new one."""
    from maiscreen.models.learning.recalibration import recalibrate_model
    from maiscreen.models.storage.folder import check_out, written_atomically
    from maiscreen.models.storage.model import save
    from maiscreen.models.storage.store import find_model
    from maiscreen.models.training_files.read import read_data, summary

    out = parse_folder("--out", options.out)
    store = parse_folder("--store", options.store)
    model = find_model(options.name, store, parse_trust(options.trust))
    check_out(out, options.force, (options.data,))
    data = read_data(model.card.kind, options.data, how=to_reading(options))
    fitted = recalibrate_model(model, data.training, out.name)
    with written_atomically(out) as part:
        saved = save(fitted, part)
    if options.json:
        emit_json(saved.card.to_json(indent=None))
    else:
        emit(f"{summary(data.left_out)}\n{_text(saved.card)}\nwritten to {out}".strip())
    return 0


def _text(card: "Card") -> str:
    told = calibration_text(card.notes["calibrated"])
    return f"{card.name}, from {card.parent}, calibrated {told}"
