"""The options of `maiscreen plot`, and what --help says of them."""

from maiscreen.runners.cli import plot as commands
from maiscreen.runners.cli.parser import Menu
from maiscreen.runners.runs.plots import NAMES

DESCRIPTION = """\
Draw a figure for a paper: vectors, fonts embedded, 7 to 8 point, 89 or 183 mm wide, readable
without colour.
  profile   the four attributes with standard deviations, beside the paper's cells
  ranks     rank intervals over the errors of the inputs, and over all weightings
  pareto    two attributes of all that passed
  funnel    how many candidates are left after each gate
  vapour    vapour pressure against temperature, with the glovebox window
  plateaus  phases of sodium with a metal and their plateaus, computed and measured
  paper     scores against the cycles that the paper measured
  weights   ranks with other weights, and without each attribute"""

EXAMPLES = """\
examples:
  maiscreen plot first ranks --out ranks.pdf
  maiscreen plot first profile --of SnBr4,GeCl4 --out profile.svg
  maiscreen plot first pareto --attributes adhesion,youngs_modulus --out pareto.pdf
  maiscreen plot first plateaus --of Sn,Sb --width double --out plateaus.png

In Python a figure can be changed: maiscreen.runners.runs.plots.plot("first", "ranks")"""


def add(menu: Menu) -> None:
    """Add the command to the menu."""
    about = "draw a figure for a paper: PDF, SVG or PNG"
    parser = menu.add_parser("plot", help=about, description=DESCRIPTION, epilog=EXAMPLES)
    parser.add_argument("folder", metavar="DIR", help="the --out of a finished run")
    parser.add_argument("name", metavar="NAME", choices=NAMES, help="one of the above")
    parser.add_argument("--out", required=True, metavar="FILE", help="FILE.pdf, .svg or .png")
    parser.add_argument("--of", metavar="A,B", help="precursors by formula or name; metals")
    parser.add_argument("--width", choices=("single", "double"), help="one column or two")
    parser.add_argument("--attributes", metavar="X,Y", help="of pareto: across and up")
    parser.set_defaults(command=commands.plot)
