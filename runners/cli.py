"""The command `maiscreen`. It imports inside `main`, so that Ctrl-C is heard from the start."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``maiscreen`` on the command line; what was typed there if left out.

    Returns
    -------
    int
        0 if it went well, 2 after bad input, 130 after Ctrl-C, 1 after any other mishap.
    """
    try:
        from maiscreen.runners import console

        return console.guarded(_perform, arguments)
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("maiscreen: error: interrupted; the same command goes on from here\n")
        return 130


def _perform(arguments: Sequence[str] | None) -> int:
    from maiscreen.runners.options import parser

    options = parser().parse_args(arguments)
    code: int = options.command(options)
    return code
