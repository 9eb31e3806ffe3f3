"""The commands of a campaign. Heavy imports wait until a command needs them."""

import argparse
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import runner_options, with_own_data
from maiscreen.runners.cli.console import emit, emit_json, exit_code_of_run, print_error
from maiscreen.runners.endings import FAILED

if TYPE_CHECKING:
    from maiscreen.runners.folder.owner import Owner
    from maiscreen.runners.folder.place import Place
    from maiscreen.screen.blends.space import BlendSpace
    from maiscreen.screen.campaign.campaign import Campaign


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

    text = options.index
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InputError("--index", text, "give a whole number, such as those of column index")
    row = describe_candidate(space, int(text))
    if options.json:
        emit_json(json.dumps(row, ensure_ascii=False))
    else:
        slots = ("precursor_", "liquid_fraction_", "vapour_fraction_", "phase_")
        emit(as_text({k: v for k, v in row.items() if v or not k.startswith(slots)}))
    return 0


def run(options: argparse.Namespace) -> int:
    """Screen a campaign and write its folder."""
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
        remedy = f"{count} candidates have failed; give --failed to do them again"
        raise InputError("DIR", str(out), remedy)
    return _run(progress.campaign, out, options, again=True)


def verify(options: argparse.Namespace) -> int:
    """Check every part and every output of a campaign's folder."""
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.folder.verify import verify

    out = campaign_folder("DIR", options.folder)
    verdict = verify(out)
    emit("\n".join([*verdict.problems, f"{verdict.parts} parts are whole"]))
    if verdict.uncovered or verdict.problems:
        left = (
            f"{verdict.uncovered} candidates stand in none, {len(verdict.problems)} files are wrong"
        )
        return print_error(f"{left}; made again by: maiscreen resume {out}", FAILED)
    return 0


def _run(
    campaign: "Campaign", out: "Place", options: argparse.Namespace, *, again: bool = False
) -> int:
    from maiscreen.runners.cli.text import best, own_models, paper_standing
    from maiscreen.runners.cli.wide_text import summary
    from maiscreen.runners.runs.campaign import run_campaign

    finished = run_campaign(
        campaign, out, **runner_options(options), again=again, quiet=options.quiet
    )
    ranked = finished.ranked
    if ranked.bound is not None:
        emit(summary(finished))
    else:
        emit(best(ranked.table, 10, campaign.top_k))
        emit(paper_standing(ranked.table))
    if campaign.models:
        emit(own_models(finished.runner_info["models"]))
    names = ["manifest.json", "ranking.parquet", *ranked.tables, "shortlist.csv", "report.html"]
    emit(f"\nWritten to {out}: {' '.join(names)} candidates/")
    return exit_code_of_run(ranked.counts["failed"], out)


def explain(options: argparse.Namespace) -> int:
    """Show everything known and computed for precursors."""
    from maiscreen.runners.cli.text import as_text, plain
    from maiscreen.screen.advice.explain import explain
    from maiscreen.screen.campaign.campaign import Campaign

    temperature_c = _temperature(options.temperature_c)
    # Refuses what is out of range, before any work.
    campaign = with_own_data(Campaign(temperature_c=temperature_c), options)
    explained = [plain(explain(formula, temperature_c, campaign)) for formula in options.formulas]
    if options.json:
        emit_json("\n".join(json.dumps(one, ensure_ascii=False) for one in explained))
    else:
        emit("\n\n".join(as_text(one) for one in explained))
    return 0


def validate(options: argparse.Namespace) -> int:
    """Compare the ranking with the published cycle lives."""
    from maiscreen.runners.cli.text import as_text, plain
    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.describe.describe import pin_own_data
    from maiscreen.screen.paper.validate import validate

    report = plain(validate(pin_own_data(with_own_data(Campaign(), options))))
    if options.json:
        emit_json(json.dumps(report, ensure_ascii=False))
    else:
        emit(as_text(report))
    return 0


def _temperature(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError("--temperature-c", text, "give a number, such as 25") from None
