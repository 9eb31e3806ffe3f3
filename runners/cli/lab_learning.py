"""What laboratory results teach, as commands: `lab next`, `weights`, `export` and `replay`.

None of them changes a campaign. Heavy imports wait until a command needs them.
"""

import argparse
import json
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import folder, whole
from maiscreen.runners.cli.console import emit, emit_csv, emit_json
from maiscreen.runners.endings import COMPLETE
from maiscreen.runners.folder.place import campaign_folder

if TYPE_CHECKING:
    import pyarrow as pa

    from maiscreen.runners.folder.place import Place
    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.lab_learning.trials import Trials
    from maiscreen.screen.lab_learning.weights import Posterior
    from maiscreen.screen.lab_sheet.record import LabRecord

MOST = 100
"""Precursors in a batch."""


def propose(options: argparse.Namespace) -> int:
    """Name the precursors to try next."""
    from maiscreen.runners.cli.lab_learn_show import next_table
    from maiscreen.screen.lab_learning.next import COLUMNS, as_dict
    from maiscreen.screen.lab_learning.next import propose as proposed
    from maiscreen.screen.shortlist.choose import to_csv

    count = whole("--n", options.n, MOST)
    ranking, campaign, fingerprint, records = _campaign(campaign_folder("DIR", options.folder))
    trials, posterior = _learned(campaign, ranking, records)
    found = proposed(campaign, ranking, trials, posterior, count)
    rows = [as_dict(one, fingerprint) for one in found]
    if options.csv:
        emit_csv(to_csv(rows, COLUMNS).replace("\r\n", "\n"))
    elif options.json:
        lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
        if lines:
            emit_json("\n".join(lines))
    else:
        emit(next_table(found, trials))
    return COMPLETE


def weights(options: argparse.Namespace) -> int:
    """Show the weights that the results teach; write nothing."""
    from maiscreen.runners.cli.lab_learn_show import weights_table
    from maiscreen.screen.lab_learning.weights import told

    ranking, campaign, fingerprint, records = _campaign(campaign_folder("DIR", options.folder))
    said = told(campaign, ranking, *_learned(campaign, ranking, records))
    if options.json:
        whole_of_it = {"campaign": fingerprint[:12], **said}
        emit_json(json.dumps(whole_of_it, ensure_ascii=False, allow_nan=False))
    else:
        emit(weights_table(said))
    return COMPLETE


def export(options: argparse.Namespace) -> int:
    """Write what the learned models can be trained with."""
    from dataclasses import asdict

    from maiscreen.runners.cli.lab_learn_show import feed_table
    from maiscreen.runners.folder.shards import write_whole
    from maiscreen.runners.runs.lab import read_imports, results, standing
    from maiscreen.screen.lab_learning.feed import COLUMNS, feed
    from maiscreen.screen.shortlist.choose import to_csv

    out = campaign_folder("DIR", options.folder)
    path = folder("--out", options.out)
    if path.exists() and not options.overwrite:
        raise InputError("--out", str(path), "is there already; give another name, or --overwrite")
    ranking, campaign, _, _ = _campaign(out)
    imports = read_imports(out)
    counted = {one.content for one in results(imports)}
    known = {row["key"]: row for row in ranking.to_pylist()}
    told = [(where, one) for where, one in standing(imports) if one.content in counted]
    found = feed(told, known, campaign.state)
    if found.rows:
        text = to_csv([asdict(row) for row in found.rows], COLUMNS)
        write_whole(path, text.encode("utf-8"), "--out")
    emit(feed_table(found, str(path)))
    return COMPLETE


def replay(options: argparse.Namespace) -> int:
    """Play the results again, as if they had come in one by one."""
    from maiscreen.runners.cli.lab_learn_show import as_plain, replay_table
    from maiscreen.screen.lab_learning.replay import replay as replayed

    ranking, campaign, _, records = _campaign(campaign_folder("DIR", options.folder))
    found = replayed(campaign, ranking, records)
    if options.json:
        emit_json(json.dumps(as_plain(found), ensure_ascii=False, allow_nan=False))
    else:
        emit(replay_table(found))
    return COMPLETE


def _campaign(out: "Place") -> "tuple[pa.Table, Campaign, str, list[LabRecord]]":
    """Read a campaign that can be learned with, and its results that count."""
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.runners.runs.lab import read_imports, results
    from maiscreen.screen.lab_learning.trials import NEEDED

    ranking, campaign, fingerprint = read_ranking(out)
    if campaign.space.is_wide:
        remedy = "holds a wide campaign; give one without [space], which knows precursors alone"
        raise InputError("DIR", str(out), remedy)
    lacking = [name for name in NEEDED if name not in ranking.column_names]
    if lacking:
        remedy = f"its ranking.parquet has no {lacking[0]}; run the campaign again"
        raise InputError("DIR", str(out), remedy)
    return ranking, campaign, fingerprint, results(read_imports(out))


def _learned(
    campaign: "Campaign", ranking: "pa.Table", records: "list[LabRecord]"
) -> "tuple[Trials, Posterior]":
    """Learn the weights from the results."""
    import pyarrow as pa

    from maiscreen.screen.lab_learning.trials import key_of, trials, worths
    from maiscreen.screen.lab_learning.weights import learned

    keys = {key_of(one) for one in records}
    tried = ranking.filter(pa.array([key in keys for key in ranking["key"].to_pylist()]))
    drawn = worths(campaign, tried)
    found = trials(records, drawn.keys)
    return found, learned(found, drawn)
