import io
import os
import pty
import sys
from collections.abc import Callable

import pytest

from maiscreen.runners.cli import main
from maiscreen.runners.cli.colour import print_styled, shows_colour

TABLE = """\
1393 candidates: 22 passed, 1371 rejected, 3 failed

rank  formula  score (90 %)
1     SnCl4    0.832

scores:
  SnCl4: 0.832
FAILED"""

COLOURED = """\
1393 candidates: 22 passed, 1371 rejected, \x1b[1;31m3 failed\x1b[0m

\x1b[1mrank  formula  score (90 %)\x1b[0m
1     \x1b[1;36mSnCl4\x1b[0m    0.832

\x1b[1mscores:\x1b[0m
  SnCl4: 0.832
\x1b[1;31mFAILED\x1b[0m
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    # `rich` asks them too, and may be told otherwise by whoever runs the tests.
    for name in ("COLORTERM", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def printed(text: str, stream: io.StringIO) -> str:
    print_styled(text, stream)
    return stream.getvalue()


def test_on_a_terminal() -> None:
    assert printed(TABLE, Terminal()) == COLOURED
    assert printed("maiscreen: error: x = 1: no", Terminal()).startswith("\x1b[1;31mmaiscreen: err")
    long = "[bold]a:b:smile: " + 200 * "1234 "
    assert printed(long, Terminal()) == long + "\n"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("NO_COLOR", "1", False),
        ("NO_COLOR", "", True),  # as https://no-color.org has it
        ("TERM", "dumb", False),
        ("TERM", "", False),
        ("FORCE_COLOR", "1", True),
    ],
)
def test_asked_for_none(
    name: str, value: str, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert shows_colour(Terminal()) == shown
    assert (printed(TABLE, Terminal()) == TABLE + "\n") != shown
    assert printed(TABLE, io.StringIO()) == TABLE + "\n"


def test_json_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    assert main.main(["snapshot", "verify", "--json"]) == 0
    assert "\x1b" not in stream.getvalue()


def test_a_strangers_codes_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    assert main.main(["explain", "\x1b[2J"]) == 2
    assert "\\x1b[2J" in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()


def test_in_a_real_terminal(read_terminal: Callable[[list[str]], str]) -> None:
    said = read_terminal(["snapshot", "verify"])
    assert "hulls" in said
    said = read_terminal(["shrtlist"])
    assert said.startswith("\x1b[1;31mmaiscreen: error:\x1b[0m COMMAND = 'shrtlist': did you mean")


@pytest.fixture
def read_terminal() -> Callable[[list[str]], str]:
    def read(words: list[str]) -> str:
        process, terminal = pty.fork()
        if process == 0:
            code = "import sys; from maiscreen.runners.cli.main import main; sys.exit(main())"
            os.execv(sys.executable, [sys.executable, "-c", code, *words])
        said = b""
        try:
            while more := os.read(terminal, 65536):
                said += more
        except OSError:  # the other end was closed
            pass
        os.close(terminal)
        os.waitpid(process, 0)
        return said.decode()

    return read
