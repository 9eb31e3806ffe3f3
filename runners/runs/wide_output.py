"""The files of a wide campaign beside the table of its candidates."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from maiscreen.runners.folder.place import Place
from maiscreen.runners.folder.shards import to_parquet, write_outputs_of, write_whole
from maiscreen.runners.runs.blends import Finished
from maiscreen.screen.blends.words import ingredient_table, with_words
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import models_told
from maiscreen.screen.paper.validate import validate
from maiscreen.screen.report.blends_page import render_wide
from maiscreen.screen.shortlist.blends import COLUMNS, wide_shortlist
from maiscreen.screen.shortlist.choose import TO_FILL_IN, to_csv


def write_wide(
    campaign: Campaign, out: Place, finished: Finished, sources: Mapping[str, object]
) -> None:
    """Write ranking, precursors, shortlist, report and, last, the manifest.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    out : Path or Remote
        The folder.
    finished : Finished
        What came out.
    sources : mapping
        Versions and hashes of code, data and packages.
    """
    fingerprint = campaign.fingerprint(sources)
    manifest: dict[str, object] = {
        "fingerprint": fingerprint,
        "campaign": campaign.to_dict(),
        "sources": dict(sources),
        "seeds": {"monte_carlo": campaign.seed},
        "rows": sum(finished.counts.values()),
        "counts": finished.counts,
        "gates": finished.gates,
        "bound": asdict(finished.bound),
    }
    ranking = with_words(campaign, finished.ranking)
    signed = ranking.replace_schema_metadata({b"fingerprint": fingerprint.encode()})
    rows = wide_shortlist(ranking, fingerprint, campaign.top_k)
    html = render_wide(
        campaign, ranking, finished.bound, finished.gates, validate(campaign), manifest
    )
    contents = {
        "ranking.parquet": to_parquet(signed),
        "ingredients.parquet": to_parquet(ingredient_table(campaign)),
        "shortlist.csv": to_csv(rows, (*COLUMNS, *TO_FILL_IN)).encode("utf-8-sig"),
        "report.html": html.encode(),
    }
    files = write_outputs_of(out, contents)
    manifest |= {**finished.used, "models": models_told(campaign), "files": files}
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(out / "manifest.json", text.encode())
