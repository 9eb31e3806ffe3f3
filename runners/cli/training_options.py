"""Options of the commands that read a user's data, and what they say of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maiscreen.models.training_files.read import Reading

DUPLICATES = ("median", "mean", "min", "keep", "refuse")
"""As maiscreen.models.learning.duplicates has them; a test compares."""


def add_reading(parser: Any) -> None:
    """Add the options that say what the columns are, and what duplicates become."""
    parser.add_argument("--unit", metavar="U", help="unit of the values, such as MPa")
    add_formula_column(parser)
    parser.add_argument("--value-column", default="", metavar="C", help="heading of the values")
    parser.add_argument(
        "--duplicates",
        choices=DUPLICATES,
        default="median",
        help="what rows of one composition become (default median)",
    )


def add_formula_column(parser: Any) -> None:
    """Add the option that names the column of formulas."""
    parser.add_argument("--formula-column", default="", metavar="C", help="heading of the formulas")


def add_tests(parser: Any) -> None:
    """Add the options that say what a new model is tested on."""
    parser.add_argument("--group-column", default="", metavar="C", help="what tests keep together")
    about = "what tests keep together: systems, groups (of --group-column), random, 'without Li'"
    parser.add_argument("--split", metavar="S", help=about)
    about = "data to compare on, never learned from"
    parser.add_argument("--held-back", metavar="FILE", help=about)
    about = "quick: fewer folds, which the card says (default full)"
    parser.add_argument("--tests", choices=("full", "quick"), default="full", help=about)


def to_reading(options: argparse.Namespace) -> Reading:
    """Return what the options say of the data."""
    from maiscreen.models.training_files.columns import NamedColumns
    from maiscreen.models.training_files.read import Reading

    named = NamedColumns(options.formula_column, options.value_column)
    return Reading(options.unit, options.duplicates, named)
