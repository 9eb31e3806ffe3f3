"""`maiscreen models suggest`: the labels that would most improve the shortlist of a campaign."""

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import whole
from maiscreen.runners.cli.console import emit, emit_csv, emit_json
from maiscreen.runners.cli.parser import Menu
from maiscreen.runners.folder.place import campaign_folder

if TYPE_CHECKING:
    from maiscreen.screen.advice.suggest import Suggestion

ABOUT = "name the labels that would most improve the shortlist of a campaign"

DESCRIPTION = """\
Name the labels that would most improve the shortlist of a finished campaign: not those of the
candidates of highest score, but those that decide who belongs to the top k, as a batch in which no
label says what another has said already."""

EXAMPLES = """\
examples:
  maiscreen models suggest first --n 10            attributes of phases, to simulate or to measure
  maiscreen models suggest first --of candidates   precursors to make and test
  maiscreen models suggest first --by score        by the mean score of the shortlist
  maiscreen models suggest first --csv > next.csv

The gain is the number of right members (or the mean score) that the shortlist is expected to gain
if the label settles what it is of, with the standard error of its estimate; the gain of the batch
counts everything down to its line. docs/models.md shows a replay on known data."""

MOST = 1000


def add_suggest(actions: Menu) -> None:
    """Add the action to the menu."""
    parser = actions.add_parser("suggest", help=ABOUT, description=DESCRIPTION, epilog=EXAMPLES)
    parser.add_argument("folder", metavar="DIR", help="the --out of a run")
    parser.add_argument("--n", default="20", metavar="N", help="how many at most (default 20)")
    parser.add_argument(
        "--of", choices=("phases", "candidates"), default="phases", help="default phases"
    )
    parser.add_argument(
        "--by", choices=("members", "score"), default="members", help="default members"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object on a line for each")
    form.add_argument("--csv", action="store_true", help="for a spreadsheet")
    parser.set_defaults(command=suggest)


def suggest(options: argparse.Namespace) -> int:
    """Name the labels that would most improve the shortlist of a campaign."""
    count = whole("--n", options.n, MOST)
    out = campaign_folder("DIR", options.folder)
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.screen.advice.suggest import COLUMNS, NEEDED, as_dict, rows
    from maiscreen.screen.advice.suggest import suggest as suggested
    from maiscreen.screen.shortlist.choose import to_csv

    ranking, campaign, fingerprint = read_ranking(out)
    if campaign.space.is_wide:
        remedy = "holds a wide campaign; give one without [space], which asks of precursors alone"
        raise InputError("DIR", str(out), remedy)
    lacking = [name for name in NEEDED if name not in ranking.column_names]
    if lacking:
        remedy = f"its ranking.parquet has no {lacking[0]}; run the campaign again"
        raise InputError("DIR", str(out), remedy)
    found = suggested(campaign, ranking, count, options.of, options.by)
    if options.csv:
        emit_csv(to_csv(rows(found, fingerprint), COLUMNS).replace("\r\n", "\n"))
    elif options.json:
        lines = [json.dumps(as_dict(one, fingerprint), ensure_ascii=False) for one in found]
        if lines:
            emit_json("\n".join(lines))
    else:
        emit(as_text(found, campaign.top_k, options.by))
    return 0


def as_text(found: "Sequence[Suggestion]", top: int, by: str) -> str:
    """Lay suggestions out for the terminal.

    Parameters
    ----------
    found : sequence of Suggestion
        In their order.
    top : int
        k of the shortlist.
    by : str
        ``members`` or ``score``.
    """
    from maiscreen.runners.cli.text import columns
    from maiscreen.screen.text import printable

    if not found:
        return f"no label can change who belongs to the top {top} of this campaign"
    digits = 2 if by == "members" else 4
    head = ("", "label", "attribute", "bears on", "members +", "mean score +", "batch +")
    body = [
        (
            str(one.place),
            one.phase,
            one.attribute,
            ", ".join(one.candidates),
            f"{one.gain:.2f} ± {one.gain_error:.2f}",
            f"{one.gain_score:.4f} ± {one.gain_score_error:.4f}",
            f"{one.gain_batch:.{digits}f} ± {one.gain_batch_error:.{digits}f}",
        )
        for one in found
    ]
    table = columns([[printable(cell) for cell in row] for row in (head, *body)])
    why = [printable(f"{one.place}. {one.phase}: {one.reason}. Label: {one.how}") for one in found]
    return "\n".join([table, "", *why])
