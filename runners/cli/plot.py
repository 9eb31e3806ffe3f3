"""The command `maiscreen plot`. Heavy imports wait until it is asked for."""

import argparse
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import add_command, add_folder
from maiscreen.runners.cli.console import Menu, emit
from maiscreen.runners.cli.output import add_output, add_overwrite, write_output
from maiscreen.runners.endings import COMPLETE

FORMATS = (".pdf", ".svg", ".png")

COMPUTED = ("profile", "vapour", "plateaus", "paper")
"""Figures that need more than the ranking."""


def plot(options: argparse.Namespace) -> int:
    """Draw a figure and write it."""
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.runs.plots import is_current, plot
    from maiscreen.runners.stages import print_remark

    path = Path(options.out)
    kind = path.suffix.casefold()
    if kind not in FORMATS:
        raise InputError("--out", options.out, "give a name that ends in .pdf, .svg or .png")
    out = campaign_folder("DIR", options.folder)
    figure = plot(
        out,
        options.name,
        of=_split_names("--of", options.of) or (),
        width=options.width,
        attributes=_split_names("--attributes", options.attributes),
    )
    write_output(options, figure.content(kind[1:]))
    width_mm, height_mm = (25.4 * inches for inches in figure.get_size_inches())
    emit(f"Written to {path}: {width_mm:.0f} × {height_mm:.0f} mm")
    if options.name in COMPUTED and not is_current(out):
        print_remark(
            "the campaign was run with other code or data than those that drew this figure"
        )
    return COMPLETE


def _split_names(field: str, text: str | None) -> list[str] | None:
    """Take names with commas between them."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise InputError(field, text, "has an empty name; give names with commas between them")
    return names


DESCRIPTION = """\
Draw a figure for a paper: vectors, fonts embedded, 7 to 8 point, 89 or 183 mm wide, readable
without colour.
  profile   the four attributes with standard deviations, beside the paper's cells
  ranks     expected places and tiers over the errors of the inputs, and over all weightings
  pareto    two attributes of all that passed
  funnel    how many candidates are left after each gate
  vapour    vapour pressure against temperature, with the glovebox window
  plateaus  phases of sodium with a metal and their plateaus, computed and measured
  paper     scores against the cycles that the paper measured
  weights   places by score with other weights, and without each attribute"""

EXAMPLES = """\
examples:
  maiscreen plot first ranks --out ranks.pdf
  maiscreen plot first profile --of SnBr4,GeCl4 --out profile.svg
  maiscreen plot first pareto --attributes adhesion,youngs_modulus --out pareto.pdf
  maiscreen plot first plateaus --of Sn,Sb --width double --out plateaus.png

In Python a figure can be changed: maiscreen.runners.runs.plots.plot("first", "ranks")"""


def add(menu: Menu) -> None:
    """Add the command to the menu."""
    from maiscreen.runners.runs.plots import NAMES

    about = "draw a figure for a paper: PDF, SVG or PNG"
    parser = add_command(menu, "plot", plot, about, description=DESCRIPTION, epilog=EXAMPLES)
    add_folder(parser, "the --out of a finished run")
    parser.add_argument("name", metavar="NAME", choices=NAMES, help="one of the above")
    add_output(parser, "FILE.pdf, .svg or .png", required=True)
    add_overwrite(parser)
    parser.add_argument("--of", metavar="A,B", help="precursors by formula or name; metals")
    parser.add_argument("--width", choices=("single", "double"), help="one column or two")
    parser.add_argument("--attributes", metavar="X,Y", help="of pareto: across and up")
