"""Ctrl-C, SIGTERM and SIGHUP: whatever the moment, a command ends within seconds, and in one line.

The handler raises `StopSignal` in the main thread, which may lose it: an extension that is being
imported turns it into an error of its own, a callback or a finaliser prints and drops it. So a
thread, which the signal wakes through a pipe, asks the main thread again and again. If no interrupt
is on its way out there, it is raised once more; after `LIMIT_S` the process is ended by force.
"""

import os
import signal
import sys
import time
from _thread import allocate_lock, get_ident, start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

LINE = "maiscreen: error: interrupted; the same command goes on from here"

LIMIT_S = 3.0
"""Time to close what is open; then the process is ended by force."""

_AGAIN_S = 0.1
"""How often the main thread is asked whether an interrupt is on its way out."""

_TWICE_S = 0.3
"""Signals within so short a time are one: some programs send their children what the terminal has
sent them already."""

_LAST_WORDS_S = 0.5
"""Time for what has to be written before the process is ended by force."""

_DEFAULTS: dict[signal.Signals, Any] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
}
"""Signals that end a command, and their handlers if nobody has set another, as ``nohup`` does."""

_ASK = signal.SIGURG
"""Sent to the main thread to ask it; ignored by whatever does not know it."""


class StopSignal(KeyboardInterrupt):
    """The user or the system wants the command to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.code = 128 + number


class _Listener:
    """What is known of the signals that have come."""

    def __init__(self) -> None:
        self.number = 0
        self.limit_s = LIMIT_S
        self.holds = 0
        self.is_over = False
        self.last_words: list[Callable[[], None]] = []
        self._main = get_ident()
        self._report = allocate_lock()

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal."""
        self.number = self.number or number
        if _listener is self:
            _silence_others()
        self.deliver()

    def deliver(self, *_: object) -> None:
        """Raise the interrupt, unless one is on its way out, or must wait."""
        if self.number and not self.holds and not self.is_over and not _is_on_its_way_out():
            raise StopSignal(self.number)

    def watch(self, pipe: int) -> None:
        """Wait for a signal, and see that the process ends.

        Parameters
        ----------
        pipe : int
            File descriptor from which the numbers of signals can be read, a byte each.
        """
        numbers: list[int] = []
        while not numbers:
            numbers = [number for number in os.read(pipe, 64) if number in _DEFAULTS]
        begun = time.monotonic()
        self.number = self.number or numbers[0]
        signal.pthread_kill(self._main, _ASK)
        time.sleep(_TWICE_S)
        os.set_blocking(pipe, False)
        _read_numbers(pipe)
        while time.monotonic() - begun < self.limit_s and not _read_numbers(pipe):
            signal.pthread_kill(self._main, _ASK)
            time.sleep(_AGAIN_S)
        self._end_by_force()

    def report(self) -> int:
        """Print the line, if nobody has yet; give the exit code."""
        if self._report.acquire(blocking=False) and sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.write(f"{LINE}\n")
                sys.stderr.flush()
        return 128 + self.number

    def _end_by_force(self) -> None:
        start_new_thread(self._say_last_words, ())
        begun = time.monotonic()
        while self.last_words and time.monotonic() - begun < _LAST_WORDS_S:
            time.sleep(0.01)
        end_children()
        if self._report.acquire(blocking=False):
            with suppress(OSError):
                # Not by `sys.stderr`: the main thread may be in the middle of it.
                os.write(2, f"{LINE}\n".encode())
        os._exit(128 + self.number)

    def _say_last_words(self) -> None:
        while self.last_words:
            with suppress(Exception):
                self.last_words[-1]()
            self.last_words.pop()


_listener: _Listener | None = None
"""Of this process, while it runs a command from the console."""


def run_interruptibly(perform: Callable[[], int], *, owns_process: bool) -> int:
    """Run a command that signals can end.

    Parameters
    ----------
    perform : callable
        The command; gives its exit code.
    owns_process : bool
        The process has nothing else to do: it may be ended by force, and signals are ignored once
        the command has ended. Otherwise they raise `StopSignal`, and that is all.

    Returns
    -------
    int
        Exit code of the command; 128 and the number of the signal if it was interrupted.
    """
    global _listener
    listener = _Listener()
    mine = _install(listener)
    if owns_process and mine:
        _listener = listener
        _start_watching(listener)
    try:
        return perform()
    except BaseException as error:
        listener.is_over = True
        # Whatever error an interrupt was turned into on its way.
        if not listener.number and not isinstance(error, KeyboardInterrupt):
            raise
        if owns_process:
            end_children()
        listener.number = listener.number or signal.SIGINT
        return listener.report()
    finally:
        listener.is_over = True
        for number in mine:
            # The interpreter needs a moment to end, in which nothing is left to be interrupted.
            signal.signal(number, signal.SIG_IGN if owns_process else _DEFAULTS[number])


def _install(listener: _Listener) -> list[signal.Signals]:
    """Set the handlers that nobody has set otherwise; outside the main thread none can be."""
    with suppress(ValueError):
        mine = [number for number in _DEFAULTS if signal.getsignal(number) is _DEFAULTS[number]]
        for number in mine:
            signal.signal(number, listener.hear)
        return mine
    return []


def _start_watching(listener: _Listener) -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    signal.signal(_ASK, listener.deliver)
    # Not one of `threading`: importing that takes longer than all of this.
    start_new_thread(listener.watch, (read,))


@contextmanager
def errors_as_interrupts() -> Iterator[None]:
    """Let an error that comes after an interrupt be one: it is what the interrupt turned into."""
    try:
        yield
    except Exception as error:
        if _listener is None or not _listener.number:
            raise
        raise StopSignal(_listener.number) from error


@contextmanager
def held() -> Iterator[None]:
    """Let an interrupt wait until what must not be torn apart is done."""
    if _listener is None:
        yield
        return
    _listener.holds += 1
    try:
        yield
    finally:
        _listener.holds -= 1
        _listener.deliver()


@contextmanager
def patience(limit_s: float) -> Iterator[None]:
    """Allow what is opened within more time than `LIMIT_S` to close.

    Parameters
    ----------
    limit_s : float
        Seconds from the interrupt on.
    """
    if _listener is None:
        yield
        return
    before, _listener.limit_s = _listener.limit_s, limit_s
    try:
        yield
    finally:
        if not _listener.number:
            _listener.limit_s = before


@contextmanager
def last_words(say: Callable[[], None]) -> Iterator[None]:
    """Have something done should the process be ended by force within.

    Parameters
    ----------
    say : callable
        Done in another thread, in half a second at most.
    """
    words = [] if _listener is None else _listener.last_words
    words.append(say)
    try:
        yield
    finally:
        with suppress(ValueError):
            words.remove(say)


def end_children() -> None:
    """End the worker processes that are left, without asking them."""
    # What has not been imported has started none; and whoever is to end must not wait for imports.
    processes = sys.modules.get("multiprocessing.process")
    for child in [] if processes is None else processes.active_children():
        with suppress(Exception):
            child.kill()


def _is_on_its_way_out() -> bool:
    """Return whether the main thread, which asks, is closing what an interrupt leaves behind."""
    error = sys.exception()
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def _read_numbers(pipe: int) -> list[int]:
    with suppress(BlockingIOError):
        return [number for number in os.read(pipe, 64) if number in _DEFAULTS]
    return []


def _silence_others() -> None:
    """Let threads and finalisers keep to themselves what the interrupt does to them."""
    sys.unraisablehook = _ignore
    if "threading" in sys.modules:
        sys.modules["threading"].excepthook = _ignore  # type: ignore[attr-defined]


def _ignore(*_: object) -> None:
    """Do nothing."""
