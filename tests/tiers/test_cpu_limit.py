"""The limit of the fast tier, on a small suite whose time stands still between its tests."""

import subprocess
import sys
from pathlib import Path

import cpu_limit
import pytest

pytest_plugins = "pytester"

CONFTEST = """
import cpu_limit
import pytest

used = 0.0

def use(seconds):
    global used
    used += seconds

def pytest_configure(config):
    config.addinivalue_line("markers", "slow: of the other tier")
    config.pluginmanager.register(cpu_limit.CpuLimit())
    cpu_limit.cpu_s = lambda: used
    cpu_limit.slowness = lambda: 1.5

@pytest.fixture(scope="module")
def shared():
    use(24)

@pytest.fixture(scope="module")
def shared_less(request):
    use(14)

@pytest.fixture
def own(shared_less):
    use(3)

@pytest.fixture(name="use")
def _use():
    return use
"""

SUITE = """
import sys
import pytest

def test_uses_less(use):
    use(4)

def test_uses_more(use):
    use(5)

@pytest.mark.slow
def test_uses_more_and_says_so(use):
    use(5)

def test_loads_much(use, monkeypatch):
    for k in range(1000):
        monkeypatch.setitem(sys.modules, f"made_up_{k}", sys)
    use(5)

def test_shares_less(shared_less):
    pass

def test_shares_more(shared):
    pass

def test_comes_second(shared):
    pass

def test_has_a_fixture(own, use):
    use(2)
"""


def test_what_uses_too_much_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(SUITE)
    monkeypatch.setenv(cpu_limit.ENFORCED, "1")
    options = ("-p", "no:cacheprovider", "-p", "no:xdist", "--durations=2", "-rf")
    with monkeypatch.context() as kept:
        # The small suite changes them; this process goes on with its own.
        kept.setattr(cpu_limit, "cpu_s", cpu_limit.cpu_s)
        kept.setattr(cpu_limit, "slowness", cpu_limit.slowness)
        done = pytester.runpytest(*options)
    said = done.stdout.str().splitlines()
    failed = {line.split("::")[1].split(" ")[0] for line in said if "FAILED " in line}
    assert failed == {"test_uses_more", "test_shares_more", "test_has_a_fixture"}
    done.stdout.fnmatch_lines(
        [
            "the test used 5.0 s of the processor, 3 s are allowed in the fast tier: make it *",
            "the test's shared fixtures used 24.0 s of the processor, 15 s are allowed *",
            "*2 tests that used most of 24 CPU seconds*",
            "   5.00 s  test_what_uses_too_much_fails.py::test_*",
        ]
    )
    done.assert_outcomes(passed=5, failed=3)


def test_a_busy_machine_fails_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(SUITE)
    monkeypatch.delenv(cpu_limit.ENFORCED, raising=False)
    with monkeypatch.context() as kept:
        kept.setattr(cpu_limit, "cpu_s", cpu_limit.cpu_s)
        kept.setattr(cpu_limit, "slowness", cpu_limit.slowness)
        done = pytester.runpytest("-p", "no:cacheprovider", "-p", "no:xdist")
    done.assert_outcomes(passed=8)
    said = done.stdout.str().splitlines()
    long = {line.split("::")[1].split(":")[0] for line in said if "s are allowed in" in line}
    assert long == {"test_uses_more", "test_shares_more", "test_has_a_fixture"}


def test_what_children_use_is_counted() -> None:
    begun = cpu_limit.cpu_s()
    code = "import time\nwhile time.process_time() < 0.2: pass"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert cpu_limit.cpu_s() - begun > 0.15
    assert cpu_limit.slowness() >= 1


def test_this_suite_is_held_to_it(request: pytest.FixtureRequest) -> None:
    plugins = request.config.pluginmanager.get_plugins()
    assert any(type(one) is cpu_limit.CpuLimit for one in plugins)
    marks = {line.partition(":")[0] for line in request.config.getini("markers")}
    assert marks >= cpu_limit.OTHER_TIERS


def test_the_tier_is_what_is_not_marked(pytestconfig: pytest.Config) -> None:
    addopts = (Path(pytestconfig.rootpath) / "pyproject.toml").read_text(encoding="utf-8")
    for tier in cpu_limit.OTHER_TIERS:
        assert f"not {tier}" in addopts
