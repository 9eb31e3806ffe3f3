"""What a campaign would search, and how long it would take, from a sample of its space."""

import time
from collections import Counter

from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import describe_blends, part_bytes

SAMPLE = 200_000
"""Candidates that the gates and the clock are tried on: a second or less."""


def forecast(space: BlendSpace, workers: int) -> dict[str, object]:
    """State how large a space is, what each gate removes, and what a run would take.

    Parameters
    ----------
    space : BlendSpace
        What would be screened.
    workers : int
        On how many processors of this kind.

    Returns
    -------
    dict
        Sizes of the axes, shares that the gates take of a sample, seconds and bytes to expect.
    """
    mixtures, sample, columns = space.mixtures, space.thinned(SAMPLE), space.settings.columns
    size = sample.mixtures.size
    table = describe_blends(sample, 0, size)
    # Once more: what is worked out the first time is no part of the cost of a candidate.
    begun = time.perf_counter()
    describe_blends(sample, 0, size)
    written = table.select(list(columns)) if columns else table
    written_bytes = len(part_bytes(written))
    seconds = time.perf_counter() - begun
    gates = Counter(text or "passed" for text in table["rejected"].to_pylist())
    share = mixtures.size / size
    recipes = dict(zip(("alone", "pairs", "triples"), mixtures.recipes, strict=False))
    return {
        "candidates": mixtures.size,
        "of": mixtures.full_size,
        "precursors": dict(Counter(space.ingredients.kind.tolist())),
        "in_blends": len(mixtures.blended),
        "recipes": recipes,
        "temperatures_c": list(space.temperatures_c),
        "exposures_s": list(space.settings.exposures_s),
        "sample": size,
        "gates": {name: count / size for name, count in gates.most_common()},
        "workers": workers,
        "seconds": seconds * share / workers,
        "megabytes": written_bytes * share / 1e6,
    }
