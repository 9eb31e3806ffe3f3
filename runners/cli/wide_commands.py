"""The commands of a wide space. Heavy imports wait until a command needs them."""

import argparse
import json
import os
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import how, with_own_data
from maiscreen.runners.cli.console import complete, emit, emit_json

if TYPE_CHECKING:
    from maiscreen.runners.folder.place import Place
    from maiscreen.screen.campaign.campaign import Campaign


def run(
    campaign: "Campaign", out: "Place", options: argparse.Namespace, *, again: bool = False
) -> int:
    """Screen a wide campaign and write its folder."""
    from maiscreen.runners.cli.wide_text import summary
    from maiscreen.runners.runs.blends import run_wide

    finished = run_wide(campaign, out, **how(options), again=again, quiet=options.quiet)
    emit(summary(campaign, finished))
    files = "manifest.json ranking.parquet ingredients.parquet shortlist.csv report.html"
    emit(f"\nWritten to {out}: {files} candidates/")
    return complete(finished.counts["failed"], out)


def space(options: argparse.Namespace) -> int:
    """Tell what a campaign would search, before anything runs."""
    from maiscreen.runners.cli.arguments import whole
    from maiscreen.runners.cli.wide_text import as_forecast
    from maiscreen.runners.cluster.open import MAX_WORKERS
    from maiscreen.screen.blends.forecast import forecast
    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.describe.describe import pin

    given = options.campaign
    campaign = Campaign() if given is None else Campaign.from_toml(given)
    campaign = pin(with_own_data(campaign.with_settings(options.set), options))
    if options.index is not None:
        return _candidate(campaign, options)
    processes = min(os.cpu_count() or 1, MAX_WORKERS)
    workers = processes if options.workers is None else whole("--workers", options.workers, 256)
    found = forecast(campaign, workers)
    if options.json:
        emit_json(json.dumps(found, ensure_ascii=False))
    else:
        emit(as_forecast(found))
    return 0


def _candidate(campaign: "Campaign", options: argparse.Namespace) -> int:
    """Show the candidate that an index stands for."""
    from maiscreen.runners.cli.text import as_text
    from maiscreen.screen.blends.words import candidate

    text = options.index
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InputError("--index", text, "give a whole number, such as those of column index")
    found = candidate(campaign, int(text))
    if options.json:
        emit_json(json.dumps(found, ensure_ascii=False))
    else:
        slots = ("precursor_", "liquid_fraction_", "vapour_fraction_", "phase_")
        emit(as_text({k: v for k, v in found.items() if v or not k.startswith(slots)}))
    return 0
