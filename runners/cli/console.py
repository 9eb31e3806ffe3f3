"""Output to a terminal, a pipe, full or closed; the parser that reports bad arguments."""

import argparse
import errno
import io
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import takewhile
from typing import Any, NoReturn, TypeAlias

from maiscreen.candidates.errors import InputError, did_you_mean, harmless
from maiscreen.runners.cli.colour import print_styled
from maiscreen.runners.endings import BAD_INPUT as BAD_INPUT
from maiscreen.runners.endings import COMPLETE as COMPLETE
from maiscreen.runners.endings import FAILED as FAILED
from maiscreen.runners.endings import PARTIAL as PARTIAL
from maiscreen.runners.endings import EndingError
from maiscreen.runners.interrupts import errors_as_interrupts

_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]")


class StdoutError(Exception):
    """Standard output cannot be written; the cause is an `OSError`."""


def run_guarded(
    perform: Callable[[Sequence[str] | None], int], arguments: Sequence[str] | None
) -> int:
    """Perform a command; turn what goes wrong into one line on stderr and an exit code."""
    _prepare_streams()
    try:
        try:
            with errors_as_interrupts():
                code = perform(arguments)
        finally:
            # What argparse printed before SystemExit is flushed here too.
            _flush()
    except InputError as error:
        return print_error(str(error), BAD_INPUT)
    except EndingError as error:
        return print_error(str(error), error.code)
    except BrokenPipeError:
        _abandon_stdout()
        return 128 + signal.SIGPIPE
    except StdoutError as error:
        _abandon_stdout()
        return print_error(f"stdout cannot be written: {error}", FAILED)
    return code


def print_error(message: str, code: int) -> int:
    """Print an error on stderr, if there is one; give the exit code back."""
    if sys.stderr is not None:
        with suppress(OSError):
            print_styled(harmless(f"maiscreen: error: {message}"), sys.stderr)
    return code


def exit_code_of_run(failed: int, out: object) -> int:
    """End a run that has done everything: give its exit code, and say what failed."""
    if not failed:
        return COMPLETE
    which = "1 candidate" if failed == 1 else f"{failed} candidates"
    return print_error(f"{which} failed; done again by: maiscreen retry {out} --failed", PARTIAL)


def emit(text: str) -> None:
    """Print a text for the reader; characters that the terminal lacks become ``?``.

    What a terminal would act on is written out: names may come from anybody's files.
    """
    _write(lambda: print_styled(harmless(text), sys.stdout))


def emit_json(text: str) -> None:
    """Print JSON so that no character is lost: escaped where stdout is not UTF-8.

    JSON has other characters than ASCII in its strings alone, where an escape is as good.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    whole = encoding.lower().replace("-", "") == "utf8" and text == harmless(text)
    _write(lambda: print(harmless(text if whole else _escape_non_ascii(text))))


def emit_csv(text: str) -> None:
    """Print CSV as UTF-8, whatever the terminal's encoding: its reader is a program."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        _write(lambda: print(text, end=""))
        return
    _flush()
    _write(lambda: buffer.write(text.encode()))


def _escape_non_ascii(text: str) -> str:
    r"""Escape what is not ASCII as JSON does.

    Examples
    --------
    >>> print(_escape_non_ascii('{"a": "→ °"}'))
    {"a": "\u2192 \u00b0"}
    """
    import json

    return _BEYOND_ASCII.sub(lambda found: json.dumps(found.group())[1:-1], text)


def _write(write: Callable[[], object]) -> None:
    if sys.stdout is None:
        raise StdoutError(os.strerror(errno.EBADF))
    try:
        write()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StdoutError(error.strerror or error) from error


def _flush() -> None:
    if sys.stdout is not None:
        _write(sys.stdout.flush)


def _prepare_streams() -> None:
    """Make the standard streams such that nothing but a full disk fails at them."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What the terminal's encoding lacks, such as ±, becomes a question mark.
        sys.stdout.reconfigure(errors="replace")
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Closed by the caller: a file opened later must not get its number.
            os.open(os.devnull, os.O_RDWR)


def _abandon_stdout() -> None:
    """Let what is still in the buffer not fail again at exit."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_CHOICE = re.compile(r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)")

_OPTION = re.compile(r"-[^\d.]")


class Parser(argparse.ArgumentParser):
    """An ArgumentParser of one-line errors, that keeps line breaks and takes no abbreviations."""

    given: Sequence[str] = ()

    def __init__(self, **options: Any) -> None:
        formatter = argparse.RawDescriptionHelpFormatter
        super().__init__(formatter_class=formatter, allow_abbrev=False, **options)

    def arguments(self) -> list[argparse.Action]:
        """List the arguments and options of this command."""
        return self._actions

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the arguments; what is left over is an error of the command that it was for."""
        self.given = list(sys.argv[1:] if args is None else args)
        parsed, left = super().parse_known_args(self.given, namespace)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return parsed, left

    def error(self, message: str) -> NoReturn:
        """Describe what is wrong with the arguments and end with 2."""
        one_line = " ".join(message.split())
        unknown = self._unknown()
        if unknown and "arguments are required" in one_line:
            # An option that does not exist is the nearer cause than what is missing beside it.
            one_line = f"unrecognized arguments: {' '.join(unknown)}"
        if unknown and one_line.startswith("unrecognized"):
            one_line += did_you_mean(unknown[0].split("=")[0], self._option_string_actions, "; {}")
        chosen = _CHOICE.fullmatch(one_line)
        if chosen:
            name, value, words = chosen.groups()
            near = did_you_mean(value.strip("'"), re.findall(r"[\w-]+", words))
            if value.strip("'") in ("help", "version"):
                near = f"did you mean --{value.strip(chr(39))}?"
            one_line = f"{name} = {value}: {near or f'give one of {words}'}"
        see = "" if one_line.endswith("?") else ";"
        raise SystemExit(print_error(f"{one_line}{see} see: {self.prog} --help", 2))

    def _print_message(self, message: str, file: object = None) -> None:
        """Print help or version; argparse would say nothing if it could not."""
        # Without colour, which would take as long again.
        _write(lambda: print(message.rstrip("\n")))

    def _unknown(self) -> list[str]:
        """Return the options among the arguments that do not exist."""
        options = takewhile(lambda text: text != "--", self.given)
        known = self._option_string_actions
        return [o for o in options if _OPTION.match(o) and o.split("=")[0] not in known]


Menu: TypeAlias = "argparse._SubParsersAction[Parser]"
"""Commands, or the actions of one."""
