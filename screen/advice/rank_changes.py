"""Whose rank changes when a campaign takes one snapshot in the place of another."""

from dataclasses import dataclass, replace

from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import describe_precursors, halides_of, pin_own_data
from maiscreen.screen.paper.comparison import rank_with_controls


@dataclass(frozen=True, slots=True)
class RankChange:
    """A candidate whose rank is another one; None where it is not ranked.

    Attributes
    ----------
    key : str
    before, after : int or None
    why : str
        Why it is not ranked afterwards; empty if it is.
    """

    key: str
    before: int | None
    after: int | None
    why: str


def rank_changes(before: str, after: str, campaign: Campaign | None = None) -> list[RankChange]:
    """Rank a campaign with both snapshots; candidates whose rank differs, the best first.

    Parameters
    ----------
    before, after : str
        Folders of snapshots; empty for the embedded one.
    campaign : Campaign, optional
        The default campaign if left out; metals and halogens that one of the snapshots was not
        built for are left out of both rankings.
    """
    campaign = _is_covered(campaign or Campaign(), before, after)
    first, second = (_ranks(replace(campaign, snapshot=where)) for where in (before, after))
    changes = [
        RankChange(key, rank, *second[key]) for key, (rank, _) in first.items()
        if rank != second[key][0]
    ]  # fmt: skip
    return sorted(changes, key=lambda one: (min(_last(one.before), _last(one.after)), one.key))


def _is_covered(campaign: Campaign, *snapshots: str) -> Campaign:
    metals, halogens = set(campaign.metals), set(campaign.halogens)
    for where in snapshots:
        query = load_snapshot(where).manifest.get("query", {})
        metals &= set(query.get("metals", metals))
        halogens &= set(query.get("halogens", halogens))
    return replace(campaign, metals=tuple(metals), halogens=tuple(halogens))


def _ranks(campaign: Campaign) -> dict[str, tuple[int | None, str]]:
    pinned = pin_own_data(campaign)
    ranking = rank_with_controls(pinned, describe_precursors(pinned, halides_of(pinned)))
    columns = (ranking[name].to_pylist() for name in ("key", "rank", "rejected_reason"))
    return {key: (rank, why or "") for key, rank, why in zip(*columns, strict=True)}


def _last(rank: int | None) -> int:
    return 1_000_000 if rank is None else rank
