"""A limit for the tests of the fast tier, in seconds of the processor.

An unmarked test whose setup and call use more than `LIMIT_S` is named at the end, so that
`make test` stays short: it becomes shorter, or is marked ``slow``. Only where `ENFORCED` is set, as
in the continuous integration, does it fail. Counted is what this process and the child processes
that it has waited for use, not what the clock shows; but work whose caches and cores others use
takes more of the processor as well, up to twice as much, and :func:`slowness` sees not all of it.
What is shared is not charged to the test that happens to come first: fixtures of a module or a
session have a limit of their own, and a module that is imported adds to the limit.
"""

import math
import os
import sys
import time
from collections.abc import Generator
from itertools import islice

import pytest
from _pytest.fixtures import FixtureDef

LIMIT_S = 3.0
"""For a test; those that took more than 1 s where the tiers were drawn are marked ``slow``."""

SHARED_LIMIT_S = 15.0
"""For the shared fixtures that one test is the first to ask for."""

MODULE_S = 0.003
"""Added to both limits for each module that is loaded meanwhile; a heavy library is thousands."""

FIXED_WORK_S = 0.045
"""Time of :func:`slowness`'s fixed work on the machine where the tiers were drawn."""

ENFORCED = "MAISCREEN_CPU_LIMIT"
"""Variable of the environment: set to 1, what is over the limit fails."""

OTHER_TIERS = frozenset({"slow", "browser", "cluster", "data", "live", "potential", "wheel"})


def cpu_s() -> float:
    """Give the time of the processor that this process and its finished children have used."""
    used = os.times()
    return time.process_time() + used.children_user + used.children_system


def slowness() -> float:
    """Say how many times longer a fixed piece of work takes here and now; 1 at least."""
    begun = time.process_time()
    total = 0.0
    for k in range(500_000):
        total += math.sqrt(k)
    return max(1.0, (time.process_time() - begun) / FIXED_WORK_S)


class CpuLimit:
    """The hooks.

    Parameters
    ----------
    limit_s, shared_limit_s : float
        Limits of a test, and of the shared fixtures that it is the first to ask for.
    """

    def __init__(self, limit_s: float = LIMIT_S, shared_limit_s: float = SHARED_LIMIT_S) -> None:
        self._limit_s, self._shared_limit_s = limit_s, shared_limit_s
        self._begun, self._shared, self._modules, self._nested = 0.0, 0.0, 0, 0
        self._used: dict[str, float] = {}
        self._long: dict[str, str] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: FixtureDef[object]
    ) -> Generator[None, object, object]:
        """Set apart what a fixture of a module or a session costs."""
        if fixturedef.scope == "function" or self._nested:
            return (yield)
        self._nested, begun = 1, cpu_s()
        try:
            return (yield)
        finally:
            self._nested = 0
            self._shared += cpu_s() - begun

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Generator[None, None, None]:
        """Begin to count."""
        self._begun, self._shared, self._modules = cpu_s(), 0.0, len(sys.modules)
        return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Note what a test used; fail it if that is too much and it is of the fast tier."""
        try:
            yield
        finally:
            shared, own = self._shared, cpu_s() - self._begun - self._shared
            item.user_properties.append(("cpu_s", round(own, 3)))
        over = self._over(item, own, shared)
        item.user_properties.append(("cpu_over", over))
        if over and os.environ.get(ENFORCED) == "1":
            pytest.fail(over, pytrace=False)

    def _over(self, item: pytest.Item, own: float, shared: float) -> str:
        """Describe what a test of the fast tier used beyond its limits; nothing if it did not."""
        if any(mark.name in OTHER_TIERS for mark in item.iter_markers()):
            return ""
        more = MODULE_S * max(0, len(sys.modules) - self._modules)
        for what, used, limit in (
            ("test", own, self._limit_s),
            ("test's shared fixtures", shared, self._shared_limit_s),
        ):
            if used > limit + more and used > (limit + more) * slowness():
                return (
                    f"the {what} used {used:.1f} s of the processor, {limit:g} s are allowed in"
                    " the fast tier: make it shorter, or mark it slow (tests/README.md)"
                )
        return ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect what the tests used, of all processes of xdist."""
        if report.when == "call":
            noted = dict(report.user_properties)
            self._used[report.nodeid] = noted.get("cpu_s", 0.0)
            if report.passed and noted.get("cpu_over"):
                self._long[report.nodeid] = str(noted["cpu_over"])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the tests over their limit; with ``--durations=N``, the N that used most, too."""
        if self._long:
            terminalreporter.section("over the limit of the fast tier, on this machine now")
        for name, over in sorted(self._long.items()):
            terminalreporter.write_line(f"{name}: {over}")
        most = terminalreporter.config.option.durations
        if not most:
            return
        total = sum(self._used.values())
        terminalreporter.section(f"{most} tests that used most of {total:.0f} CPU seconds")
        for name, used in islice(sorted(self._used.items(), key=lambda pair: -pair[1]), most):
            terminalreporter.write_line(f"{used:7.2f} s  {name}")
