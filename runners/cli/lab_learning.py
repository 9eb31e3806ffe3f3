"""What laboratory results teach, as commands: `lab next`, `weights` and `replay`.

None of them changes a campaign. Heavy imports wait until a command needs them.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from maiscreen.runners.cli.arguments import (
    add_command,
    add_folder,
    add_handling,
    add_json,
    add_without_paper,
    parse_whole_number,
)
from maiscreen.runners.cli.console import Menu, emit, emit_csv, emit_json
from maiscreen.runners.cli.lab_export import add_export, counted, learnable
from maiscreen.runners.cli.text import columns, decision_text, plain
from maiscreen.runners.endings import COMPLETE

if TYPE_CHECKING:
    from maiscreen.screen.lab_learning.next import Proposal
    from maiscreen.screen.lab_learning.replay import Replay
    from maiscreen.screen.lab_learning.trials import Trials


MOST = 100
"""Precursors in a batch."""


def propose(options: argparse.Namespace) -> int:
    """Name the precursors to try next."""
    from maiscreen.screen.lab_learning.decision import Decision, learn
    from maiscreen.screen.lab_learning.next import COLUMNS, as_dict
    from maiscreen.screen.lab_learning.next import propose as proposed
    from maiscreen.screen.shortlist.choose import to_csv

    count = parse_whole_number("--n", options.n, MOST)
    ranking, campaign, fingerprint, records = learnable(options)
    trials, posterior = learn(campaign, ranking, records)
    replicates = parse_whole_number("--replicates", options.replicates, MOST)
    proposals = proposed(
        campaign, ranking, trials, posterior, count, options.handling, replicates,
        one_temperature=not options.any_temperature,
    )  # fmt: skip
    rows = [as_dict(one, fingerprint) for one in proposals]
    if options.csv:
        emit_csv(to_csv(rows, COLUMNS).replace("\r\n", "\n"))
    elif options.json:
        lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
        if lines:
            emit_json("\n".join(lines))
    else:
        decision = Decision.of(proposals, trials, records)
        emit(f"{decision_text(str(decision))}\n\n{next_table(proposals, trials)}")
    return COMPLETE


def weights(options: argparse.Namespace) -> int:
    """Show the weights that the results teach; write nothing."""
    from maiscreen.screen.lab_learning.decision import learn
    from maiscreen.screen.lab_learning.weights import as_plain_values

    ranking, campaign, fingerprint, records = learnable(options)
    said = as_plain_values(campaign, ranking, *learn(campaign, ranking, records))
    if options.json:
        whole_of_it = {"campaign": fingerprint[:12], **said}
        emit_json(json.dumps(whole_of_it, ensure_ascii=False, allow_nan=False))
    else:
        emit(weights_table(said))
    return COMPLETE


def replay(options: argparse.Namespace) -> int:
    """Play the results again, as if they had come in one by one."""
    from maiscreen.screen.lab_learning.replay import replay as replayed

    ranking, campaign, _, records = learnable(options)
    history = replayed(campaign, ranking, records)
    if options.json:
        emit_json(json.dumps(plain(asdict(history)), ensure_ascii=False, allow_nan=False))
    else:
        emit(replay_table(history))
    return COMPLETE


NEXT = """\
Propose the next batch to try: of what passed the campaign's gates, those that may best outlive what
was tried, as a batch in which none tells what another tells already. What was tried is proposed
again only where one more cell is worth more than another precursor. The paper's cells are known
from the start; without any cell, by the campaign's attributes at equal weights."""

WEIGHTS = """\
Show the weights of the attributes that the results teach, beside the campaign's, with the ranks
that they would change and how to run a campaign with them. Nothing is written, and the campaign
stays as it is. Three results move the weights little, thirty much: docs/learning.md."""

REPLAY = """\
Play the results again as if they had come in one by one, in every order: what would have been
proposed, how often that was right, how often lots would have been, and which pairs would have been
wrong."""


def add_learning(actions: Menu) -> None:
    """Add the actions to the menu."""
    _add_next(actions)
    _add_weights(actions)
    add_export(actions)
    _add_replay(actions)


def _add_next(actions: Menu) -> None:
    about = "propose the next batch to try, and why"
    example = "example:\n  maiscreen lab next first --n 5"
    parser = add_command(actions, "next", propose, about, description=NEXT, epilog=example)
    add_folder(parser, "the --out of a finished run")
    add_without_paper(parser)
    parser.add_argument("--n", default="5", metavar="N", help="how many at most (default 5)")
    parser.add_argument("--replicates", default="1", metavar="N",
                        help="cells that are made of each (default 1)")  # fmt: skip
    parser.add_argument("--any-temperature", action="store_true",
                        help="let the batch have several process temperatures")  # fmt: skip
    add_handling(parser)
    how = parser.add_mutually_exclusive_group()
    add_json(how, "one JSON object on a line for each")
    how.add_argument("--csv", action="store_true", help="for a spreadsheet")


def _add_weights(actions: Menu) -> None:
    about = "show the weights that the results teach"
    example = "example:\n  maiscreen lab weights first"
    parser = add_command(actions, "weights", weights, about, description=WEIGHTS, epilog=example)
    add_folder(parser, "the --out of a finished run")
    add_without_paper(parser)
    add_json(parser, "everything, as one JSON object")


def _add_replay(actions: Menu) -> None:
    about = "play the results again, in every order"
    example = "example:\n  maiscreen lab replay first"
    parser = add_command(actions, "replay", replay, about, description=REPLAY, epilog=example)
    add_folder(parser, "the --out of a finished run")
    add_without_paper(parser)
    add_json(parser)


SHOWN = 10
"""Ranks that are shown."""

FEW = 10
"""Precursors below which the weights hardly leave the prior."""


def next_table(batch: Sequence[Proposal], trials: Trials) -> str:
    """Return the batch, and why each of it is in it."""
    from maiscreen.screen.text import worth

    basis = f"{counted(trials.cells, 'cell')} of {counted(len(trials.layers), 'precursor')}"
    head = f"learned from {basis} that can be compared" if trials.cells else (
        "no results that can be compared: equal weights, beside bare sodium as an upper bound"
    )  # fmt: skip
    head += pending_text(trials)
    if not batch:
        return f"{head}\n\nnothing that passed is expected to do better than what was tried"
    rows = [
        (
            str(proposal.place),
            f"{proposal.precursor} (repeat)" if proposal.repeat else proposal.precursor,
            str(proposal.rank or "–"),
            f"{proposal.p_better:.2f}",
            f"×{proposal.gain:.2f}",
            f"×{proposal.gain_batch:.2f}",
            f"{proposal.score:.2f} ({worth(proposal.score_low)}–{worth(proposal.score_high)})",
            proposal.name,
        )
        for proposal in batch
    ]
    names = ("", "precursor", "rank", "P(better)", "gain", "batch", "score (90 %)", "name")
    why = [line for proposal in batch for line in _lines(proposal)]
    note = (
        f"better: than {batch[0].beats}. gain: factor on the cycles of the best cell, expected if "
        "this one\nalone is tried; batch: if all down to here are. score: median over the draws of "
        "attributes and\nweights, where the campaign's is that of the nominal values. Each passed "
        "the campaign's gates; mind\nthe cautions (maiscreen explain FORMULA)."
    )
    return "\n".join([head, "", columns([names, *rows]), "", *why, "", note])


def pending_text(trials: Trials) -> str:
    """State which cells run, and what was left out because nothing is like it."""
    lines = []
    if trials.pending:
        cells = ", ".join(f"{key} ({n})" if n > 1 else key for key, n in trials.pending.items())
        lines.append(f"still running, and counted as part of the batch: {cells}")
    lines += [
        f"left out: {key}, {counted(cells, 'cell')}: {why}" for key, why, cells in trials.left_out
    ]
    return "".join(f"\n{line}" for line in lines)


def _lines(proposal: Proposal) -> list[str]:
    """Return why a precursor is proposed, and how to do it."""
    said = [f"{proposal.place}. {proposal.precursor}: {proposal.reason}"]
    if proposal.times_to_try and proposal.temperature_c is not None:
        said.append(f"   at {proposal.temperature_c:g} °C: {proposal.times_to_try}")
    return said


def weights_table(said: Mapping[str, Any]) -> str:
    """Return the weights beside the campaign's, what they change, and how to use them."""
    rows = [
        (
            name.replace("youngs", "Young's").replace("_", " "),
            f"{w['campaign']:.3f}",
            f"{w['prior']:.3f} ± {w['prior_std']:.3f}",
            f"{w['mean']:.3f} ± {w['std']:.3f}",
            f"{w['low']:.2f}–{w['high']:.2f}",
        )
        for name, w in said["weights"].items()
    ]
    head = ("weight of", "campaign", "before results", "after", "90 %")
    parts = [_basis_text(said), columns([head, *rows])]
    if said["precursors"]:
        parts.append(_nuisance_text(said))
    parts.append(_ranks(said["ranks"]))
    parts.append(f"to screen with them, in a campaign file:\n\n{said['toml']}\n\nor: maiscreen run "
                 f"--out DIR {said['set']}")  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _basis_text(said: Mapping[str, Any]) -> str:
    cells, running = said["cells"], said["running"]
    if not cells:
        lines = ["no results that can be compared: the weights are those believed beforehand"]
    else:
        groups = counted(said["groups"], "group")
        lines = [
            f"learned from {counted(cells, 'cell')} ({running} still running) of "
            f"{counted(said['precursors'], 'precursor')} in {groups} of equal cells"
        ]
        if said["precursors"] < FEW:
            lines.append("so few precursors hardly move the weights, whatever they show")
    lines += [
        f"left out: {entry['precursor']}, {counted(entry['cells'], 'cell')}: {entry['reason']}"
        for entry in said["left_out"]
    ]
    return "\n".join(lines)


def _nuisance_text(said: Mapping[str, Any]) -> str:
    low, median, high = said["slope"]
    misfit, scatter = math.exp(said["misfit_ln"][1]), math.exp(said["scatter_ln"][1])
    return (
        f"cycles go as the score to the power {median:.1f} ({low:.1f}–{high:.1f});\n"
        f"preparations lie off that by a factor of {misfit:.2f}, equal cells apart by "
        f"{scatter:.2f} (one standard deviation each)"
    )


def _ranks(rows: Sequence[Mapping[str, Any]]) -> str:
    moved = [row for row in rows if row["rank"] != row["new_rank"]]
    head = ("rank", "was", "precursor", "score", "was")
    body = [
        (
            str(row["new_rank"]),
            str(row["rank"]),
            row["key"],
            f"{row['new_score']:.3f}",
            f"{row['score']:.3f}",
        )
        for row in rows[:SHOWN]
    ]
    text = f"{len(moved)} of {len(rows)} ranks would change"
    return f"{columns([head, *body])}\n{text}" if body else text


def replay_table(history: Replay) -> str:
    """State what would have been proposed, how often right, and what would have been wrong."""
    current, capacity, cell, *_ = history.conditions
    measured = ", ".join(f"{key} {cycles}" for key, cycles in history.measured)
    rows = [
        (
            str(step.seen),
            f"{step.sets} of {step.all_sets}",
            f"{step.proposed:.2f}",
            f"{step.expected:.2f}",
            f"{step.score:.2f}",
            f"{step.chance:.2f}",
            "–" if math.isnan(step.pairs) else f"{step.pairs:.2f}",
            "–" if math.isnan(step.pairs_score) else f"{step.pairs_score:.2f}",
        )
        for step in history.steps
    ]
    head = ("seen", "sets", "proposal", "longest life", "score", "lots", "pairs", "pairs, score")
    wrong = [
        f"  {a} outlived {b}, expected the other way round in {n} of {of} sets without both"
        for a, b, n, of in history.wrong
    ]
    lines = [
        f"{current:g} mA/cm², {capacity:g} mAh/cm², {cell or 'cell not given'}: {measured}",
        "",
        columns([head, *rows]),
        "",
        "share of the sets of results seen in which the best of the others is the first proposal, "
        "is\nexpected to live longest, has the highest score of the campaign; by lots; share of "
        "pairs of the\nothers in the right order (lots 0.50).",
        "",
        f"from nothing: {', '.join(history.path)}; the best is number {history.found_after} "
        f"(by lots {history.found_by_lot:.1f})",
        "would have been wrong:" if wrong else "no pair would have been wrong",
        *wrong,
    ]
    if history.undecided:
        lines.append(f"{counted(history.undecided, 'pair')} undecided: cells still run")
    if history.left_out:
        lines.append(f"cannot be played: {', '.join(history.left_out)}")
    return "\n".join(lines)
