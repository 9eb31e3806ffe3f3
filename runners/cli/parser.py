"""The parser of the whole command line, and what --help says of its commands."""

from importlib.metadata import version

from maiscreen.runners.cli import (
    campaign,
    cluster,
    compare,
    completion,
    lab,
    labels,
    models,
    plot,
    precursors,
    shortlist,
    snapshot,
)
from maiscreen.runners.cli.console import Parser

DESCRIPTION = """\
Screen metal-halide vapours that turn the surface of a sodium anode into a metal-alloy interphase:
    n Na + MXn(g) -> M + n NaX,   x Na + M -> NaxM
Real data are embedded; no network is needed."""

EXAMPLES = """\
examples:
  maiscreen run --out first                      the default campaign: every homoleptic halide
  maiscreen run tin.toml --out tin --set temperature_c=60 --set weights.adhesion=2
  maiscreen space wide.toml                      size of a space of blends, and the time it takes
  maiscreen status first                         how far it is; maiscreen resume first goes on
  maiscreen shortlist first --top 20             the best, as CSV for the glovebox
  maiscreen shortlist first --diverse --out best.pdf    a page for each, to print
  maiscreen plot first ranks --out ranks.pdf     figures for a paper
  maiscreen lab import first results.xlsx        what was measured, kept beside the campaign
  maiscreen explain SnCl4 SiCl4 TiCl4            all that is known of a precursor
  maiscreen compare SnCl4 SiCl4                  which is better, how surely, and why
  maiscreen labels show NaSn                     what an interatomic potential gives for a phase
  maiscreen models list                          learned models; models train makes yours
  maiscreen validate                             the ranking against the published cycle lives
  maiscreen snapshot build --source materials-project --out today    today's data, with your key

exit codes: 0 complete, 1 failed, 2 bad input (one line says what), 3 partial (stopped in the
middle, or candidates failed), 130 after Ctrl-C, 143 after SIGTERM; what is done is always kept"""


def parser() -> Parser:
    """Make the parser of the whole command line."""
    top: Parser = Parser(prog="maiscreen", description=DESCRIPTION, epilog=EXAMPLES)
    top.add_argument("--version", action="version", version=f"maiscreen {version('maiscreen')}")
    menu = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    campaign.add(menu)
    precursors.add(menu)
    compare.add(menu)
    shortlist.add(menu)
    plot.add(menu)
    snapshot.add(menu)
    lab.add(menu)
    labels.add(menu)
    models.add(menu)
    cluster.add(menu)
    completion.add(menu, top)
    return top
