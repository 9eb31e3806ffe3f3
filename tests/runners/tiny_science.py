"""A science small enough to see through: the chlorides MCl of the campaign's metals."""

import ctypes
import os
import signal
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.runners.endings import StorageError
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.screens.screen import Quantity, Ranked, Screen, Seconds, Summary

BAD = 5
"""Index of the candidate that fails, where one does."""


def describe(campaign: Campaign, start: int, stop: int) -> pa.Table:
    metals = campaign.metals[start:stop]
    index = np.array([METALS.index(metal) for metal in metals], dtype=np.float64)
    return pa.table(
        {
            "key": [f"{metal}Cl:vapour" for metal in metals],
            "formula": [f"{metal}Cl" for metal in metals],
            "value": np.exp(-index / 7.3),
            "reason": pa.nulls(len(metals), pa.string()),
        }
    )


def choose(campaign: Campaign, described: pa.Table) -> pa.Table:
    value = described["value"].to_numpy()
    passed = value > 0.01
    rank = (np.argsort(np.argsort(-value)) + 1).tolist()
    noise = np.random.default_rng(campaign.seed).normal(size=value.size)
    nothing = pa.nulls(value.size, pa.string())
    columns = {
        "route": ["vapour"] * value.size,
        "passed": passed,
        "rejected_reason": [None if ok else "too small" for ok in passed],
        "rank": pa.array(
            [r if ok else None for r, ok in zip(rank, passed, strict=True)], pa.int64()
        ),
        "tier": pa.array(rank, pa.int64()),
        "expected_place": pa.array(rank, pa.float64()),
        "place_low": pa.array(rank, pa.int64()),
        "place_high": pa.array(rank, pa.int64()),
        "score": value,
        "score_std": np.abs(noise),
        "score_low": np.abs(noise),
        "score_high": np.abs(noise),
        "p_top_k": value,
        "reduction_potential_v": value,
        "name": nothing,
        "cas": nothing,
    }
    table = described
    for name, column in columns.items():
        table = table.append_column(name, pa.array(column))
    return table


class Tiny(Screen):
    """The chlorides of the metals; no data are needed."""

    seconds_each = 1e-3
    ranks_everyone = True

    @property
    def size(self) -> int:
        return len(self.campaign.metals)

    def task_rows(self, workers: int) -> int:
        return self.campaign.chunk_size

    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        return describe(self.campaign, start, stop)

    def summary(self, part: pa.Table) -> Summary:
        return Summary({"": part.num_rows})

    def rank(self, parts: Iterable[pa.Table], summaries: Sequence[Summary]) -> Ranked:
        table = choose(self.campaign, pa.concat_tables(parts).combine_chunks())
        reasons = table["rejected_reason"].to_pylist()
        gates = Counter(reason.split(":")[0] for reason in reasons if reason)
        return Ranked(table, {}, dict(gates))

    def distinct(self, ranking: pa.Table) -> pa.Table:
        return ranking.filter(ranking["passed"])

    def draw_worths(self, rows: pa.Table, samples: int) -> dict[str, np.ndarray]:
        raise NotImplementedError

    def draw_quantities(
        self, rows: pa.Table, samples: int
    ) -> tuple[tuple[Quantity, ...], np.ndarray]:
        raise NotImplementedError

    def identify(self, index: int) -> Mapping[str, object]:
        metal = self.campaign.metals[index]
        return {"key": f"{metal}Cl:vapour", "formula": f"{metal}Cl", "route": "vapour"}

    def compare(self) -> dict[str, object]:
        return {}

    def sources(self) -> dict[str, object]:
        return {"maiscreen": "0", "snapshot": "tiny", "packages": {}}


class OfNewCode(Tiny):
    def sources(self) -> dict[str, object]:
        return {**super().sources(), "code": "new"}


class OfNewData(Tiny):
    def sources(self) -> dict[str, object]:
        return {**super().sources(), "snapshot": "new"}


class Raising(Tiny):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        if start <= BAD < stop:
            raise ZeroDivisionError("a bad\nrow")
        return super().describe(start, stop)


class Dying(Tiny):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        if start <= BAD < stop:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().describe(start, stop)


class Never(Tiny):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        if start < stop:
            raise ZeroDivisionError("all rows are bad")
        return super().describe(start, stop)


class Interrupted(Tiny):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        if start >= 2 * self.campaign.chunk_size:
            raise KeyboardInterrupt
        return super().describe(start, stop)


class WhenTold(Tiny):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        return describe_when_told(self.campaign, start, stop)


class Slow(Tiny):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        return describe_slowly(self.campaign, start, stop)


def describe_slowly(campaign: Campaign, start: int, stop: int) -> pa.Table:
    time.sleep(0.3)
    return describe(campaign, start, stop)


def wait_for(gate: str) -> None:
    """Let this process's tasks wait for a file."""
    os.environ["TINY_GATE"] = gate


def describe_at_gate(campaign: Campaign, start: int, stop: int) -> pa.Table:
    """Wait, but for the first task, until there is a file of the name that the worker was given."""
    while start and not Path(os.environ["TINY_GATE"]).exists():
        time.sleep(0.01)
    return describe(campaign, start, stop)


def describe_when_told(campaign: Campaign, start: int, stop: int) -> pa.Table:
    """Wait, from the second task on, for somebody to open the pipe that the worker was given."""
    pipe = os.environ.get("TINY_PIPE", "")
    if start == campaign.chunk_size and pipe:
        with open(pipe) as told:  # noqa: PTH123
            told.read()
    return describe(campaign, start, stop)


SEGFAULTS, HANGS, EATS = 5, 21, 37
"""Indices of the candidates that do so, where some do."""


def describe_or_crash(campaign: Campaign, start: int, stop: int) -> pa.Table:
    if start <= SEGFAULTS < stop:
        ctypes.string_at(0)
    return describe(campaign, start, stop)


def _let_the_limit_pass() -> None:
    """Let this process think that an hour is over, so that nobody has to wait for the limit."""
    from maiscreen.runners.cluster import guard

    late = time.monotonic() + 3600
    guard.time = SimpleNamespace(monotonic=lambda: late)  # type: ignore[assignment]
    guard._arm_faulthandler()


def describe_or_hang(campaign: Campaign, start: int, stop: int) -> pa.Table:
    if start <= HANGS < stop:
        _let_the_limit_pass()
        ctypes.PyDLL(None).sleep(3600)  # in C, and nobody else gets the interpreter
    return describe_or_crash(campaign, start, stop)


def describe_or_eat(campaign: Campaign, start: int, stop: int) -> pa.Table:
    if start <= EATS < stop:
        eaten = [np.ones(1 << 24) for _ in range(8)]
        time.sleep(3600 + len(eaten))
    return describe(campaign, start, stop)


def perform_without_room(describe: object, campaign: Campaign, start: int, stop: int) -> object:
    raise StorageError("candidates/part-0.parquet", "No space left on device")


def perform_crash_or_wrongly(describe: object, campaign: Campaign, start: int, stop: int) -> object:
    """End the worker of the first task; fail in any other, once the gate is open."""
    if start == 0:
        os.abort()
    while not Path(os.environ["TINY_GATE"]).exists():
        time.sleep(0.01)
    raise ZeroDivisionError("nobody's\nfault")


def perform_wrongly(describe: object, campaign: Campaign, start: int, stop: int) -> object:
    raise ZeroDivisionError("nobody's\nfault")
