"""The options that say which jar, thickness and area doses are for."""

import argparse
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.console import Parser

if TYPE_CHECKING:
    from maiscreen.screen.facts.jar import JarSetup

OPTIONS = {
    "jar_cm3": ("V", "gas space of the jar that doses are for, cm³ (default 19.8, the paper's)"),
    "thickness_um": ("D", "layer that doses are for, µm (default 6, the paper's best)"),
    "area_cm2": ("A", "sodium that doses are for, cm² (default 1)"),
}
"""By the field of a `JarSetup`: what --help calls the value, and says of it."""


def add_setup(parser: Parser) -> None:
    """Add --jar-cm3, --thickness-um and --area-cm2."""
    for name, (metavar, about) in OPTIONS.items():
        parser.add_argument(_option(name), metavar=metavar, help=about)


def read_setup(options: argparse.Namespace) -> "JarSetup":
    """Read jar and layer; what was not named is the paper's."""
    from maiscreen.screen.facts.jar import JarSetup

    texts = {name: getattr(options, name) for name in OPTIONS}
    numbers = {name: _number(name, text) for name, text in texts.items() if text is not None}
    try:
        return JarSetup(**numbers)
    except InputError as error:
        raise InputError(_option(error.field), error.value, error.remedy) from None


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(_option(name), text, "give a number, such as 20") from None
