import os
import signal
import subprocess
import sys
import textwrap

import presses
import pytest

from maiscreen.runners.interrupts import StopSignal, run_interruptibly

PRESSES = int(os.environ.get("PRESSES", "12"))

COMMAND = """\
import os, signal, sys, time
from maiscreen.runners import interrupts
from maiscreen.runners.interrupts import held, last_words, run_interruptibly

def press(number=signal.SIGINT):
    os.kill(os.getpid(), number)

{body}

sys.exit(run_interruptibly(perform, owns_process=True))
"""
"""A command of its own process; `perform` is what it does."""


def end(body: str) -> tuple[int, str, str]:
    """Run a command to its end: exit code, stdout, stderr."""
    code = COMMAND.format(body=textwrap.dedent(body))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout, done.stderr


def test_ends_with_one_line_and_what_is_open_is_closed() -> None:
    body = """
    def perform():
        try:
            press()
            time.sleep(300)
        finally:
            print("closed")
    """
    assert end(body) == (130, "closed\n", presses.LINE)


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_swallowed_and_raised_again(name: str, code: int) -> None:
    body = f"""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where the tests run under nohup
    def perform():
        for _ in range(3):
            try:
                press(signal.{name}) if not _ else time.sleep(300)
            except BaseException:
                pass
        time.sleep(300)
    """
    assert end(body) == (code, "", presses.LINE)


def test_lost_in_a_finaliser() -> None:
    body = """
    class Loser:
        def __del__(self):
            press()
            time.sleep(300)
    def perform():
        Loser()
        time.sleep(300)
    """
    assert end(body) == (130, "", presses.LINE)


@pytest.mark.parametrize("error", ["ImportError('numpy')", "SystemExit(7)", "OSError(1, 'x')"])
def test_turned_into_another_error(error: str) -> None:
    body = f"""
    def perform():
        try:
            press()
            time.sleep(300)
        except KeyboardInterrupt:
            raise {error}
    """
    assert end(body) == (130, "", presses.LINE)


def test_waits_for_what_must_not_be_torn_apart() -> None:
    body = """
    def perform():
        with held():
            press()
            time.sleep(0.5)
            print("whole")
        time.sleep(300)
    """
    assert end(body) == (130, "whole\n", presses.LINE)


def test_ended_by_force() -> None:
    """What cannot be closed is left; its processes are ended."""
    body = """
    import multiprocessing
    interrupts.LIMIT_S = 0.5
    def perform():
        multiprocessing.get_context("fork").Process(target=time.sleep, args=(300,)).start()
        with last_words(lambda: os.write(1, b"last words")):
            try:
                press()
            finally:
                time.sleep(300)
    """
    assert end(body) == (130, "last words", presses.LINE)


def test_the_second_ends_at_once() -> None:
    body = """
    interrupts.LIMIT_S = 300
    def perform():
        try:
            press()
        finally:
            time.sleep(1)
            press()
            time.sleep(300)
    """
    assert end(body) == (130, "", presses.LINE)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_ignored_once_the_command_has_ended(name: str) -> None:
    body = f"""
    import atexit
    atexit.register(press, signal.{name})
    def perform():
        print("done")
        return 3
    """
    assert end(body) == (3, "done\n", "")


def test_other_errors_are_errors() -> None:
    code, _, said = end("def perform(): raise ValueError('a fault')")
    assert code == 1
    assert said.endswith("ValueError: a fault\n")


def test_only_default_handlers_are_replaced() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does

    def perform() -> int:
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        with pytest.raises(StopSignal, match="interrupted by SIGTERM"):
            signal.raise_signal(signal.SIGTERM)
        return 7

    try:
        assert run_interruptibly(perform, owns_process=False) == 7
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> presses.Scene:
    return presses.Scene(tmp_path_factory.mktemp("presses"))


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "share", "number"), list(presses.draw(PRESSES, seed=7)))
def test_whatever_the_moment(scene: presses.Scene, kind: str, share: float, number: int) -> None:
    press = scene.press(kind, share, number)
    assert not press.faults, press
