"""The options of `maiscreen cluster show`, and what --help says of the file of --cluster."""

from maiscreen.runners.cli import queue_commands as commands
from maiscreen.runners.cli.parser import Menu

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


def add(actions: Menu) -> None:
    """Add the action to the menu of `maiscreen cluster`."""
    about = "print the job script that --cluster FILE would submit"
    parser = actions.add_parser("show", help=about, description=about, epilog=SHOW_EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="a cluster file, see below")
    parser.set_defaults(command=commands.show)
