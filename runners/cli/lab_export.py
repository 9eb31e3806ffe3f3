"""`maiscreen lab export`: results for the learned models, for BayBE and for Ax."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from maiscreen.runners.cli.arguments import add_command, add_folder
from maiscreen.runners.cli.console import Menu, emit
from maiscreen.runners.cli.output import (
    OutputFile,
    add_output,
    add_overwrite,
    check_outputs,
    write_output,
)
from maiscreen.runners.endings import COMPLETE

if TYPE_CHECKING:
    import pyarrow as pa

    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.lab_exchange.cells import Exchange
    from maiscreen.screen.lab_learning.feed import Feed
    from maiscreen.screen.lab_sheet.record import LabRecord


FILES = {"models": "lab-models.csv", "baybe": "lab-baybe.json", "ax": "lab-ax.json"}
"""Default names, by who is to read them."""


def export(options: argparse.Namespace) -> int:
    """Write results for others."""
    if options.out is None:
        options.out = OutputFile(FILES[options.reader])
        check_outputs(options)
    return _for_models(options) if options.reader == "models" else _for_others(options)


def _for_models(options: argparse.Namespace) -> int:
    """Write what the learned models can be trained with."""
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.runs.lab import counted_results, read_imports, standing_results
    from maiscreen.screen.lab_learning.feed import COLUMNS, feed
    from maiscreen.screen.shortlist.choose import to_csv

    out = campaign_folder("DIR", options.folder)
    ranking, campaign, _, _ = learnable(options)
    imports = read_imports(out)
    counted = {one.content for one in counted_results(imports)}
    known = {row["key"]: row for row in ranking.to_pylist()}
    lines = [(where, one) for where, one in standing_results(imports) if one.content in counted]
    gathered = feed(lines, known, campaign.state)
    if gathered.rows:
        text = to_csv([asdict(row) for row in gathered.rows], COLUMNS)
        write_output(options, text.encode("utf-8"))
    emit(feed_table(gathered, options.out))
    return COMPLETE


def _for_others(options: argparse.Namespace) -> int:
    """Write a campaign for BayBE, or an experiment for Ax."""
    from maiscreen.screen.lab_exchange.ax import to_ax
    from maiscreen.screen.lab_exchange.baybe import to_baybe
    from maiscreen.screen.lab_exchange.cells import gather
    from maiscreen.screen.lab_learning.decision import learn
    from maiscreen.screen.lab_learning.next import keep_wanted
    from maiscreen.screen.lab_learning.trials import worths

    ranking, campaign, fingerprint, records = learnable(options)
    trials, posterior = learn(campaign, ranking, records)
    exchange = gather(worths(campaign, keep_wanted(ranking, trials)), records)
    if options.reader == "baybe":
        content = to_baybe(exchange)
    else:
        content = to_ax(exchange, posterior.scatter, f"maiscreen {fingerprint[:12]}")
    write_output(options, content)
    emit(exchange_text(exchange, options.reader, options.out))
    return COMPLETE


def exchange_text(exchange: Exchange, reader: str, path: str) -> str:
    """State what was written, and what the other program cannot know."""
    bounds = sum(one.censored and not one.running for one in exchange.cells)
    lines = [
        f"written to {path}: {counted(len(exchange.keys), 'candidate')}, "
        f"{counted(len(exchange.cells), 'cell')}, {len(exchange.pending)} of them running"
    ]
    if exchange.left_out:
        cells = counted(exchange.left_out, "cell")
        lines.append(f"left out: {cells} of other conditions, from the electrolyte, or running")
    if bounds:
        cells = counted(bounds, "cell")
        lines.append(f"{cells} had not failed: given as if so, since bounds are not known there")
    how = {
        "baybe": "Campaign.from_json(json.dumps(file['campaign'])), add_measurements(…)",
        "ax": "Client.load_from_json_file(…); complete trials with ln_cycles",
    }
    return "\n".join([*lines, f"to read it: {how[reader]}: docs/exchange.md"])


def learnable(options: argparse.Namespace) -> tuple[pa.Table, Campaign, str, list[LabRecord]]:
    """Read a campaign that can be learned with, by layer, and the cells known so far."""
    from maiscreen.runners.folder.ownership import read_drawable
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.runs.lab import known_results
    from maiscreen.screen.lab_learning.decision import layers_of

    out = campaign_folder("DIR", options.folder)
    ranking, campaign, fingerprint = read_drawable(out)
    records = known_results(out, with_paper=not options.without_paper)
    return layers_of(campaign, ranking), campaign, fingerprint, records


def feed_table(gathered: Feed, path: str) -> str:
    """State what was written, what was not, and why."""
    from maiscreen.screen.lab_learning.feed import TARGET

    lines = [f"{counted(len(gathered.rows), 'conductivity', 'conductivities')} of layers"]
    if gathered.rows:
        lines[0] += f" written to {path}; with 50 compositions or more:"
        lines.append(f"  maiscreen models train --target {TARGET} --data {path} --base none")
        lines.append(
            "no embedded model has this target, and the screen takes none of it: yours alone"
        )
    else:
        lines[0] += ": nothing is written; a row needs thickness and impedance"
    lines += [f"left out: {p}, {counted(n, 'result')}: {why}" for p, why, n in gathered.left_out]
    if gathered.cycled:
        cycled = counted(gathered.cycled, "result")
        lines.append(f"cycles ({cycled}): they teach the weights (lab weights), no learned model")
    for text in gathered.phases:
        lines.append(f"phases: {text}")
    if gathered.phases:
        lines.append("no learned model says which phases form; energies of phases decide that")
    return "\n".join(lines)


def counted(number: int, one: str, several: str = "") -> str:
    """Return a number with its noun."""
    return f"{number} {one}" if number == 1 else f"{number} {several or one + 's'}"


EXPORT = """\
Write results for others. For models: what maiscreen models train --data reads, the conductivity of
layers from thickness over impedance, with its uncertainty; nothing else that is measured on a cell
is a property of a composition, and the command says so. For BayBE and Ax: candidates, cells of one
set of equal conditions, and cells that run, in their own format."""


def add_export(actions: Menu) -> None:
    """Add the action to the menu."""
    about = "write results for the learned models, for BayBE or for Ax"
    example = "example:\n  maiscreen lab export first --for baybe --out campaign.json"
    parser = add_command(actions, "export", export, about, description=EXPORT, epilog=example)
    add_folder(parser, "the --out of a finished run")
    parser.set_defaults(without_paper=True)  # the user's own cells
    parser.add_argument("--for", dest="reader", choices=tuple(FILES), default="models",
                        help="who is to read it (default models)")  # fmt: skip
    add_output(parser, "default lab-models.csv, lab-baybe.json or lab-ax.json, here")
    add_overwrite(parser)
