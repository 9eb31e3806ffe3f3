"""The command `maiscreen cluster show`. Heavy imports wait until it needs them."""

import argparse

from maiscreen.runners.cli.arguments import folder
from maiscreen.runners.cli.console import emit
from maiscreen.runners.endings import COMPLETE


def show(options: argparse.Namespace) -> int:
    """Print the job script that would be submitted."""
    from maiscreen.runners.cluster.queue import job_script
    from maiscreen.runners.cluster.queue_file import read_cluster_file

    emit(job_script(read_cluster_file(folder("FILE", options.file))).rstrip())
    return COMPLETE
