"""The file of --cluster: which queue to ask for workers, and for what, as a short YAML.

Every value is read as text and taken by its key, so that YAML's own ideas of ``no`` and ``4:00:00``
do not matter. Anchors, tags and nesting have no place in it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits

if TYPE_CHECKING:
    from yaml.nodes import Node


DAY_S = 86400.0

_CLOCK = re.compile(r"(?:(\d{1,3})-)?(\d{1,5}):([0-5]\d):([0-5]\d)")
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([a-z]+)", re.IGNORECASE)
_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
_BYTES = {f"{letter}ib": 1 << 10 * k for k, letter in enumerate("kmgt", 1)}
_BYTES |= {f"{letter}b": 10 ** (3 * k) for k, letter in enumerate("kmgt", 1)}


def one_line(key: str, value: Any) -> str:
    """Take a text of one line."""
    if not isinstance(value, str) or not value:
        raise InputError(key, value, "give one value")
    if not value.isprintable() or value.startswith("-"):
        raise InputError(key, value, "give a text of one line that does not begin with -")
    return value


def word(key: str, value: Any) -> str:
    """Take a name: no blanks, nothing that a shell would take for more than a name."""
    if not re.fullmatch(r"[\w.:/@%+=,-]+", one_line(key, value)):
        raise InputError(key, value, "give a name without blanks and quotes")
    return str(value)


def lines(key: str, value: Any) -> tuple[str, ...]:
    """Take one line or several."""
    lines = [value] if isinstance(value, str) else value
    if any(not (line and line.isprintable()) for line in lines):
        raise InputError(key, value, "give lines of printable text")
    return tuple(lines)


def choice(*choices: str) -> Callable[[str, Any], str]:
    """Take one of some words."""

    def take(key: str, value: Any) -> str:
        if value not in choices:
            raise InputError(key, value, f"give one of {', '.join(choices)}")
        return str(value)

    return take


def boolean(key: str, value: Any) -> bool:
    """Take true or false."""
    return choice("true", "false")(key, value) == "true"


def whole_number(low: int, high: int) -> Callable[[str, Any], int]:
    """Take a whole number within limits."""

    def take(key: str, value: Any) -> int:
        few = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
        if not few or not low <= int(value) <= high:
            raise InputError(key, value, f"give a whole number from {low} to {high}")
        return int(value)

    return take


def duration(low: float, high: float) -> Callable[[str, Any], float]:
    """Take a time in s, within limits."""

    def take(key: str, value: Any) -> float:
        seconds = _seconds(value) if isinstance(value, str) else None
        if seconds is None:
            remedy = "give a time such as 04:00:00 (h:min:s), 1-12:00:00, 90 min, 4 h or 2 days"
            raise InputError(key, value, remedy)
        if not low <= seconds <= high:
            raise InputError(key, value, f"give a time from {low:g} s to {high / DAY_S:g} days")
        return seconds

    return take


def _seconds(text: str) -> float | None:
    """Read a time.

    Examples
    --------
    >>> _seconds("1-12:00:00"), _seconds("04:00:00"), _seconds("1.5 h"), _seconds("30")
    (129600, 14400, 5400.0, 30.0)
    >>> _seconds("10:30")  # minutes here, hours there
    """
    clock = _CLOCK.fullmatch(text)
    if clock:
        days, hours, minutes, seconds = (int(one or 0) for one in clock.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    amount = _AMOUNT.fullmatch(text if not text.isdigit() else f"{text} s")
    if amount and amount[2] in _SECONDS:
        return float(amount[1]) * _SECONDS[amount[2]]
    return None


def memory(key: str, value: Any) -> int:
    """Take memory in bytes."""
    amount = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if not amount or amount[2].lower() not in _BYTES:
        raise InputError(key, value, "give memory of a job with its unit, such as 16 GiB")
    return round(float(amount[1]) * _BYTES[amount[2].lower()])


def dashboard(key: str, value: Any) -> str:
    """Take ``true`` for loopback, or an address of one's own."""
    if value in ("true", "false"):
        return "127.0.0.1:8787" if value == "true" else ""
    if not re.fullmatch(r"[\w.-]+:\d{1,5}", one_line(key, value)):
        raise InputError(key, value, "give true, false or HOST:PORT")
    return str(value)


KINDS = ("slurm", "pbs", "sge", "lsf", "htcondor")

MAX_BYTES = 1 << 16
"""More than this is no short file."""

MAX_JOBS, MAX_CORES = 10_000, 1024

LEAST_BYTES_PER_CORE = 256 << 20
"""A worker with less is ended as soon as it has read its tables."""

LEAST_WALLTIME_S, MOST_WALLTIME_S = 60, 400 * 86400


@dataclass(frozen=True, slots=True)
class ClusterFile:
    """What a user's file asks for.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    jobs, least_jobs : int
        Jobs in the queue at a time, at most and at least. How many there are in between
        follows from the tasks that are left.
    cores, memory_bytes : int
        Of one job. Every core is a worker process with one thread and its share of the memory.
    walltime_s : float
        When the queue ends a job.
    margin_s : float, optional
        How long before that its workers leave by themselves; 0 for never. A tenth of the
        walltime, from 30 s to 5 minutes, if left out.
    queue, account, resources, disk : str
        As the queue calls them; empty for its own default.
    interface, host : str
        Where the scheduler listens: a network interface (the workers, too) or an address of
        this machine. Loopback if both are empty.
    port : int
        Of the scheduler; 0 for any.
    tls : str
        Folder of certificates, or "auto" for ones that last as long as the run.
    insecure : bool
        Neither encryption nor certificates.
    shared_directory : str
        Where workers find the certificates of "auto"; the current folder if empty.
    local_directory, log_directory : str
        Scratch folder of workers, and folder of the jobs' output.
    python : str
        Interpreter on the workers' machines; this one if empty.
    prologue, directives : tuple of str
        Lines of the job script before the workers, and for the queue.
    wait_s : float
        How long workers are waited for.
    dashboard : str
        Address of Dask's dashboard; empty for none.
    """

    kind: str
    jobs: int
    cores: int
    memory_bytes: int
    walltime_s: float
    least_jobs: int = 1
    margin_s: float | None = None
    queue: str = ""
    account: str = ""
    resources: str = ""
    disk: str = ""
    interface: str = ""
    host: str = ""
    port: int = 0
    tls: str = "auto"
    insecure: bool = False
    shared_directory: str = ""
    local_directory: str = ""
    log_directory: str = ""
    python: str = ""
    prologue: tuple[str, ...] = field(default=())
    directives: tuple[str, ...] = field(default=())
    wait_s: float = DAY_S
    dashboard: str = ""

    @property
    def margin(self) -> float:
        """How long before the walltime workers leave, s."""
        return self.usual_margin if self.margin_s is None else self.margin_s

    @property
    def usual_margin(self) -> float:
        """The same, if the user does not say: a tenth, 5 minutes at most.

        Interpreters start and last tasks end in it, so that it is no less than 30 s, but for
        walltimes of a few minutes.
        """
        return min(300.0, max(self.walltime_s / 10, min(30.0, self.walltime_s / 4)))


def read_cluster_file(path: Path | str) -> ClusterFile:
    """Read a file of --cluster.

    Raises
    ------
    InputError
        If it cannot be read, or holds something else than what is understood.
    """
    settings = dict(_pairs(_text(path), str(path)))
    taken = {}
    for key, value in settings.items():
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, 1)
            guess = f"; did you mean {near[0]!r}?" if near else ""
            remedy = f"is no key of a cluster file{guess} The keys are: {', '.join(_KEYS)}"
            raise InputError(key, value, remedy)
        name, take = _KEYS[key]
        taken[name] = take(key, value)
    for key in ("kind", "jobs", "cores", "memory", "walltime"):
        if key not in settings:
            raise InputError("--cluster", str(path), f"has no key {key!r}, which it needs")
    cluster = ClusterFile(**taken)
    _check_consistent(cluster, settings)
    return cluster


def _text(path: Path | str) -> str:
    try:
        with limits.open_regular_file(Path(path)) as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode()
    except OSError as error:
        raise InputError("--cluster", str(path), f"cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputError("--cluster", str(path), "is no text in UTF-8") from None
    if len(content) > MAX_BYTES:
        remedy = f"is longer than {MAX_BYTES:,} bytes; a cluster file is a few lines"
        raise InputError("--cluster", str(path), remedy)
    return text


def _pairs(text: str, path: str) -> list[tuple[str, Any]]:
    """Take a YAML mapping of texts and lists of texts apart."""
    import yaml

    try:
        # Events come one after another; what is built from them could nest, refer and explode.
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > 2 or getattr(event, "anchor", None) or getattr(event, "tag", None):
                remedy = "give keys with a value or a list of values, without anchors and tags"
                raise InputError("--cluster", path, f"line {event.start_mark.line + 1}: {remedy}")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise InputError("--cluster", path, f"is no YAML: {error}") from None
    if not isinstance(root, yaml.MappingNode):
        raise InputError("--cluster", path, "holds no keys, such as kind: slurm")
    pairs = [(str(key.value), _value(value, str(key.value))) for key, value in root.value]
    seen: set[str] = set()
    for key, value in pairs:
        if key in seen:
            raise InputError(key, value, "is there twice; leave one")
        seen.add(key)
    return pairs


def _value(node: "Node", key: str) -> Any:
    if isinstance(node.value, str):
        return node.value
    if any(not isinstance(one.value, str) for one in node.value if not isinstance(one, tuple)):
        raise InputError(key, "…", "give a value or a list of values")
    if any(isinstance(one, tuple) for one in node.value):
        raise InputError(key, "…", "give a value or a list of values, no keys of its own")
    return [one.value for one in node.value]


def _check_consistent(cluster: ClusterFile, settings: dict[str, Any]) -> None:
    """Refuse what no queue could serve, or what would not do what it says."""
    if cluster.least_jobs > cluster.jobs:
        raise InputError("least_jobs", cluster.least_jobs, f"is more than jobs, {cluster.jobs}")
    if cluster.memory_bytes < cluster.cores * LEAST_BYTES_PER_CORE:
        remedy = f"is less than 256 MiB for each of the {cluster.cores} cores"
        raise InputError("memory", settings["memory"], remedy)
    if 2.5 * cluster.margin > cluster.walltime_s:
        raise InputError("margin", settings["margin"], "leaves workers no time; give a shorter one")
    if cluster.interface and cluster.host:
        raise InputError("host", cluster.host, "is given beside interface; give one of them")
    if cluster.insecure and "tls" in settings:
        raise InputError("insecure", "true", "is given beside tls; give one of them")
    if cluster.kind == "htcondor" and not cluster.disk:
        raise InputError("kind", "htcondor", "needs the key disk too, such as disk: 1 GB")
    if cluster.kind == "htcondor" and any("=" not in one for one in cluster.directives):
        raise InputError("directives", list(cluster.directives), "give lines such as key = value")
    if cluster.kind == "sge" and cluster.cores > 1 and "-pe " not in "\n".join(cluster.directives):
        remedy = "needs a parallel environment there, such as directives: [-pe smp"
        raise InputError("cores", cluster.cores, f"{remedy} {cluster.cores}]")


_KEYS: dict[str, tuple[str, Callable[[str, Any], Any]]] = {
    "kind": ("kind", choice(*KINDS)),
    "jobs": ("jobs", whole_number(1, MAX_JOBS)),
    "least_jobs": ("least_jobs", whole_number(0, MAX_JOBS)),
    "cores": ("cores", whole_number(1, MAX_CORES)),
    "memory": ("memory_bytes", memory),
    "walltime": ("walltime_s", duration(LEAST_WALLTIME_S, MOST_WALLTIME_S)),
    "margin": ("margin_s", duration(0, MOST_WALLTIME_S)),
    "queue": ("queue", word),
    "account": ("account", word),
    "resources": ("resources", word),
    "disk": ("disk", one_line),
    "interface": ("interface", word),
    "host": ("host", word),
    "port": ("port", whole_number(0, 65535)),
    "tls": ("tls", one_line),
    "insecure": ("insecure", boolean),
    "shared_directory": ("shared_directory", word),
    "local_directory": ("local_directory", one_line),
    "log_directory": ("log_directory", word),
    "python": ("python", one_line),
    "prologue": ("prologue", lines),
    "directives": ("directives", lines),
    "wait": ("wait_s", duration(1, MOST_WALLTIME_S)),
    "dashboard": ("dashboard", dashboard),
}
