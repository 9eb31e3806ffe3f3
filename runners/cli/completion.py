"""`maiscreen completion`: scripts that complete commands, options and choices in a shell."""

import argparse
from collections.abc import Iterator
from functools import partial

from maiscreen.runners.cli.console import Menu, Parser, emit
from maiscreen.runners.endings import COMPLETE

SHELLS = ("bash", "zsh", "fish")

ABOUT = "print a script with which a shell completes commands, options and choices"

EPILOG = """\
Once, or again after an update:
  maiscreen completion bash > ~/.local/share/bash-completion/completions/maiscreen
  maiscreen completion zsh > ~/.zfunc/_maiscreen
  maiscreen completion fish > ~/.config/fish/completions/maiscreen.fish

~/.zshrc needs, before compinit: fpath+=~/.zfunc"""


def add(menu: Menu, top: Parser) -> None:
    """Add the command to the menu.

    Parameters
    ----------
    menu : Menu
        Of all commands.
    top : Parser
        What is to be completed.
    """
    parser = menu.add_parser("completion", help=ABOUT, description=ABOUT, epilog=EPILOG)
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
    parser.set_defaults(command=partial(completion, top))


def completion(top: Parser, options: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    for action in _actions(top):
        # What --help says of a command in a line, not its whole description.
        for choice in getattr(action, "_choices_actions", ()):
            action.choices[choice.dest].description = choice.help  # type: ignore[index]
        name = str(action.metavar)
        if "DIR" in name:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif "FILE" in name or name.endswith(".toml"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    emit(shtab.complete(top, options.shell))
    return COMPLETE


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments and options of a parser and of all its commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
