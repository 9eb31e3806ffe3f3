"""What a campaign would search, and how long it would take, from a sample of its space."""

import time
from collections import Counter
from dataclasses import replace

from maiscreen.screen.blends.blends import mixture_space
from maiscreen.screen.blends.ingredients import ingredients, temperatures_c
from maiscreen.screen.blends.table import describe_blends, part_bytes
from maiscreen.screen.campaign.campaign import Campaign

SAMPLE = 200_000
"""Candidates that the gates and the clock are tried on: a second or less."""


def forecast(campaign: Campaign, workers: int) -> dict[str, object]:
    """Say how large a space is, what each gate removes, and what a run would take.

    Parameters
    ----------
    campaign : Campaign
        What would be screened.
    workers : int
        On how many processors of this kind.

    Returns
    -------
    dict
        Sizes of the axes, shares that the gates take of a sample, seconds and bytes to expect.
    """
    space, precursors = mixture_space(campaign), ingredients(campaign)
    sample = replace(campaign, space=replace(campaign.space, limit=min(SAMPLE, space.size)))
    thinned = mixture_space(sample)
    table = describe_blends(sample, 0, thinned.size)
    # Once more: what is worked out the first time is no part of the cost of a candidate.
    begun = time.perf_counter()
    describe_blends(sample, 0, thinned.size)
    written = table.select(list(campaign.space.columns)) if campaign.space.columns else table
    size = len(part_bytes(written))
    seconds = time.perf_counter() - begun
    gates = Counter(text or "passed" for text in table["rejected"].to_pylist())
    share = space.size / thinned.size
    recipes = dict(zip(("alone", "pairs", "triples"), space.recipes, strict=False))
    return {
        "candidates": space.size,
        "of": space.full_size,
        "precursors": dict(Counter(precursors.kind.tolist())),
        "in_blends": len(space.blended),
        "recipes": recipes,
        "temperatures_c": list(temperatures_c(campaign)),
        "exposures_s": list(campaign.space.exposures_s),
        "sample": thinned.size,
        "gates": {name: count / thinned.size for name, count in gates.most_common()},
        "workers": workers,
        "seconds": seconds * share / workers,
        "megabytes": size * share / 1e6,
    }
