"""The user's own potentials on the command line: read, registered, and who is not."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import add_command, parse_folder
from maiscreen.runners.cli.console import Menu, emit

if TYPE_CHECKING:
    from maiscreen.models.labels.labels import Label
    from maiscreen.models.labels.potentials import PotentialEntry

ABOUT = "register a potential of your own, so that its labels count"

DESCRIPTION = """\
Register a potential of your own in a folder of labels, so that a screen counts them. A run of
labels with --potential does so by itself; this is for labels that came from elsewhere."""

EXAMPLE = """\
example:
  maiscreen labels register mine.toml --labels mine
  maiscreen run --labels mine

The file (docs/potential.md has one):
  name = "mine"
  calculator = "ase.calculators.emt:EMT"    what makes ASE's calculator; or file.py:callable
  functional = "PBE"                        on whose energies it was trained
  energies = "uncorrected"                  or MP2020: its energies hold the corrections of 2020
  licence = "MIT"
and, if need be: files = ["weights.pt"], citation, package, opinion_alone = true (its labels are
held against others and give no value), and a table [arguments], in which "{file}" is the first
file. It names code that is run: trust it like a program."""


def add_register(actions: Menu) -> None:
    """Add the command to the actions of `maiscreen labels`."""
    parser = add_command(
        actions, "register", register, ABOUT, description=DESCRIPTION, epilog=EXAMPLE
    )
    parser.add_argument("potential", metavar="FILE", help="a TOML file")
    about = "folder with a labels.jsonl"
    parser.add_argument("--labels", metavar="DIR", required=True, help=about)


def register(options: argparse.Namespace) -> int:
    """Write a potential into the register of a folder."""
    from maiscreen.models.labels.evidence import evidence_of
    from maiscreen.models.labels.potential_files import read_potential
    from maiscreen.runners.runs.labels_register import register_by_hand

    folder = parse_folder("--labels", options.labels)
    entry = read_potential(parse_folder("FILE", options.potential))
    if not entry.own:
        raise InputError("FILE", entry.name, "is built in and needs no registration")
    if not folder.is_dir():
        raise InputError("--labels", str(folder), "is no folder")
    every = register_by_hand(folder, entry)
    counted = evidence_of(str(folder))
    mine = sum(any(one.name in found.models for one in every) for found in counted.values())
    emit(f"Registered in {options.labels}: {', '.join(one.name for one in every)}")
    emit(f"{len(counted)} values may be used, {mine} of them with a potential of your own")
    return 0


def own_potential(path: str | None) -> PotentialEntry | None:
    """Read the user's own potential, if one is given."""
    from maiscreen.models.labels.potential_files import read_potential

    return None if path is None else read_potential(parse_folder("--potential", path))


def without_evidence(labels: Iterable[Label], own: Iterable[PotentialEntry]) -> str:
    """State of which models labels are shown that no rule uses; nothing if there is none."""
    from maiscreen.models.labels.potentials import register as every
    from maiscreen.screen.text import printable

    unknown = sorted({one.model for one in labels} - set(every(own)))
    if not unknown:
        return ""
    names = printable(", ".join(unknown))
    return (
        f"\n\nno evidence for {names}: a screen refuses these labels; register it with: "
        "maiscreen labels register FILE --labels DIR"
    )
