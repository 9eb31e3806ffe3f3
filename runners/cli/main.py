"""The command `maiscreen`. It imports inside `main`, so that Ctrl-C is heard from the start."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``maiscreen`` on the command line. If left out, what was typed there; the
        process is then the command's own, and is ended by force if it does not end otherwise
        within seconds of Ctrl-C, SIGTERM or SIGHUP.

    Returns
    -------
    int
        What :mod:`maiscreen.runners.endings` says: 0 complete, 1 failed, 2 bad input, 3 partial,
        130 after Ctrl-C, 143 after SIGTERM.
    """
    try:
        from maiscreen.runners.interrupts import run_interruptibly

        return run_interruptibly(lambda: _guarded(arguments), owns_process=arguments is None)
    except KeyboardInterrupt as stop:
        # Before the handlers were there, or after they had gone.
        if sys.stderr is not None:
            sys.stderr.write("maiscreen: error: interrupted; the same command goes on from here\n")
        return int(getattr(stop, "code", 130))


def _guarded(arguments: Sequence[str] | None) -> int:
    from maiscreen.runners.cli import console

    return console.run_guarded(_perform, arguments)


def _perform(arguments: Sequence[str] | None) -> int:
    from maiscreen.runners.cli.output import check_outputs
    from maiscreen.runners.cli.parser import parser
    from maiscreen.runners.kernels import pin

    options = parser().parse_args(arguments)
    pin()  # before the command loads NumPy
    check_outputs(options)
    code: int = options.command(options)
    return code
