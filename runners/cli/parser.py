"""The parser of the whole command line, and what --help says of its commands."""

from importlib.metadata import version

from maiscreen.runners.cli import campaign, cluster, lab, labels, models, plot, shortlist, snapshot
from maiscreen.runners.cli.console import Menu, Parser

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
  maiscreen labels show NaSn                     what an interatomic potential gives for a phase
  maiscreen models list                          learned models; models train makes yours
  maiscreen validate                             the ranking against the published cycle lives
  maiscreen snapshot build --source materials-project --out today    today's data, with your key

exit codes: 0 complete, 1 failed, 2 bad input (one line says what), 3 partial (stopped in the
middle, or candidates failed), 130 after Ctrl-C, 143 after SIGTERM; what is done is always kept"""

RUN_EXAMPLES = """\
examples:
  maiscreen run --out first
  maiscreen run --out warm --set temperature_c=60 --set 'metals=["Sn", "Si", "Ti"]'
  maiscreen run campaign.toml --out mine --workers 2
  maiscreen run --out mine --scheduler tls://node1:8786 --tls certs
  maiscreen run --out mine --cluster slurm.yaml
  maiscreen run --out s3://bucket/mine           object storage; credentials from the environment

The same command again goes on where an interrupted run stopped. A campaign file is TOML:
  temperature_c = 60
  halogens = ["Cl", "Br"]
  [weights]
  adhesion = 2

A table [space] makes the campaign wide: see maiscreen space --help."""

SPACE_EXAMPLES = """\
examples:
  maiscreen space wide.toml
  maiscreen space --set space.blends=2 --set 'space.temperatures_c=[25, 60]'
  maiscreen space wide.toml --index 48211        what this candidate is, and all that is found

Size, gates and expected time are told from a sample; nothing is written. Then:
  maiscreen run wide.toml --out wide

A wide campaign file, with what it may hold:
  [space]
  mixed_halides = true            # MX_aY_b
  oxyhalides = true               # known ones, such as VOCl3
  organohalides = true            # known ones, such as (CH3)3SiCl and SiHCl3
  groups_leave = false            # else those with C or H on M are listed and rejected
  blends = 3                      # precursors in a blend, at most
  ratio_steps = 10                # mole fractions in the liquid by tenths
  least_vapour_share = 0.05       # less of the vapour than that is a trace
  temperatures_c = [25, 40, 60, 80]
  exposures_s = [10, 20, 30]
  limit = 10000000                # more are thinned to an even sample
  front_runners = 1000            # the best, ranked with their errors
  columns = ["index", "score"]    # of the table of all candidates"""


def parser() -> Parser:
    """Make the parser of the whole command line."""
    top: Parser = Parser(prog="maiscreen", description=DESCRIPTION, epilog=EXAMPLES)
    top.add_argument("--version", action="version", version=f"maiscreen {version('maiscreen')}")
    menu = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(menu)
    _add_space(menu)
    _add_status(menu)
    _add_resume(menu)
    _add_retry(menu)
    _add_verify(menu)
    _add_explain(menu)
    _add_validate(menu)
    shortlist.add(menu)
    plot.add(menu)
    snapshot.add(menu)
    lab.add(menu)
    labels.add(menu)
    models.add(menu)
    cluster.add(menu)
    return top


def _add_run(menu: Menu) -> None:
    about = "screen a campaign and write its folder"
    parser = menu.add_parser("run", help=about, description=about, epilog=RUN_EXAMPLES)
    parser.add_argument("campaign", nargs="?", metavar="CAMPAIGN.toml", help="settings to change")
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="folder for manifest, ranking, report"
    )
    _add_runner_options(parser)
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting"
    )
    parser.add_argument(
        "--models",
        metavar="DIR[,DIR]",
        help="trained models, or a store of them, in place of the embedded ones",
    )
    _add_data(parser)
    parser.set_defaults(command=campaign.run)


def _add_runner_options(parser: Parser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--workers", metavar="N", help="worker processes (default: processors, ≤ 4)")
    how.add_argument("--serial", action="store_true", help="one process, without Dask")
    how.add_argument("--scheduler", metavar="ADDRESS", help="a running Dask scheduler")
    how.add_argument("--cluster", metavar="FILE", help="jobs of a queue: see cluster show --help")
    cluster.add_connection(parser)
    parser.add_argument(
        "--task-timeout",
        metavar="SECONDS",
        help="end a worker whose task takes longer (default 600; with --serial there is none)",
    )
    parser.add_argument(
        "--wait", metavar="SECONDS", help="wait so long when all workers have gone (default 60)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_status(menu: Menu) -> None:
    about = "tell how far a campaign is, while it runs or after"
    epilog = "example:\n  maiscreen status first --json\n  maiscreen status s3://bucket/first"
    parser = menu.add_parser("status", help=about, description=about, epilog=epilog)
    parser.add_argument("folder", metavar="DIR", help="the --out of a run")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.set_defaults(command=campaign.status)


def _add_resume(menu: Menu) -> None:
    about = "go on with an interrupted campaign, with the settings that it was begun with"
    epilog = "example:\n  maiscreen resume first --workers 2"
    parser = menu.add_parser("resume", help=about, description=about, epilog=epilog)
    parser.add_argument("folder", metavar="DIR", help="the --out of a run")
    _add_runner_options(parser)
    parser.set_defaults(command=campaign.resume)


def _add_retry(menu: Menu) -> None:
    about = "do the candidates of a campaign again that failed; all others are kept"
    epilog = "example:\n  maiscreen retry first --failed --task-timeout 3600"
    parser = menu.add_parser("retry", help=about, description=about, epilog=epilog)
    parser.add_argument("folder", metavar="DIR", help="the --out of a run")
    parser.add_argument("--failed", action="store_true", help="those that failed")
    _add_runner_options(parser)
    parser.set_defaults(command=campaign.retry)


def _add_space(menu: Menu) -> None:
    about = "tell how large a campaign's space is, what its gates remove, how long it takes"
    parser = menu.add_parser("space", help=about, description=about, epilog=SPACE_EXAMPLES)
    parser.add_argument("campaign", nargs="?", metavar="CAMPAIGN.toml", help="settings to change")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting"
    )
    parser.add_argument("--workers", metavar="N", help="for the expected time")
    parser.add_argument("--index", metavar="I", help="show the candidate of this index instead")
    _add_data(parser)
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.set_defaults(command=campaign.space)


def _add_verify(menu: Menu) -> None:
    about = "check every part and output of a campaign against what was written"
    epilog = "Exit code 1 if something is wrong; maiscreen resume DIR makes it again."
    parser = menu.add_parser("verify", help=about, description=about, epilog=epilog)
    parser.add_argument("folder", metavar="DIR", help="the --out of a run")
    parser.set_defaults(command=campaign.verify)


def _add_explain(menu: Menu) -> None:
    about = "show everything known and computed for precursors"
    parser = menu.add_parser(
        "explain",
        help=about,
        description=about,
        epilog="example:\n  maiscreen explain SnCl4 TiCl4 --json --temperature-c 60",
    )
    parser.add_argument("formulas", nargs="+", metavar="FORMULA", help="such as SnCl4")
    parser.add_argument("--json", action="store_true", help="one JSON object on a line for each")
    parser.add_argument(
        "--temperature-c", default="25", metavar="T", help="process temperature, °C (default 25)"
    )
    _add_data(parser)
    parser.set_defaults(command=campaign.explain)


def _add_validate(menu: Menu) -> None:
    about = "compare the ranking with the published cycle lives"
    parser = menu.add_parser("validate", help=about, description=about)
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    _add_data(parser)
    parser.set_defaults(command=campaign.validate)


def _add_data(parser: Parser) -> None:
    parser.add_argument(
        "--snapshot", metavar="DIR", help="a snapshot of yours in place of the embedded one"
    )
    parser.add_argument(
        "--labels", metavar="DIR", help="labels of yours (labels run) in place of the embedded ones"
    )
