"""The options of `maiscreen cluster`, and what --help says of them."""

from typing import Any

from maiscreen.runners.cli import cluster as commands
from maiscreen.runners.cli import queue_options
from maiscreen.runners.cli.parser import Menu

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
    queue_options.add(actions)
    parser = actions.add_parser(
        "certificates",
        help="certificates for scheduler, workers and client",
        description=CERTIFICATES,
        epilog=CERTIFICATES_EXAMPLES,
    )
    parser.add_argument("folder", metavar="DIR", help="folder to make; it may be there, empty")
    parser.add_argument(
        "--host",
        action="append",
        required=True,
        metavar="NAME",
        help="name or address of a host, the scheduler's first; again for each other",
    )
    parser.add_argument("--days", default="365", metavar="N", help="good for so long (default 365)")
    parser.set_defaults(command=commands.certificates)


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
