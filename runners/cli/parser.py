"""The parser of the command line: its errors are one line, and name the help that helps."""

import argparse
import re
import sys
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NoReturn, TypeAlias

from maiscreen.runners.cli.console import complain, emit

_CHOICE = re.compile(r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)")

_OPTION = re.compile(r"-[^\d.]")


class Parser(argparse.ArgumentParser):
    """An ArgumentParser of one-line errors, that keeps line breaks and takes no abbreviations."""

    given: Sequence[str] = ()

    def __init__(self, **options: Any) -> None:
        formatter = argparse.RawDescriptionHelpFormatter
        super().__init__(formatter_class=formatter, allow_abbrev=False, **options)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the arguments; what is left over is an error of the command that it was for."""
        self.given = list(sys.argv[1:] if args is None else args)
        parsed, left = super().parse_known_args(self.given, namespace)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return parsed, left

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end with 2."""
        one_line = " ".join(message.split())
        unknown = self._unknown()
        if unknown and "arguments are required" in one_line:
            # An option that does not exist is the nearer cause than what is missing beside it.
            one_line = f"unrecognized arguments: {unknown}"
        chosen = _CHOICE.fullmatch(one_line)
        if chosen:
            one_line = "{} = {}: give one of {}".format(*chosen.groups())
        raise SystemExit(complain(f"{one_line}; see: {self.prog} --help", 2))

    def _print_message(self, message: str, file: object = None) -> None:
        """Print help or version; argparse would say nothing if it could not."""
        emit(message.rstrip("\n"))

    def _unknown(self) -> str:
        """Give the options among the arguments that do not exist."""
        options = takewhile(lambda text: text != "--", self.given)
        known = self._option_string_actions
        return " ".join(o for o in options if _OPTION.match(o) and o.split("=")[0] not in known)


Menu: TypeAlias = "argparse._SubParsersAction[Parser]"
"""Commands, or the actions of one."""
