"""What laboratory results teach, for a reader."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from maiscreen.runners.cli.text import columns, plain
from maiscreen.screen.lab_learning.feed import TARGET, Feed
from maiscreen.screen.lab_learning.next import Proposal
from maiscreen.screen.lab_learning.replay import Replay
from maiscreen.screen.lab_learning.trials import Trials

SHOWN = 10
"""Ranks that are shown."""

FEW = 10
"""Precursors below which the weights hardly leave the prior."""


def next_table(found: Sequence[Proposal], trials: Trials) -> str:
    """Give the batch, and why each of it is in it."""
    basis = f"{_count(trials.cells, 'cell')} of {_count(len(trials.layers), 'precursor')}"
    head = f"learned from {basis} that can be compared" if trials.cells else (
        "no results that can be compared: equal weights, beside bare sodium as an upper bound"
    )  # fmt: skip
    if not found:
        return f"{head}\n\nnothing that passed is expected to do better than what was tried"
    rows = [
        (
            str(one.place),
            f"{one.precursor} (repeat)" if one.repeat else one.precursor,
            str(one.rank or "–"),
            f"{one.p_better:.2f}",
            f"×{one.gain:.2f}",
            f"×{one.gain_batch:.2f}",
            f"{one.score:.2f} ({one.score_low:.2f}–{one.score_high:.2f})",
            one.name,
        )
        for one in found
    ]
    names = ("", "precursor", "rank", "P(better)", "gain", "batch", "score (90 %)", "name")
    why = [f"{one.place}. {one.precursor}: {one.reason}" for one in found]
    note = (
        f"better: than {found[0].beats}. gain: factor on the cycles of the best cell, expected if "
        "this one\nalone is tried; batch: if all down to here are. Each passed the campaign's gates"
        "; mind the cautions\n(maiscreen explain FORMULA)."
    )
    return "\n".join([head, "", columns([names, *rows]), "", *why, "", note])


def weights_table(said: Mapping[str, Any]) -> str:
    """Give the weights beside the campaign's, what they change, and how to use them."""
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
    parts = [_basis(said), columns([head, *rows])]
    if said["precursors"]:
        parts.append(_nuisance(said))
    parts.append(_ranks(said["ranks"]))
    parts.append(f"to screen with them, in a campaign file:\n\n{said['toml']}\n\nor: maiscreen run "
                 f"--out DIR {said['set']}")  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _basis(said: Mapping[str, Any]) -> str:
    cells, running = said["cells"], said["running"]
    if not cells:
        lines = ["no results that can be compared: the weights are those believed beforehand"]
    else:
        groups = _count(said["groups"], "group")
        lines = [
            f"learned from {_count(cells, 'cell')} ({running} still running) of "
            f"{_count(said['precursors'], 'precursor')} in {groups} of equal cells"
        ]
        if said["precursors"] < FEW:
            lines.append("so few precursors hardly move the weights, whatever they show")
    lines += [
        f"left out: {one['precursor']}, {_count(one['cells'], 'cell')}: {one['reason']}"
        for one in said["left_out"]
    ]
    return "\n".join(lines)


def _nuisance(said: Mapping[str, Any]) -> str:
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
    told = f"{len(moved)} of {len(rows)} ranks would change"
    return f"{columns([head, *body])}\n{told}" if body else told


def feed_table(found: Feed, path: str) -> str:
    """Say what was written, what was not, and why."""
    lines = [f"{_count(len(found.rows), 'conductivity', 'conductivities')} of layers"]
    if found.rows:
        lines[0] += f" written to {path}; with 50 compositions or more:"
        lines.append(f"  maiscreen models train --target {TARGET} --data {path} --base none")
        lines.append(
            "no embedded model has this target, and the screen takes none of it: yours alone"
        )
    else:
        lines[0] += ": nothing is written; a row needs thickness and impedance"
    lines += [f"left out: {p}, {_count(n, 'result')}: {why}" for p, why, n in found.left_out]
    if found.cycled:
        cycled = _count(found.cycled, "result")
        lines.append(f"cycles ({cycled}): they teach the weights (lab weights), no learned model")
    for text in found.phases:
        lines.append(f"phases: {text}")
    if found.phases:
        lines.append("no learned model says which phases form; energies of phases decide that")
    return "\n".join(lines)


def replay_table(found: Replay) -> str:
    """Say what would have been proposed, how often right, and what would have been wrong."""
    current, capacity, cell, *_ = found.conditions
    measured = ", ".join(f"{key} {cycles}" for key, cycles in found.measured)
    rows = [
        (
            str(one.seen),
            f"{one.sets} of {one.all_sets}",
            f"{one.proposed:.2f}",
            f"{one.expected:.2f}",
            f"{one.score:.2f}",
            f"{one.chance:.2f}",
            "–" if math.isnan(one.pairs) else f"{one.pairs:.2f}",
            "–" if math.isnan(one.pairs_score) else f"{one.pairs_score:.2f}",
        )
        for one in found.steps
    ]
    head = ("seen", "sets", "proposal", "longest life", "score", "lots", "pairs", "pairs, score")
    wrong = [
        f"  {a} outlived {b}, expected the other way round in {n} of {of} sets without both"
        for a, b, n, of in found.wrong
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
        f"from nothing: {', '.join(found.path)}; the best is number {found.found_after} (by lots "
        f"{found.found_by_lot:.1f})",
        "would have been wrong:" if wrong else "no pair would have been wrong",
        *wrong,
    ]
    if found.undecided:
        lines.append(f"{_count(found.undecided, 'pair')} undecided: cells still run")
    if found.left_out:
        lines.append(f"cannot be played: {', '.join(found.left_out)}")
    return "\n".join(lines)


def as_plain(found: Replay) -> dict[str, Any]:
    """Give a replay as plain values, NaN as None."""
    whole: dict[str, Any] = plain(asdict(found))
    return whole


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number} {several or one + 's'}"
