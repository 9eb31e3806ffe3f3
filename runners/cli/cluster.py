"""The commands of `maiscreen cluster`. Heavy imports wait until a command needs them."""

import argparse

from maiscreen.runners.cli.arguments import folder, whole
from maiscreen.runners.cli.console import emit
from maiscreen.runners.endings import COMPLETE


def certificates(options: argparse.Namespace) -> int:
    """Make an authority and certificates, and print the commands that use them."""
    from maiscreen.runners.cluster.certificates import MAX_DAYS, commands, make

    days = whole("--days", options.days, MAX_DAYS)
    made = make(folder("DIR", options.folder), options.host, days)
    emit(f"Written to {made}, good for {days} days, readable by you alone.\n")
    emit(commands(made, options.host))
    return COMPLETE
