"""The command `maiscreen compare`. Heavy imports wait until it is asked for."""

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import add_command, add_json, add_own_data, with_own_data
from maiscreen.runners.cli.console import Menu, emit, emit_json
from maiscreen.runners.endings import COMPLETE

if TYPE_CHECKING:
    from maiscreen.screen.campaign.campaign import Campaign

Said = Mapping[str, Any]

ERRORS_TOLD, LEAST_CHANGE = 3, 0.005
"""Of the sources of error so many are told, if P(A > B) changes by so much without them."""


def perform(options: argparse.Namespace) -> int:
    """Compare candidates."""
    from maiscreen.runners.cli.text import plain
    from maiscreen.runners.runs.compare import compare
    from maiscreen.runners.stages import print_remark

    said = plain(compare(*options.candidates, campaign=_campaign(options)))
    for text, meant in said["read_as"].items():
        print_remark(f"{text} read as {meant['key']} ({meant['rule']})")
    if options.json:
        emit_json(json.dumps(said, ensure_ascii=False))
    else:
        emit("\n\n".join(_texts(said)))
    return COMPLETE


def _campaign(options: argparse.Namespace) -> "Campaign | str":
    """Return the folder of a finished campaign, or the settings of one to be ranked."""
    from maiscreen.screen.campaign.campaign import Campaign

    where = options.campaign
    if where is not None and not where.endswith(".toml"):
        if options.set or options.snapshot is not None or options.labels is not None:
            remedy = "is finished, with settings and data of its own; leave the other options out"
            raise InputError("--campaign", where, remedy)
        return str(where)
    campaign = Campaign() if where is None else Campaign.from_toml(where)
    return with_own_data(campaign.with_settings(options.set), options)


def _texts(said: Said) -> Iterator[str]:
    """Give the standing of all, who beats whom, and what parts the first from each other."""
    from maiscreen.runners.cli.text import columns

    labels = {one["key"]: _label(one) for one in said["candidates"]}
    by_key = {one["key"]: one for one in said["candidates"]}
    top = f"P(top {said['top_k']})"
    head = ("tier", "candidate", "expected place (90 %)", top, "score (90 %)", "")
    yield columns([head, *map(_standing, said["candidates"])])
    if len(labels) > 2:
        yield f"P(row > column)\n{columns(_matrix(said['probability'], labels))}"
    first = said["candidates"][0]["key"]
    for pair in said["pairs"]:
        if pair["a"] == first:
            yield _pair(pair, by_key, labels)
    yield (
        f"{said['draws']:,} draws of all errors; a new tier begins where the best of the one above "
        f"wins with P ≥ {said['tier_probability']:g}.\n"
        "ln ratio: what an attribute adds to ln(score of A / score of B), by the nominal values, "
        "and in the\nmean of the draws; P(A > B): how often it, or the score, favours A."
    )


def _label(candidate: Said) -> str:
    """Name a candidate; by its key, where that says more than the formula."""
    key, label = candidate["key"], candidate["label"]
    return str(key if key.startswith(label) else label)


def _standing(candidate: Said) -> tuple[str, ...]:
    from maiscreen.runners.cli.text import place_text, score_text, tier_text

    score = score_text(candidate)
    if candidate["rank"] is None:
        why = f"no rank: {candidate['rejected_reason']}"
        return ("–", _label(candidate), "–", "–", score, why)
    chance = f"{candidate['p_top_k']:.2f}"
    place = place_text(candidate)
    return (tier_text(candidate), _label(candidate), place, chance, score, "")


def _matrix(chance: Said, labels: Mapping[str, str]) -> list[list[str]]:
    body = [
        [labels[a], *("" if a == b else f"{p:.2f}" for b, p in row.items())]
        for a, row in chance.items()
    ]
    return [["", *labels.values()], *body]


def _pair(pair: Said, by_key: Mapping[str, Said], labels: Mapping[str, str]) -> str:
    """State how surely A beats B, and what each attribute has to do with it."""
    from maiscreen.runners.cli.text import columns
    from maiscreen.screen.text import plain_words

    a, b = (by_key[pair[end]] for end in "ab")
    body = [
        (
            f"{plain_words(name)}, {a['attributes'][name]['unit']}",
            _value(a["attributes"][name]),
            _value(b["attributes"][name]),
            _signed(one["contribution"]),
            _signed(one["contribution_mean"]),
            f"{one['favours']:.2f}",
        )
        for name, one in pair["attributes"].items()
    ]
    sums = (_signed(pair[name]) for name in ("log_score_ratio", "log_score_ratio_mean"))
    whole = ("score", "", "", *sums, f"{pair['probability']:.2f}")
    head = ("", "A (worth)", "B (worth)", "ln ratio", "in draws", "P(A > B)")
    names = f"A = {labels[a['key']]}, B = {labels[b['key']]}"
    table = columns([head, *body, whole])
    return f"{names}: P(A > B) = {pair['probability']:.2f}\n{table}{_errors(pair)}"


def _errors(pair: Said) -> str:
    """State what P(A > B) would be if an error were gone, of those that matter most."""
    change = {name: p - pair["probability"] for name, p in pair["without"].items()}
    telling = sorted(change, key=lambda name: -abs(change[name]))[:ERRORS_TOLD]
    said = [f"{n} {pair['without'][n]:.2f}" for n in telling if abs(change[n]) >= LEAST_CHANGE]
    return f"\nwithout the error of: {'; '.join(said)}" if said else ""


def _signed(number: float) -> str:
    """Write a number with its sign; what rounds to nothing has none.

    Examples
    --------
    >>> _signed(0.126), _signed(-0.001)
    ('+0.13', '0.00')
    """
    text = f"{number:+.2f}"
    return text if float(text) else text[1:]


def _value(attribute: Said) -> str:
    """Return a value with error, fidelity where it has one, and in brackets its worth."""
    std, decades = attribute.get("std"), attribute.get("std_log10")
    error = f"{std:.2g}" if decades is None else f"{decades:.2g} decades"
    fidelity = f", {attribute['fidelity']}" if attribute["fidelity"] else ""
    worth = f"{attribute['desirability']:.2f}"
    return f"{attribute['value']:.3g} ± {error}{fidelity} ({worth})"


DESCRIPTION = """\
Compare two or more candidates: how surely A beats B over the errors of the inputs, where each
stands, and why: attribute by attribute, with values, errors and fidelities, what the difference
adds to the logarithm of the ratio of the scores, and in how many draws the attribute favours A.
Errors that candidates share cancel within a draw: two wide intervals that overlap may yet hide a
sure order. What failed a gate has no place, but is compared like the others."""

EPILOG = """\
examples:
  maiscreen compare SnCl4 SiCl4                  in the default campaign
  maiscreen compare SnCl4 SiCl4 TiCl4 --set weights.adhesion=2
  maiscreen compare SnCl4 "SnCl2 additive" C3H7Cl --campaign first --json
  maiscreen compare "tin tetrachloride" 10026-04-7
  maiscreen compare "0.7 SnCl4 + 0.3 SiCl4" SnCl4 --campaign wide

--json: candidates with place, tier and attributes; probability by A and B; pairs with
log_score_ratio (nominal values), log_score_ratio_mean (mean of the draws) and, for each attribute,
contribution, contribution_mean and favours (the share of draws in which it favours A), and without
(by source of error, P(A > B) if that error were gone)."""


def add(menu: Menu) -> None:
    """Add the command to the menu."""
    about = "compare candidates: which stands first, how surely, and why"
    parser = add_command(menu, "compare", perform, about, description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument(
        "candidates", nargs="+", metavar="CANDIDATE", help="formula, name, CAS number, recipe"
    )
    parser.add_argument(
        "--campaign",
        metavar="DIR",
        help="the --out of a finished run, or a campaign file (.toml) to be ranked now",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting"
    )
    add_own_data(parser)
    add_json(parser)
