"""Arguments of the command line, taken from text; what is no good is refused in one line."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.cli.console import Menu, Parser
from maiscreen.runners.endings import TASK_TIMEOUT_S, WAIT_S

if TYPE_CHECKING:
    from maiscreen.screen.campaign.campaign import Campaign

MAX_WORKERS = 256
"""More processes than this on one machine are a slip of the key."""


MAX_SECONDS = 366 * 86400
"""Nobody waits for longer."""


def add_command(
    menu: Menu,
    name: str,
    perform: Callable[[argparse.Namespace], int],
    about: str,
    *,
    description: str = "",
    epilog: str | None = None,
) -> Parser:
    """Add a command, or an action of one, to its menu.

    Parameters
    ----------
    menu : Menu
        Where it is listed.
    name : str
        As it is typed.
    perform : callable
        What it does; gives its exit code.
    about : str
        Its line in the menu.
    description, epilog : str, optional
        What its --help says before and after the options; ``about``, if there is no description.
    """
    parser = menu.add_parser(name, help=about, description=description or about, epilog=epilog)
    parser.set_defaults(command=perform, parser=parser)
    return parser


def add_folder(parser: Parser, about: str = "the --out of a run") -> None:
    """Add the folder of a campaign."""
    parser.add_argument("folder", metavar="DIR", help=about)


def add_json(parser: Any, about: str = "as one JSON object") -> None:
    """Add what makes a command print JSON."""
    parser.add_argument("--json", action="store_true", help=about)


def add_trust(parser: Any) -> None:
    """Add the types of a model's estimator that the user trusts."""
    about = "types of a foreign estimator that you trust, by their names, commas between"
    parser.add_argument("--trust", default="", metavar="TYPES", help=about)


def parse_trust(text: str) -> tuple[str, ...]:
    """Return the names in the value of ``--trust``."""
    return tuple(name for word in text.split(",") if (name := word.strip()))


def add_handling(parser: Parser) -> None:
    """Add what takes one list alone, bottles or cylinders."""
    about = "bottle (liquids and solids) or cylinder (gases) alone"
    parser.add_argument("--handling", choices=("bottle", "cylinder"), help=about)


def add_without_paper(parser: Any) -> None:
    """Add what leaves the paper's cells out of what to try next."""
    about = "leave out the paper's cells, which count in what to try next"
    parser.add_argument("--without-paper", action="store_true", help=about)


def add_own_data(parser: Parser) -> None:
    """Add what takes the place of the embedded data."""
    parser.add_argument(
        "--snapshot", metavar="DIR", help="a snapshot of yours in place of the embedded one"
    )
    parser.add_argument(
        "--labels", metavar="DIR", help="labels of yours (labels run) in place of the embedded ones"
    )


def runner_options(
    options: argparse.Namespace, limit_s: float | None = TASK_TIMEOUT_S
) -> dict[str, Any]:
    """State what is to perform the tasks, and the time they have if the user does not say."""
    workers, scheduler = options.workers, options.scheduler
    if scheduler == "":
        remedy = "is empty; give an address, such as tls://node1:8786"
        raise InputError("--scheduler", scheduler, remedy)
    asked = getattr(options, "cluster", None)
    if asked is not None:
        from maiscreen.runners.cluster.queue_file import read_cluster_file

        asked = read_cluster_file(parse_folder("--cluster", asked))
    count = None if workers is None else parse_whole_number("--workers", workers, MAX_WORKERS)
    if options.tls == "":
        raise InputError("--tls", options.tls, "is empty; give a folder")
    if options.serial and (options.task_timeout or options.wait):
        option = "--task-timeout" if options.task_timeout else "--wait"
        raise InputError(option, "with --serial", "is for workers; leave one of them out")
    if options.task_timeout is not None:
        limit_s = parse_seconds("--task-timeout", options.task_timeout)
    wait_s = WAIT_S if asked is None else asked.wait_s
    if options.wait is not None:
        wait_s = parse_seconds("--wait", options.wait)
    if count is None and (options.task_timeout or options.wait):  # which are for workers alone
        from maiscreen.runners.cluster.open import default_workers

        count = default_workers()
    times = {"task_timeout_s": limit_s, "wait_s": wait_s}
    return {
        "workers": count,
        "serially": options.serial,
        "scheduler": scheduler,
        "cluster": asked,
        "tls": options.tls,
        "insecure": options.insecure,
        "dashboard": options.dashboard,
        **times,
    }


def parse_seconds(field: str, text: str) -> float:
    """Take a time in seconds."""
    return float(parse_whole_number(field, text, MAX_SECONDS))


def parse_folder(field: str, text: str) -> Path:
    """Take a folder; an empty text would be the current one."""
    if not text:
        raise InputError(field, text, "is empty; give a folder")
    if "://" in text:
        shown = f"{text.partition('://')[0]}://…"
        raise InputError(field, shown, "must be a folder of this machine")
    return Path(text)


def own_snapshot(text: str | None) -> str:
    """Take the folder of a snapshot and pin it; empty for the embedded one."""
    from maiscreen.candidates.snapshot.snapshot import pin_snapshot

    return "" if text is None else pin_snapshot(str(parse_folder("--snapshot", text)))


def with_own_data(campaign: "Campaign", options: argparse.Namespace) -> "Campaign":
    """Take the snapshot and the labels that the user names into a campaign, pinned."""
    if options.snapshot is not None:
        campaign = replace(campaign, snapshot=own_snapshot(options.snapshot))
    if options.labels is not None:
        from maiscreen.models.labels.evidence import pin_labels

        campaign = replace(
            campaign, labels=pin_labels(str(parse_folder("--labels", options.labels)))
        )
    return campaign


def parse_whole_number(field: str, text: str, high: int) -> int:
    """Take a whole number from 1 to a limit."""
    number = limits.whole_number(text)
    if number is None or not 1 <= number <= high:
        raise InputError(field, text, f"give a whole number from 1 to {high}")
    return number
