"""The commands of a campaign. Heavy imports wait until a command needs them."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.cli.arguments import (
    add_command,
    add_folder,
    add_json,
    add_own_data,
    add_without_paper,
    runner_options,
    with_own_data,
)
from maiscreen.runners.cli.cluster import add_connection
from maiscreen.runners.cli.console import (
    Menu,
    Parser,
    emit,
    emit_json,
    exit_code_of_run,
    print_error,
)
from maiscreen.runners.cli.output import OutputFolder
from maiscreen.runners.endings import COMPLETE, FAILED
from maiscreen.runners.stages import show_stage

if TYPE_CHECKING:
    from maiscreen.runners.folder.owner import Owner
    from maiscreen.runners.folder.place import Place
    from maiscreen.screen.blends.space import BlendSpace
    from maiscreen.screen.campaign.campaign import Campaign


MOST_NAMED = 5
"""Files of strangers that `verify` names."""


def space(options: argparse.Namespace) -> int:
    """Tell what a campaign would search, before anything runs."""
    from maiscreen.runners.cli.arguments import parse_whole_number
    from maiscreen.runners.cli.wide_text import forecast_text
    from maiscreen.runners.cluster.open import default_workers
    from maiscreen.screen.blends.forecast import forecast
    from maiscreen.screen.blends.space import BlendSpace
    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.describe.describe import pin_own_data

    given = options.campaign
    campaign = Campaign() if given is None else Campaign.from_toml(given)
    campaign = pin_own_data(with_own_data(campaign.with_settings(options.set), options))
    if options.index is not None:
        return _candidate(BlendSpace(campaign), options)
    workers = (
        default_workers()
        if options.workers is None
        else parse_whole_number("--workers", options.workers, 256)
    )
    estimate = forecast(BlendSpace(campaign), workers)
    if options.json:
        emit_json(json.dumps(estimate, ensure_ascii=False))
    else:
        emit(forecast_text(estimate))
    return 0


def _candidate(space: "BlendSpace", options: argparse.Namespace) -> int:
    """Show the candidate that an index stands for."""
    from maiscreen.runners.cli.text import as_text
    from maiscreen.screen.blends.words import describe_candidate

    index = limits.whole_number(options.index)
    if index is None:
        remedy = "give a whole number, such as those of column index"
        raise InputError("--index", options.index, remedy)
    row = describe_candidate(space, index)
    if options.json:
        emit_json(json.dumps(row, ensure_ascii=False))
    else:
        slots = ("precursor_", "liquid_fraction_", "vapour_fraction_", "phase_")
        shown = {k: v for k, v in row.items() if v or not k.startswith(slots)}
        emit(as_text({**shown, "rejected": row["rejected"] or "no"}))
    return 0


def run(options: argparse.Namespace) -> int:
    """Screen a campaign and write its folder."""
    with show_stage("load", quiet=options.quiet):
        from maiscreen.runners.folder.place import campaign_folder
        from maiscreen.screen.campaign.campaign import Campaign

    out, given = campaign_folder("--out", options.out), options.campaign
    campaign = Campaign() if given is None else Campaign.from_toml(given)
    campaign = campaign.with_settings(options.set)
    if options.models is not None:
        campaign = replace(campaign, models=options.models)
    return _run(with_own_data(campaign, options), out, options)


def resume(options: argparse.Namespace) -> int:
    """Go on with the campaign of a folder."""
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.folder.status import status

    out = campaign_folder("DIR", options.folder)
    return _run(status(out).campaign, out, options)


def status(options: argparse.Namespace) -> int:
    """Tell how far the campaign of a folder is."""
    from maiscreen.runners.cli.text import as_text
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.folder.status import status, watch_remote_run

    out = campaign_folder("DIR", options.folder)
    progress = watch_remote_run(out, status(out))
    summary = {
        "state": progress.state,
        "name": progress.campaign.name,
        "candidates": progress.total,
        "done": progress.done,
        "left": progress.total - progress.done,
        "failed": sum(progress.failed.values()),
        "reasons": progress.failed,
        "candidates_per_s": progress.rate,
        "last_receipt_s_ago": progress.silent_s,
        "fingerprint": progress.fingerprint,
        "run_by": None if progress.owner is None else _owner_fields(progress.owner),
        "log": None if progress.log is None else str(progress.log),
        **{name: one for name, one in progress.where.items() if name not in ("host", "pid")},
    }
    if options.json:
        emit_json(json.dumps(summary, ensure_ascii=False))
    else:
        summary["failed by"] = summary.pop("reasons") or "nothing"
        emit(as_text(summary))
    return 0


def _owner_fields(owner: "Owner") -> dict[str, object]:
    """Tell who runs a campaign, or did last."""
    names = ("host", "pid", "user", "begun", "dashboard")
    return {name: getattr(owner, name) for name in names if getattr(owner, name)}


def retry(options: argparse.Namespace) -> int:
    """Do the candidates of a folder again that failed."""
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.folder.status import status

    out = campaign_folder("DIR", options.folder)
    progress = status(out)
    if not options.failed:
        count = sum(progress.failed.values())
        remedy = (
            f"{count} candidates have failed; give --failed to do them again"
            if count
            else "no candidate has failed; there is nothing to do again"
        )
        raise InputError("DIR", str(out), remedy)
    return _run(progress.campaign, out, options, again=True)


def verify(options: argparse.Namespace) -> int:
    """Check every file of a folder of a campaign or of labels."""
    from maiscreen.runners.folder.ownership import holds_labels
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.folder.verify import verify
    from maiscreen.runners.runs.labels_verify import verify_labels

    out = campaign_folder("DIR", options.folder)
    labels = isinstance(out, Path) and holds_labels(out)
    verdict = verify_labels(out) if isinstance(out, Path) and labels else verify(out)
    whole = "1 part is whole" if verdict.parts == 1 else f"{verdict.parts} parts are whole"
    fails = bool(verdict.uncovered or verdict.problems)
    sound = "" if fails else "; every file of the run is as it was written"
    emit("\n".join([*verdict.problems, f"{whole}{sound}"]))
    if verdict.strangers:
        emit(f"of no run, and not looked at: {_first(verdict.strangers)}")
    if not fails:
        return COMPLETE
    what, again = "candidates stand in none", f"maiscreen resume {out}"
    if labels:
        what = "receipts are not those that the table was made of"
        again = f"maiscreen labels run --out {out}"
    wrong = f"{verdict.uncovered} {what}, {len(verdict.problems)} files are wrong"
    return print_error(f"{wrong}; made again by: {again}", FAILED)


def _first(names: Sequence[str]) -> str:
    """Name the first of many."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


def _run(
    campaign: "Campaign", out: "Place", options: argparse.Namespace, *, again: bool = False
) -> int:
    with show_stage("load", quiet=options.quiet):
        from maiscreen.runners.cli.text import best, opening, own_models, paper_standing
        from maiscreen.runners.cli.wide_text import bound_text, times
        from maiscreen.runners.runs.campaign import run_campaign
        from maiscreen.screen.describe.labels_used import labels_text

    finished = run_campaign(
        campaign,
        out,
        **runner_options(options),
        again=again,
        quiet=options.quiet,
        with_paper=not options.without_paper,
    )
    ranked, findings = finished.ranked, finished.findings
    emit("\n\n".join(write(findings) for write in (opening, best, paper_standing)))
    if ranked.bound is not None:
        emit(f"\n{bound_text(ranked.bound, campaign.top_k)}\n{times(finished.runner_info)}")
    if campaign.models:
        emit(own_models(finished.runner_info["models"]))
    if campaign.labels:
        used: Any = finished.runner_info["labels"]
        emit(f"\n{labels_text(used)}")
    names = ["manifest.json", "ranking.parquet", *ranked.tables, "shortlist.csv", "report.html"]
    emit(f"\nWritten to {out}: {' '.join(names)} candidates/")
    return exit_code_of_run(ranked.counts["failed"], out)


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


def add(menu: Menu) -> None:
    """Add the commands to the menu."""
    _add_run(menu)
    _add_space(menu)
    _add_status(menu)
    _add_resume(menu)
    _add_retry(menu)
    _add_verify(menu)


def _add_run(menu: Menu) -> None:
    about = "screen a campaign and write its folder"
    parser = add_command(menu, "run", run, about, epilog=RUN_EXAMPLES)
    parser.add_argument("campaign", nargs="?", metavar="CAMPAIGN.toml", help="settings to change")
    parser.add_argument(
        "--out",
        required=True,
        type=OutputFolder,
        metavar="DIR",
        help="folder for manifest, ranking, report",
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
    add_own_data(parser)


def _add_runner_options(parser: Parser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--workers", metavar="N", help="worker processes (default: processors, ≤ 4)")
    how.add_argument("--serial", action="store_true", help="one process, without Dask")
    how.add_argument("--scheduler", metavar="ADDRESS", help="a running Dask scheduler")
    how.add_argument("--cluster", metavar="FILE", help="jobs of a queue: see cluster show --help")
    add_connection(parser)
    parser.add_argument(
        "--task-timeout",
        metavar="SECONDS",
        help="end a worker whose task takes longer (default 600; with --serial there is none)",
    )
    parser.add_argument(
        "--wait", metavar="SECONDS", help="wait so long when all workers have gone (default 60)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_without_paper(parser)


def _add_space(menu: Menu) -> None:
    about = "tell how large a campaign's space is, what its gates remove, how long it takes"
    parser = add_command(menu, "space", space, about, epilog=SPACE_EXAMPLES)
    parser.add_argument("campaign", nargs="?", metavar="CAMPAIGN.toml", help="settings to change")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting"
    )
    parser.add_argument("--workers", metavar="N", help="for the expected time")
    parser.add_argument("--index", metavar="I", help="show the candidate of this index instead")
    add_own_data(parser)
    add_json(parser)


def _add_status(menu: Menu) -> None:
    about = "tell how far a campaign is, while it runs or after"
    epilog = "example:\n  maiscreen status first --json\n  maiscreen status s3://bucket/first"
    parser = add_command(menu, "status", status, about, epilog=epilog)
    add_folder(parser)
    add_json(parser)


def _add_resume(menu: Menu) -> None:
    about = "go on with an interrupted campaign, with the settings that it was begun with"
    epilog = "example:\n  maiscreen resume first --workers 2"
    parser = add_command(menu, "resume", resume, about, epilog=epilog)
    add_folder(parser)
    _add_runner_options(parser)


def _add_retry(menu: Menu) -> None:
    about = "do the candidates of a campaign again that failed; all others are kept"
    epilog = "example:\n  maiscreen retry first --failed --task-timeout 3600"
    parser = add_command(menu, "retry", retry, about, epilog=epilog)
    add_folder(parser)
    parser.add_argument("--failed", action="store_true", help="those that failed")
    _add_runner_options(parser)


def _add_verify(menu: Menu) -> None:
    about = "check every file of a campaign, or of labels, against what was written"
    epilog = "Exit code 1 if something is wrong; maiscreen resume DIR makes it again."
    parser = add_command(menu, "verify", verify, about, epilog=epilog)
    add_folder(parser)
