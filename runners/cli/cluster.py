"""The commands of `maiscreen cluster`. Heavy imports wait until a command needs them."""

import argparse
from typing import Any

from maiscreen.runners.cli.arguments import add_command, parse_folder, parse_whole_number
from maiscreen.runners.cli.console import Menu, emit
from maiscreen.runners.cli.output import OutputFolder
from maiscreen.runners.endings import COMPLETE


def certificates(options: argparse.Namespace) -> int:
    """Make an authority and certificates, and print the commands that use them."""
    from maiscreen.runners.cluster.certificates import MAX_DAYS, commands, make_certificates

    days = parse_whole_number("--days", options.days, MAX_DAYS)
    made = make_certificates(parse_folder("DIR", options.folder), options.host, days)
    emit(f"Written to {made}, good for {days} days, readable by you alone.\n")
    emit(commands(made, options.host))
    return COMPLETE


def show(options: argparse.Namespace) -> int:
    """Print the job script that would be submitted."""
    from maiscreen.runners.cluster.queue import job_script
    from maiscreen.runners.cluster.queue_file import read_cluster_file

    emit(job_script(read_cluster_file(parse_folder("FILE", options.file))).rstrip())
    return COMPLETE


SHOW_EXAMPLES = """\
examples:
  maiscreen cluster show slurm.yaml
  maiscreen run wide.toml --out wide --cluster slurm.yaml

A cluster file:
  kind: slurm                # or pbs, sge, lsf, htcondor
  jobs: 20                   # in the queue at a time, at most
  cores: 8                   # of a job; each is a worker
  memory: 16 GiB             # of a job
  walltime: 04:00:00         # workers leave before it, and new jobs go on
  interface: ib0             # where the scheduler listens; this machine alone if left out
and what may be left out:
  least_jobs: 1              # kept even when fewer tasks are left
  margin: 5 min              # before the walltime; 0 for never
  queue: normal
  account: mine
  resources: …               # in the queue's words (pbs, sge)
  disk: 2 GB                 # htcondor needs it
  host: 10.0.0.5             # in place of interface
  port: 8786                 # of the scheduler (default any)
  tls: certs                 # a folder of cluster certificates (default auto: for this run alone)
  insecure: true             # neither encryption nor certificates
  shared_directory: DIR      # where workers find the certificates of auto (default: this folder)
  local_directory: DIR       # scratch of workers
  log_directory: DIR         # output of the jobs
  python: /opt/env/bin/python
  prologue: [module load python]
  directives: [--constraint=skylake]
  wait: 1 day                # for the first job to begin
  dashboard: true            # http://127.0.0.1:8787, or HOST:PORT

It names commands to run: read a stranger's before you use it. See docs/clusters.md."""


def add_show(actions: Menu) -> None:
    """Add the action to the menu of `maiscreen cluster`."""
    about = "print the job script that --cluster FILE would submit"
    parser = add_command(actions, "show", show, about, epilog=SHOW_EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="a cluster file, see below")


CERTIFICATES = """\
Make an authority of your own and certificates for the scheduler, the workers and yourself. With
them only their holders reach the cluster, and all that travels is encrypted. What each host needs
lies in one folder: scheduler/, worker/, client/, with a dask.yaml for the stock `dask scheduler`
and `dask worker`. Nothing is overwritten. See docs/security.md."""

CERTIFICATES_EXAMPLES = """\
examples:
  maiscreen cluster certificates certs --host node1 --host 10.0.0.1 --days 90
  maiscreen run --out mine --scheduler tls://node1:8786 --tls certs"""


def add(menu: Menu) -> None:
    """Add the command with its actions to the menu."""
    about = "certificates for a cluster, workers in the jobs of a queue"
    parser = menu.add_parser("cluster", help=about, description=about)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    add_show(actions)
    parser = add_command(
        actions,
        "certificates",
        certificates,
        "certificates for scheduler, workers and client",
        description=CERTIFICATES,
        epilog=CERTIFICATES_EXAMPLES,
    )
    about = "folder to make; it may be there, empty"
    parser.add_argument("folder", type=OutputFolder, metavar="DIR", help=about)
    parser.add_argument(
        "--host",
        action="append",
        required=True,
        metavar="NAME",
        help="name or address of a host, the scheduler's first; again for each other",
    )
    parser.add_argument("--days", default="365", metavar="N", help="good for so long (default 365)")


def add_connection(parser: Any) -> None:
    """Add the options that say how a scheduler is spoken to."""
    parser.add_argument(
        "--tls", metavar="DIR", help="certificates for a scheduler at tls://: cluster certificates"
    )
    parser.add_argument(
        "--insecure",
        action="store_true",
        help="let all that reach a tcp:// scheduler elsewhere read and run anything",
    )
    parser.add_argument(
        "--dashboard", action="store_true", help="Dask's dashboard, on this machine; print its link"
    )
