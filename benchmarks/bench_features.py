"""Time features of the 85,014 training compositions, and predictions from them, beside matminer.

Run `OMP_NUM_THREADS=1 python benchmarks/bench_features.py`. Times are of the process, medians of
five, first calls left out; matminer works on a sample.
"""

import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from statistics import median

import numpy as np
from matminer.featurizers.composition import ElementProperty
from pymatgen.core import Composition

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.candidates.snapshot.training_data import energies
from maiscreen.descriptors.composition.features import GROUPS, features, magpie
from maiscreen.models.learning.model import evaluate_trees
from maiscreen.models.storage.model import embedded_surrogate, embedded_targets

SAMPLE = 300

TREES = 4000
"""Compositions that the trees are asked of."""


def main() -> None:
    """Print a line for each way in."""
    formulas = energies()["formula"].to_pylist()
    chosen = np.random.default_rng(0).choice(len(formulas), SAMPLE, replace=False)
    few = [formulas[k] for k in chosen]
    composed = [Composition(formula) for formula in few]
    parsed = compositions(formulas)
    peer = ElementProperty.from_preset("magpie")
    say = sys.stdout.write

    ours, theirs = rates(
        (lambda: magpie(parsed), len(parsed)),
        (lambda: [peer.featurize(c) for c in composed], SAMPLE),
    )
    say(f"magpie, from parsed compositions: {ours:,.0f}/s, matminer {theirs:,.0f}/s, ")
    say(f"ratio {ours / theirs:.0f}\n")
    ours, theirs = rates(
        (lambda: magpie(compositions(formulas)), len(formulas)),
        (lambda: [peer.featurize(Composition(f)) for f in few], SAMPLE),
    )
    say(f"magpie, from text: {ours:,.0f}/s, matminer {theirs:,.0f}/s, ratio {ours / theirs:.0f}\n")
    ours, theirs = rates(
        (lambda: compositions(formulas), len(formulas)),
        (lambda: [Composition(f) for f in few], SAMPLE),
    )
    say(f"formulas: {ours:,.0f}/s, pymatgen with its cache warm {theirs:,.0f}/s, ")
    say(f"ratio {ours / theirs:.0f}\n")
    predictions(parsed, composed, peer)
    for group in GROUPS:
        (rate,) = rates((lambda name=group: features(parsed, [name]), len(parsed)))
        say(f"features, group {group}: {rate:,.0f}/s\n")
    tracemalloc.start()
    size = magpie(parsed).nbytes
    peak = tracemalloc.get_traced_memory()[1]
    say(f"peak memory {peak / 2**20:.0f} MiB, of which the result {size / 2**20:.0f} MiB\n")


def predictions(parsed: Compositions, composed: list[Composition], peer: ElementProperty) -> None:
    """Print what students and trees predict in a second, beside matminer's features."""
    say = sys.stdout.write
    few = parsed.take(np.arange(0, len(parsed), len(parsed) // TREES)[:TREES])
    known, fewer = features(parsed), features(few)
    for name in embedded_targets():
        model = embedded_surrogate(name)
        student = model.student
        if student is None:
            continue
        made, alone, whole, trees, theirs = rates(
            (lambda: features(parsed), len(parsed)),
            (lambda one=student: one.predict(known), len(parsed)),
            (lambda one=model: one.predict(parsed, fast=True), len(parsed)),
            (lambda one=model: evaluate_trees(one.estimator, one.errors, fewer), len(few)),
            (lambda: [peer.featurize(c) for c in composed], SAMPLE),
        )
        say(f"{name}: features {made:,.0f}/s, student {alone:,.0f}/s, trees {trees:,.0f}/s, ")
        say(f"features and student {whole:,.0f}/s; matminer's Magpie {theirs:,.0f}/s, ")
        say(f"ratio {whole / theirs:.0f}\n")


def rates(*calls: tuple[Callable[[], object], int]) -> list[float]:
    """Give what each call does in a second, the calls taking turns."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(6):
        for (call, _), spent in zip(calls, times, strict=True):
            begun = time.process_time()
            call()
            spent.append(time.process_time() - begun)
    return [count / median(spent[1:]) for (_, count), spent in zip(calls, times, strict=True)]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
