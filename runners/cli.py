"""The command line. Heavy imports wait until a command needs them: --help answers at once."""

import argparse
import io
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from maiscreen.candidates.errors import InputError

DESCRIPTION = """\
Screen metal-halide vapours that turn the surface of a sodium anode into a metal-alloy interphase:
    n Na + MXn(g) -> M + n NaX,   x Na + M -> NaxM
Real data are embedded; no network is needed."""

EXAMPLES = """\
examples:
  maiscreen run --out first                      the default campaign: every homoleptic halide
  maiscreen run tin.toml --out tin --set temperature_c=60 --set weights.adhesion=2
  maiscreen shortlist first --top 20             the best, as CSV for the glovebox
  maiscreen explain SnCl4 SiCl4 TiCl4            all that is known of a precursor
  maiscreen validate                             the ranking against the published cycle lives

Bad input gives one line on stderr and exit code 2; Ctrl-C gives 130 and keeps what is done."""

RUN_EXAMPLES = """\
examples:
  maiscreen run --out first
  maiscreen run --out warm --set temperature_c=60 --set 'metals=["Sn", "Si", "Ti"]'
  maiscreen run campaign.toml --out mine --workers 2
  maiscreen run --out mine --scheduler tcp://10.0.0.1:8786

The same command again goes on where an interrupted run stopped. A campaign file is TOML:
  temperature_c = 60
  halogens = ["Cl", "Br"]
  [weights]
  adhesion = 2"""

MAX_WORKERS = 256
"""More processes than this on one machine are a slip of the key."""


_CHOICE = re.compile(r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)")


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end with 2."""
        one_line = " ".join(message.split())
        chosen = _CHOICE.fullmatch(one_line)
        if chosen:
            one_line = "{} = {}: give one of {}".format(*chosen.groups())
        raise SystemExit(_complain(f"{one_line}; see: {self.prog} --help", 2))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give its exit code."""
    _make_printable()
    try:
        options = _parser().parse_args(arguments)
        code: int = options.command(options)
        sys.stdout.flush()
    except InputError as error:
        return _complain(str(error), 2)
    except KeyboardInterrupt:
        return _complain("interrupted; the same command goes on from here", 130)
    except BrokenPipeError:
        # The reader has gone. What is still in the buffer must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return code


def _complain(message: str, code: int) -> int:
    print(f"maiscreen: error: {message}", file=sys.stderr)
    return code


def _make_printable() -> None:
    """Replace what the terminal's encoding lacks, such as ±, instead of failing at it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _parser() -> Parser:
    parser: Parser = _plain(Parser, prog="maiscreen", description=DESCRIPTION, epilog=EXAMPLES)
    parser.add_argument("--version", action="version", version=f"maiscreen {version('maiscreen')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_explain(commands)
    _add_validate(commands)
    _add_shortlist(commands)
    _add_snapshot(commands)
    return parser


def _add_run(commands: "argparse._SubParsersAction[Parser]") -> None:
    about = "screen a campaign and write its folder"
    parser = _plain(commands.add_parser, "run", help=about, description=about, epilog=RUN_EXAMPLES)
    parser.add_argument("campaign", nargs="?", metavar="CAMPAIGN.toml", help="settings to change")
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="folder for manifest, ranking, report"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--workers", metavar="N", help="worker processes (default: processors, ≤ 4)")
    how.add_argument("--serial", action="store_true", help="one process, without Dask")
    how.add_argument("--scheduler", metavar="ADDRESS", help="a running Dask scheduler")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(command=_run)


def _add_explain(commands: "argparse._SubParsersAction[Parser]") -> None:
    about = "show everything known and computed for precursors"
    parser = _plain(
        commands.add_parser,
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
    parser.set_defaults(command=_explain)


def _add_validate(commands: "argparse._SubParsersAction[Parser]") -> None:
    about = "compare the ranking with the published cycle lives"
    parser = _plain(commands.add_parser, "validate", help=about, description=about)
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.set_defaults(command=_validate)


def _add_shortlist(commands: "argparse._SubParsersAction[Parser]") -> None:
    about = "print the best precursors of a finished campaign"
    parser = _plain(
        commands.add_parser,
        "shortlist",
        help=about,
        description=about,
        epilog="example:\n  maiscreen shortlist first --top 20 --format json",
    )
    parser.add_argument("folder", metavar="DIR", help="the --out of a run")
    parser.add_argument("--top", default="10", metavar="N", help="how many (default 10)")
    parser.add_argument("--format", choices=("csv", "json"), default="csv", help="default csv")
    parser.set_defaults(command=_shortlist)


def _add_snapshot(commands: "argparse._SubParsersAction[Parser]") -> None:
    about = "show or rebuild the embedded data"
    parser = _plain(commands.add_parser, "snapshot", help=about, description=about)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    show = _plain(actions.add_parser, "show", help="print where the embedded data come from")
    show.set_defaults(command=_snapshot_show)
    build = _plain(
        actions.add_parser,
        "build",
        help="build the tables from their source",
        epilog="example:\n  maiscreen snapshot build --source crabnet "
        "--wheel crabnet-2.0.8-py3-none-any.whl --out snapshot",
    )
    build.add_argument("--source", required=True, choices=("crabnet",), help="kind of source")
    build.add_argument("--wheel", required=True, metavar="FILE", help="crabnet 2.0.8, a wheel")
    build.add_argument("--out", required=True, metavar="DIR", help="folder for the tables")
    build.set_defaults(command=_snapshot_build)


def _run(options: argparse.Namespace) -> int:
    from maiscreen.runners.run import run
    from maiscreen.runners.show import best, paper_standing
    from maiscreen.runners.work import AllFailedError, LostError
    from maiscreen.screen.campaign import Campaign

    campaign = Campaign.from_toml(options.campaign) if options.campaign else Campaign()
    campaign = campaign.with_settings(options.set)
    workers = options.workers and _whole("--workers", options.workers, MAX_WORKERS)
    how = {"workers": workers, "serially": options.serial, "scheduler": options.scheduler}
    try:
        ranking = run(campaign, options.out, **how, quiet=options.quiet)
    except (AllFailedError, LostError) as error:
        return _complain(str(error), 1)
    print(best(ranking, 10, campaign.top_k))
    print(paper_standing(ranking))
    print(f"\nWritten to {options.out}: manifest.json ranking.parquet shortlist.csv report.html")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from maiscreen.runners.show import as_text, plain
    from maiscreen.screen.campaign import Campaign
    from maiscreen.screen.explain import explain

    temperature_c = _temperature(options.temperature_c)
    Campaign(temperature_c=temperature_c)  # Refuses what is out of range, before any work.
    found = [plain(explain(formula, temperature_c)) for formula in options.formulas]
    if options.json:
        print("\n".join(json.dumps(one, ensure_ascii=False) for one in found))
    else:
        print("\n\n".join(as_text(one) for one in found))
    return 0


def _validate(options: argparse.Namespace) -> int:
    from maiscreen.runners.show import as_text, plain
    from maiscreen.screen.paper import validate

    found = plain(validate())
    print(json.dumps(found, ensure_ascii=False) if options.json else as_text(found))
    return 0


def _shortlist(options: argparse.Namespace) -> int:
    from maiscreen.runners.folder import read_ranking
    from maiscreen.screen.shortlist import shortlist, to_csv, to_json

    top = _whole("--top", options.top, 1_000_000)
    ranking, campaign, fingerprint = read_ranking(Path(options.folder))
    rows = shortlist(ranking, campaign, fingerprint, top)
    if options.format == "json":
        print(to_json(rows))
    else:
        print(to_csv(rows).replace("\r\n", "\n"), end="")
    return 0


def _snapshot_show(options: argparse.Namespace) -> int:
    from maiscreen.candidates.snapshot import load_snapshot
    from maiscreen.runners.show import as_text, plain

    snapshot = load_snapshot()
    print(as_text(plain({"snapshot": snapshot.snapshot_hash, **snapshot.manifest})))
    return 0


def _snapshot_build(options: argparse.Namespace) -> int:
    from maiscreen.candidates.build import build_embedded

    wheel, out = Path(options.wheel), Path(options.out)
    if not wheel.is_file():
        raise InputError("--wheel", options.wheel, "is no file; give the wheel of crabnet 2.0.8")
    if out.exists() and not out.is_dir():
        raise InputError("--out", options.out, "is a file; give a folder")
    try:
        build_embedded(wheel, out)
    except OSError as error:
        raise InputError("--out", options.out, f"cannot be written: {error.strerror}") from None
    print(f"Written to {options.out}")
    return 0


def _whole(field: str, text: str, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= high:
        raise InputError(field, text, f"give a whole number from 1 to {high}")
    return int(text)


def _temperature(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError("--temperature-c", text, "give a number, such as 25") from None


def _plain(make: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Make a parser that keeps line breaks and takes no abbreviations."""
    formatter = argparse.RawDescriptionHelpFormatter
    return make(*args, formatter_class=formatter, allow_abbrev=False, **options)
