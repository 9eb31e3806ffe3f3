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
        What :mod:`maiscreen.runners.endings` says: 0 complete, 1 failed, 2 bad input, 3 partial,
        130 after Ctrl-C, 143 after SIGTERM.
    """
    try:
        from maiscreen.runners.cli import console

        return console.run_guarded(_perform, arguments)
    except KeyboardInterrupt as stop:
        if sys.stderr is not None:
            sys.stderr.write("maiscreen: error: interrupted; the same command goes on from here\n")
        return int(getattr(stop, "code", 130))


def _perform(arguments: Sequence[str] | None) -> int:
    from maiscreen.runners.cli.parser import parser
    from maiscreen.runners.kernels import pin

    options = parser().parse_args(arguments)
    pin()  # before the command loads NumPy
    code: int = options.command(options)
    return code
