"""What a command says beside its output: what it is doing, before it can count; remarks."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CLEAR = "\r\x1b[2K"


@contextmanager
def show_stage(stage: str, *, quiet: bool) -> Iterator[None]:
    """Show what is being done while it lasts.

    Parameters
    ----------
    stage : str
        Such as ``load data``.
    quiet : bool
        Show nothing; neither is anything shown if stderr is closed or no terminal.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    sys.stderr.write(f"\r{stage} …")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()


def print_remark(text: str) -> None:
    """Print a remark on stderr, if there is one."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(f"maiscreen: {text}", file=sys.stderr)
