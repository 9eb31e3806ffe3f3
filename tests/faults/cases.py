"""Which fault strikes when, chosen by a seed; a case's number and the seed are all it needs."""

import os
from dataclasses import dataclass
from random import Random

from inject import ANYHOW, FAULTS, Fault
from moments import Moment, drawn


@dataclass(frozen=True)
class Case:
    """A fault and its moment.

    Attributes
    ----------
    number : int
        Which case of its seed.
    fault : str
        Name of the fault.
    kind, how : str
        What is run, and where its tasks are performed.
    moment : Moment or None
        When the fault strikes.
    seed : str
        For what the fault leaves open.
    """

    number: int
    fault: str
    kind: str
    how: str
    moment: Moment | None
    seed: str

    def __str__(self) -> str:
        moment = f" at {self.moment}" if self.moment else ""
        return f"{self.number:4d}  {self.fault}, {self.kind}, {self.how}{moment}"


def available(fault: Fault, has_option: dict[str, bool], *, mounts: bool) -> bool:
    """Tell whether a fault can be had here."""
    if fault is FAULTS["folder read-only"] and os.geteuid() == 0 and not mounts:
        return False
    return not fault.needs or has_option[fault.needs]


def chosen(seed: int, number: int, names: list[str], hows: tuple[str, ...] = ANYHOW) -> Case:
    """Choose the case of a number: each round of cases has every fault once, in another order.

    Parameters
    ----------
    seed : int
        Of the suite.
    number : int
        From 0 on.
    names : list of str
        Faults that can be had.
    hows : tuple of str
        What may perform the tasks; each fault can be had with one of them.
    """
    turn, place = divmod(number, len(names))
    order = list(names)
    Random(f"{seed}/{turn}").shuffle(order)
    random = Random(f"{seed}/{number}")
    name = order[place]
    fault = FAULTS[name]
    kind, how = (
        random.choice(fault.kinds),
        random.choice([how for how in fault.hows if how in hows]),
    )
    # What is damaged between two runs is left by a run that is done as often as by one cut short.
    cut_short = not fault.again or fault.hows == ("external",) or random.random() < 0.5
    moment = None
    if fault.moments and cut_short:
        moment = drawn(fault.moments, kind, how == "serial", random)
    return Case(number, name, kind, how, moment, f"{seed}/{number}")
