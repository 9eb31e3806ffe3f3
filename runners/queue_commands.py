"""The command `maiscreen cluster show`. Heavy imports wait until it needs them."""

import argparse

from maiscreen.runners.arguments import folder
from maiscreen.runners.console import emit
from maiscreen.runners.endings import COMPLETE


def show(options: argparse.Namespace) -> int:
    """Print the job script that would be submitted."""
    from maiscreen.runners.cluster_file import read_cluster_file
    from maiscreen.runners.jobqueue import job_script

    emit(job_script(read_cluster_file(folder("FILE", options.file))).rstrip())
    return COMPLETE
