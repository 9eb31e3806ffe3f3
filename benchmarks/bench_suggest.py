"""Replay how fast labels, asked for in several ways, lead to the true best of real data.

Run `python benchmarks/bench_suggest.py`; `--figure FILE` draws the curves, `--seeds N` and
`--only NAME` make it shorter, `--peers` adds BoTorch if it is installed. It prints Markdown tables.

Every answer is known beforehand, and hidden until a strategy asks for it. A Gaussian process on
Magpie features (Matérn 5/2, length and noise by marginal likelihood anew in every round) learns
from 30 random labels, and batches of 10 are added. After each batch a shortlist is made, alike for
all strategies: the k of highest expected score. Recall is the share of the true top k in it.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.stats import wilcoxon

from maiscreen.models.acquisition import choose_batch, top_membership
from maiscreen.models.predictions.improvement import (
    expected_approach,
    expected_improvement,
    upper_confidence_bound,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

START, BATCH, ROUNDS, DRAWS = 30, 10, 12, 256
SHARE = 0.05
"""Of the pool that counts as the best."""

ASKED = 40
"""Candidates that the batch is chosen from: those whose membership is least certain."""

OPEN = 0.01
"""Candidates that belong to the best with a probability this far from 0 and 1 are open."""

LENGTHS = (0.3, 0.5, 0.8, 1.2, 2.0, 3.0)
NOISES = (0.01, 0.03, 0.1, 0.3, 1.0)
HERMITE = np.polynomial.hermite_e.hermegauss(21)


@dataclass(frozen=True)
class Setting:
    """A pool of compounds with known answers, and what is looked for in it."""

    name: str
    about: str
    elements: tuple[str, ...]
    target: str
    nearest_median: bool = False


TETRELS, ALKALIS = ("Ge", "Sn", "Pb"), ("Li", "Na", "K")

SETTINGS = (
    Setting("tetrels", "highest shear modulus, of Ge, Sn, Pb", TETRELS, "shear"),
    Setting("median", "Young's modulus nearest the median, of Ge, Sn, Pb", TETRELS, "young", True),
    Setting("ceramics", "highest bulk modulus, of B, C, N (kept back)", ("B", "C", "N"), "bulk"),
    Setting("alkalis", "highest Young's modulus, of Li, Na, K (kept back)", ALKALIS, "young"),
)
"""The method was settled on the first two; the others were kept until then."""


@dataclass(frozen=True)
class Pool:
    """Compounds: features (n, p), log10 of the target (n,), how to score it, how many are best.

    Where a value is looked for, and not the highest, it is the aim.
    """

    features: Floats
    values: Floats
    score: Callable[[Floats], Floats]
    top: int
    aim: float | None


def load(setting: Setting) -> Pool:
    """Read the compounds of a setting; polymorphs are averaged."""
    from maiscreen.candidates.chemistry.formula import compositions
    from maiscreen.candidates.snapshot.training_data import moduli
    from maiscreen.descriptors.composition.features import magpie

    table = moduli()
    known = compositions(table["formula"].to_pylist())
    bulk, shear = (table[f"{name}_modulus_gpa"].to_numpy() for name in ("bulk", "shear"))
    wanted = np.any([known.contains(symbol) for symbol in setting.elements], axis=0)
    young = 9 * bulk * shear / (3 * bulk + shear)
    values = {"bulk": bulk, "shear": shear, "young": young}[setting.target]
    rows = np.flatnonzero(wanted)
    _, first, place = np.unique(known.key[rows], return_index=True, return_inverse=True)
    log10 = np.bincount(place, np.log10(values[rows])) / np.bincount(place)
    return pool(setting, magpie(known.take(rows[first])), log10)


def pool(setting: Setting, features: Floats, values: Floats) -> Pool:
    """Make a pool of features and values."""
    features = features[:, features.std(axis=0) > 1e-9]
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    middle = np.median(values)
    nearest: Callable[[Floats], Floats] = lambda v: -np.abs(v - middle)  # noqa: E731
    score = nearest if setting.nearest_median else (lambda v: v)
    aim = float(middle) if setting.nearest_median else None
    return Pool(features, values, score, round(SHARE * len(values)), aim)


class Process:
    """A Gaussian process over the pool; a value is a smooth function plus its own deviation."""

    def __init__(self, features: Floats) -> None:
        squares = (features**2).sum(axis=1)
        apart = squares[:, None] + squares - 2 * features @ features.T
        distance = np.sqrt(5 * np.maximum(apart, 0) / np.median(apart))
        self.kernels = {}
        for length in LENGTHS:
            r = distance / length
            self.kernels[length] = (1 + r + r**2 / 3) * np.exp(-r)

    def fit(self, rows: Ints, values: Floats) -> None:
        """Learn from labels; mean and deviation of everything lie in `mean`, `std`."""
        centre, scale = values.mean(), values.std()
        z = (values - centre) / scale
        tried = [(self._evidence(rows, z, a, b), a, b) for a in LENGTHS for b in NOISES]
        (_, power), length, self.noise = max(tried)
        self.kernel = self.kernels[length]
        root = self._root(rows, length, self.noise)
        self.seen = solve_triangular(root, self.kernel[rows], lower=True)
        self.mean = centre + scale * self.seen.T @ solve_triangular(root, z, lower=True)
        self.scale = scale * np.sqrt(power)
        self.std = self.scale * np.sqrt(1 + self.noise - (self.seen**2).sum(axis=0))

    def draw(self, rows: Ints, draws: int, random: np.random.Generator) -> Floats:
        """Draw values of candidates without label together, shape (draws, rows)."""
        seen = self.seen[:, rows]
        covariance = self.kernel[np.ix_(rows, rows)] - seen.T @ seen
        root = np.linalg.cholesky(covariance + (self.noise + 1e-9) * np.eye(len(rows)))
        normal = random.standard_normal((draws, len(rows)))
        return np.asarray(self.mean[rows] + self.scale * normal @ root.T)

    def _root(self, rows: Ints, length: float, noise: float) -> Floats:
        kernel = self.kernels[length][np.ix_(rows, rows)]
        return np.linalg.cholesky(kernel + noise * np.eye(len(rows)))

    def _evidence(self, rows: Ints, z: Floats, length: float, noise: float) -> tuple[float, float]:
        """Give the marginal likelihood at the best amplitude, and that amplitude squared."""
        root = self._root(rows, length, noise)
        power = float((solve_triangular(root, z, lower=True) ** 2).mean())
        return -len(z) / 2 * np.log(power) - np.log(np.diag(root)).sum(), power


Strategy = Callable[[Pool, Process, Ints, Ints, np.random.Generator], Ints]


def at_random(p: Pool, g: Process, free: Ints, known: Ints, random: np.random.Generator) -> Ints:
    """Ask for any."""
    return random.choice(free, BATCH, replace=False)


def greedy(p: Pool, g: Process, free: Ints, known: Ints, random: np.random.Generator) -> Ints:
    """Ask for those of highest predicted score."""
    return free[np.argsort(-p.score(g.mean[free]), kind="stable")[:BATCH]]


def uncertain(p: Pool, g: Process, free: Ints, known: Ints, random: np.random.Generator) -> Ints:
    """Ask for those of least certain value."""
    return free[np.argsort(-g.std[free], kind="stable")[:BATCH]]


def likeliest(p: Pool, g: Process, free: Ints, known: Ints, random: np.random.Generator) -> Ints:
    """Ask for those that most likely belong to the top k."""
    members = _members(p, g.draw(free, DRAWS, random), known)
    return free[np.argsort(-members.mean(axis=0)[: len(free)], kind="stable")[:BATCH]]


def suggested(p: Pool, g: Process, free: Ints, known: Ints, random: np.random.Generator) -> Ints:
    """Ask for those that would most improve the shortlist, as `maiscreen models suggest` does."""
    values = g.draw(free, DRAWS, random)
    members = _members(p, values, known)
    share = members.mean(axis=0)
    undecided = np.flatnonzero((share > OPEN) & (share < 1 - OPEN))
    places = p.top - int((share >= 1 - OPEN).sum())
    mine = undecided[undecided < len(free)]
    asked = mine[np.argsort(-share[mine] * (1 - share[mine]), kind="stable")[:ASKED]]
    picks = (
        choose_batch(members[:, undecided], values[:, asked], places, BATCH) if places > 0 else ()
    )
    chosen = [int(asked[pick.input]) for pick in picks]
    # Where nothing more can be gained, the likeliest fill the batch.
    rest = [i for i in np.argsort(-share[: len(free)], kind="stable").tolist() if i not in chosen]
    return free[[*chosen, *rest][:BATCH]]


def improving(p: Pool, g: Process, free: Ints, known: Ints, random: np.random.Generator) -> Ints:
    """Ask for those of highest expected improvement, as `maiscreen models suggest --pool` can."""
    mean, std, best = g.mean[free], g.std[free], float(p.score(p.values[known]).max())
    gain = (
        expected_improvement(mean, std, best)
        if p.aim is None
        else expected_approach(mean, std, p.aim, -best)
    )
    return free[np.argsort(-gain, kind="stable")[:BATCH]]


def bounding(p: Pool, g: Process, free: Ints, known: Ints, random: np.random.Generator) -> Ints:
    """Ask for those of highest upper confidence bound."""
    bound = upper_confidence_bound(p.score(g.mean[free]), g.std[free])
    return free[np.argsort(-bound, kind="stable")[:BATCH]]


def botorch(p: Pool, g: Process, free: Ints, known: Ints, random: np.random.Generator) -> Ints:
    """Ask BoTorch: its default process, and log expected improvement of the whole batch."""
    import torch
    from botorch.acquisition import qLogExpectedImprovement
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from botorch.optim import optimize_acqf_discrete
    from botorch.sampling import SobolQMCNormalSampler
    from gpytorch.mlls import ExactMarginalLogLikelihood

    torch.set_num_threads(1)
    torch.manual_seed(int(random.integers(2**31)))
    lowest, highest = p.features.min(axis=0), p.features.max(axis=0)
    cube = torch.tensor((p.features - lowest) / (highest - lowest))
    scores = torch.tensor(p.score(p.values[known]))
    model = SingleTaskGP(cube[known], ((scores - scores.mean()) / scores.std())[:, None])
    fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
    best = float((scores.max() - scores.mean()) / scores.std())
    sampler = SobolQMCNormalSampler(torch.Size([64]), seed=0)
    gain = qLogExpectedImprovement(model, best_f=best, sampler=sampler)
    chosen, _ = optimize_acqf_discrete(gain, q=BATCH, choices=cube[free], unique=True)
    apart = (chosen[:, None, :] - cube[free][None]).abs().sum(dim=2)
    return free[apart.argmin(dim=1).numpy()]


STRATEGIES: dict[str, Strategy] = {
    "random": at_random,
    "most uncertain": uncertain,
    "greedy": greedy,
    "expected improvement": improving,
    "upper confidence bound": bounding,
    "likeliest in top k": likeliest,
    "suggest": suggested,
}


def _members(p: Pool, values: Floats, known: Ints) -> Floats:
    """Draw who belongs to the top k, unlabelled candidates first, then labelled ones."""
    settled = np.broadcast_to(p.score(p.values[known]), (len(values), len(known)))
    return top_membership(np.concatenate([p.score(values), settled], axis=1), p.top)


def replay(p: Pool, process: Process, strategy: Strategy, seed: int) -> Floats:
    """Run one replay: recall of the shortlist, and of the labelled, after each batch, (2, r)."""
    random = np.random.default_rng(seed)
    true = p.score(p.values)
    best = np.argsort(-true)[: p.top]
    known = random.choice(len(true), START, replace=False)
    recall = []
    for _ in range(ROUNDS + 1):
        process.fit(known, p.values[known])
        expected = expected_score(p, process)
        expected[known] = true[known]
        short = np.argsort(-expected, kind="stable")[: p.top]
        recall.append([np.isin(best, short).mean(), np.isin(best, known).mean()])
        free = np.setdiff1d(np.arange(len(true)), known)
        known = np.concatenate([known, strategy(p, process, free, known, random)])
    return np.array(recall).T


def expected_score(p: Pool, process: Process) -> Floats:
    """Expect the score over the error of the prediction, shape (n,)."""
    nodes, weights = HERMITE
    scores = p.score(process.mean[:, None] + process.std[:, None] * nodes)
    return np.asarray(scores @ weights / weights.sum())


def table(curves: dict[str, Floats]) -> str:
    """Lay out recalls, shape (seeds, 2, rounds) for each strategy."""
    shown = [ROUNDS // 3, 2 * ROUNDS // 3, ROUNDS]
    heads = [f"recall at {START + BATCH * i}" for i in shown]
    head = ["asked for", *heads, "mean recall", "labels to half", "labelled themselves", "p"]
    lines = [head, ["---"] * len(head)]
    ours = curves["suggest"][:, 0].mean(axis=1)
    for name, curve in curves.items():
        short, area = curve[:, 0], curve[:, 0].mean(axis=1)
        p = "" if name == "suggest" else f"{wilcoxon(ours, area).pvalue:.1g}"
        row = [name, *(_mean(short[:, i]) for i in shown), _mean(area)]
        lines.append([*row, _labels_to_half(short), _mean(curve[:, 1, -1]), p])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _mean(values: Floats) -> str:
    return f"{values.mean():.3f} ± {values.std(ddof=1) / np.sqrt(len(values)):.3f}"


def _labels_to_half(short: Floats) -> str:
    """Give the median number of labels until half of the best are in the shortlist."""
    reached = np.where((short >= 0.5).any(axis=1), (short >= 0.5).argmax(axis=1), ROUNDS + 1)
    middle = np.median(reached)
    most = START + BATCH * ROUNDS
    return f"> {most}" if middle > ROUNDS else f"{START + BATCH * middle:.0f}"


def draw_figure(every: dict[str, dict[str, Floats]], path: Path) -> None:
    """Draw the recall of the shortlist against the number of labels, with standard errors."""
    from matplotlib.figure import Figure

    labels = START + BATCH * np.arange(ROUNDS + 1)
    about = {setting.name: setting.about for setting in SETTINGS}
    figure = Figure(figsize=(4 * len(every), 3.6), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, len(every), sharey=True))
    for ax, (setting, curves) in zip(axes, every.items(), strict=True):
        for name, curve in curves.items():
            mean = curve[:, 0].mean(axis=0)
            error = curve[:, 0].std(axis=0, ddof=1) / np.sqrt(len(curve))
            ax.plot(labels, mean, label=name, lw=2 if name == "suggest" else 1)
            ax.fill_between(labels, mean - error, mean + error, alpha=0.2, lw=0)
        ax.set(title=about[setting], xlabel="labels")
        ax.title.set_fontsize(8)
    axes[0].set_ylabel("share of the true best in the shortlist")
    axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Print a table for each setting."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", choices=[s.name for s in SETTINGS])
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--peers", action="store_true", help="BoTorch beside our own")
    options = parser.parse_args()
    strategies = STRATEGIES | ({"BoTorch, qLogEI": botorch} if options.peers else {})
    every = {}
    for setting in (s for s in SETTINGS if options.only in (None, s.name)):
        p = load(setting)
        process = Process(p.features)
        every[setting.name] = {
            name: np.array([replay(p, process, strategy, seed) for seed in range(options.seeds)])
            for name, strategy in strategies.items()
        }
        sys.stdout.write(f"\n{setting.about}: best {p.top} of {len(p.values)}, ")
        sys.stdout.write(f"{options.seeds} seeds\n\n{table(every[setting.name])}\n")
        sys.stdout.flush()
    if options.figure:
        draw_figure(every, options.figure)


if __name__ == "__main__":
    main()
