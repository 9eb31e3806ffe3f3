"""The models that come with the project, made from the embedded data: for its maintainers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from maiscreen.models.learning.card import Card
from maiscreen.models.learning.fit import FEWEST, count_fits, fit
from maiscreen.models.learning.targets import TARGETS, target
from maiscreen.models.learning.training import EMBEDDED, embedded_training
from maiscreen.models.retraining.distil import count_steps, distil_student
from maiscreen.models.storage.folder import check_out, written_atomically
from maiscreen.models.storage.model import save


def embeddable() -> tuple[str, ...]:
    """Name the targets with enough embedded data for a model."""
    return tuple(name for name in TARGETS if len(embedded_training(name)) >= FEWEST)


def embed(
    out: Path,
    names: Sequence[str] = (),
    seed: int = 0,
    force: bool = False,
    watch: Callable[[int, int], None] | None = None,
) -> tuple[Card, ...]:
    """Train a model of each target on the embedded data alone, and its student.

    Parameters
    ----------
    out : Path
        Each model gets a folder of the name of its target in it.
    names : sequence of str
        Targets; all with enough data if left out.
    seed : int
        Of all random numbers.
    force : bool
        Replace models that lie there.
    watch : callable, optional
        Is told how many fits are done, and of how many.

    Raises
    ------
    InputError
        If a target is unknown or has too little data, or a folder cannot be written.
    """
    chosen = tuple(target(name).name for name in names) or embeddable()
    for name in chosen:
        check_out(out / name, force)
    total, count = (count_fits() + count_steps()) * len(chosen), 0

    def done() -> None:
        nonlocal count
        count += 1
        if watch is not None:
            watch(count, total)

    cards = []
    for name in chosen:
        surrogate = fit(embedded_training(name), f"{EMBEDDED}/{name}", seed, done=done)
        surrogate = distil_student(surrogate, done=done)
        with written_atomically(out / name) as part:
            saved = save(replace(surrogate, training=None), part)
        cards.append(saved.card)
    return tuple(cards)
