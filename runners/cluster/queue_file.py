"""The file of --cluster: which queue to ask for workers, and for what, as a short YAML.

Every value is read as text and taken by its key, so that YAML's own ideas of ``no`` and ``4:00:00``
do not matter. Anchors, tags and nesting have no place in it.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.settings import LISTED, PRINTABLE, OneOf, says, settings

if TYPE_CHECKING:
    from yaml.nodes import Node


DAY_S = 86400.0

_CLOCK = re.compile(r"(?:(\d{1,3})-)?(\d{1,5}):([0-5]\d):([0-5]\d)")
_SHORT_CLOCK = re.compile(r"\d{1,5}:[0-5]\d")
_BITS = re.compile(r"[KMGT]i?b")
_SIZE = r"^\d{1,9}(\.\d{1,9})? ?([kmgtKMGT][iI]?B|[kmgt]i?b)$"
_BARE = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([a-z]+)", re.IGNORECASE)
_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
_BYTES = {f"{letter}ib": 1 << 10 * k for k, letter in enumerate("kmgt", 1)}
_BYTES |= {f"{letter}b": 10 ** (3 * k) for k, letter in enumerate("kmgt", 1)}

KINDS = ("slurm", "pbs", "sge", "lsf", "htcondor")

MAX_BYTES = 1 << 16
"""More than this is no short file."""

MAX_JOBS, MAX_CORES = 10_000, 1024

LEAST_BYTES_PER_CORE = 256 << 20
"""A worker with less is ended as soon as it has read its tables."""

LEAST_WALLTIME_S, MOST_WALLTIME_S = 60, 400 * 86400


def _whole_number(text: object) -> object:
    number = limits.whole_number(text) if isinstance(text, str) else None
    return text if number is None else number


def _boolean(text: object) -> object:
    return text == "true" if text in ("true", "false") else text


def _seconds(text: object) -> object:
    """Read a time.

    Numbers without a unit are refused, but for 0: Slurm and LSF count minutes, PBS and SGE seconds.

    Examples
    --------
    >>> _seconds("1-12:00:00"), _seconds("04:00:00"), _seconds("1.5 h"), _seconds("30 s")
    (129600, 14400, 5400.0, 30.0)
    >>> _seconds("240")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: has no unit: Slurm and LSF count minutes, PBS and SGE seconds; write 240 min or ...
    """
    if not isinstance(text, str):
        return text
    clock = _CLOCK.fullmatch(text)
    if clock:
        days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if _SHORT_CLOCK.fullmatch(text):
        # Minutes and seconds in Slurm, PBS and SGE; hours and minutes in LSF.
        raise ValueError(f"may be h:min or min:s; write {text}:00 or 00:{text:0>5}")
    if _BARE.fullmatch(text) and float(text):
        count = "has no unit: Slurm and LSF count minutes, PBS and SGE seconds"
        raise ValueError(f"{count}; write {text} min or {text} s")
    amount = _AMOUNT.fullmatch(text if text != "0" else "0 s")
    if amount and amount[2] in _SECONDS:
        return float(amount[1]) * _SECONDS[amount[2]]
    return text


def _bytes(text: object) -> object:
    amount = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    if not amount or amount[2].lower() not in _BYTES:
        return text
    if _BITS.fullmatch(amount[2]):
        raise ValueError(f"is in bits; write {amount[1]} {amount[2][0]}B or {amount[2][0]}iB")
    return round(float(amount[1]) * _BYTES[amount[2].lower()])


def _address(text: object) -> object:
    if text in ("true", "false"):
        return "127.0.0.1:8787" if text == "true" else ""
    return text


# YAML takes some texts for numbers or truths, and an editor with it.
_TEXT = {"type": ["string", "number"]}

Text = Annotated[
    str,
    Field(pattern="^[^-]"),
    PRINTABLE,
    says("a text of one line that does not begin with -", **_TEXT),
]

Word = Annotated[
    str,
    Field(pattern=r"^[\w.:/@%+=,][\w.:/@%+=,-]*$"),
    PRINTABLE,
    says("a name without blanks and quotes that does not begin with -", **_TEXT),
]

Lines = Annotated[
    tuple[Annotated[str, Field(min_length=1), PRINTABLE, says("lines of printable text")], ...],
    LISTED,
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    says("lines of printable text", type=["array", "string"]),
]

WHOLE = BeforeValidator(_whole_number)

Memory = Annotated[
    int,
    BeforeValidator(_bytes),
    says(
        "memory of a job with its unit, such as 16 GiB",
        type="string",
        pattern=_SIZE,
        examples=["16 GiB"],
    ),
]

Disk = Annotated[
    str,
    Field(pattern=_SIZE),
    # HTCondor counts KiB, Dask bytes: a number alone would be a disk of two bytes.
    says("disk of a job with its unit, such as 2 GB", type="string"),
]

Dashboard = Annotated[
    str,
    Field(pattern=r"^([\w.-]+:\d{1,5})?$"),
    BeforeValidator(_address),
    says("true, false or HOST:PORT", type=["boolean", "string"], examples=[True]),
]


@dataclass(frozen=True)
class Duration:
    """Type of a time in s, within limits."""

    low: float
    high: float
    example: str

    def __get_pydantic_core_schema__(self, of: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Hand pydantic the check."""
        span = f"from {self.low:g} s to {self.high / DAY_S:g} days"
        zero = "|0" if self.low == 0 else ""
        words = says(
            f"a time {span}, such as 04:00:00 (h:min:s), 1-12:00:00, 90 min, 4 h or 2 days",
            type=["string", "number"],  # YAML 1.1 makes a number of 12:00:00
            pattern=rf"^({_CLOCK.pattern}|\d+(\.\d+)? ?(s|min|h|days?){zero})$".replace("?:", ""),
            examples=[self.example],
        )
        bounds = Field(ge=self.low, le=self.high)
        return handler.generate_schema(Annotated[float, bounds, BeforeValidator(_seconds), words])


@settings()
class ClusterFile:
    """Which queue to ask for workers, and for what.

    Attributes
    ----------
    kind : str
        Kind of the queue.
    jobs : int
        Jobs in the queue at a time, at most.
    least_jobs : int
        Jobs in the queue at a time, at least. How many there are in between follows from the
        tasks that are left.
    cores : int
        Of one job. Every core is a worker process with one thread and its share of the memory.
    memory_bytes : int
        Of one job.
    walltime_s : float
        When the queue ends a job.
    margin_s : float, optional
        How long before that its workers leave by themselves; 0 for never. A tenth of the
        walltime, from 30 s to 5 minutes, if left out.
    queue : str
        As the queue calls it; its own default if left out.
    account : str
        Account or project to charge.
    resources : str
        In the queue's words (pbs, sge).
    disk : str
        Of one job; htcondor needs it.
    interface : str
        Network interface where the scheduler listens, and the workers too. Loopback if neither
        it nor host is given.
    host : str
        Address of this machine where the scheduler listens, in place of interface.
    port : int
        Of the scheduler; 0 for any.
    tls : str
        Folder of certificates, or "auto" for ones that last as long as the run.
    insecure : bool
        Neither encryption nor certificates.
    shared_directory : str
        Where workers find the certificates of "auto"; the current folder if left out.
    local_directory : str
        Scratch folder of workers.
    log_directory : str
        Folder of the jobs' output.
    python : str
        Interpreter on the workers' machines; this one if left out.
    prologue : tuple of str
        Lines of the job script before the workers.
    directives : tuple of str
        Lines of the job script for the queue.
    wait_s : float
        How long workers are waited for.
    dashboard : str
        Dask's dashboard: true for loopback, or an address; none if left out.
    """

    kind: Annotated[str, OneOf(KINDS)]
    jobs: Annotated[int, Field(ge=1, le=MAX_JOBS, examples=[20]), WHOLE]
    least_jobs: Annotated[int, Field(ge=0, le=MAX_JOBS, examples=[0]), WHOLE] = 1
    cores: Annotated[int, Field(ge=1, le=MAX_CORES, examples=[8]), WHOLE]
    memory_bytes: Annotated[Memory, Field(alias="memory")]
    walltime_s: Annotated[
        float, Duration(LEAST_WALLTIME_S, MOST_WALLTIME_S, "04:00:00"), Field(alias="walltime")
    ]
    margin_s: Annotated[
        float | None, Duration(0, MOST_WALLTIME_S, "5 min"), Field(alias="margin")
    ] = None
    queue: Annotated[Word, Field(examples=["normal"])] = ""
    account: Annotated[Word, Field(examples=["sodium"])] = ""
    resources: Annotated[Word, Field(examples=["select=1:ncpus=8:mem=16gb"])] = ""
    disk: Annotated[Disk, Field(examples=["2 GB"])] = ""
    interface: Annotated[Word, Field(examples=["ib0"])] = ""
    host: Annotated[Word, Field(examples=["10.0.0.5"])] = ""
    port: Annotated[int, Field(ge=0, le=65535, examples=[8786]), WHOLE] = 0
    tls: Annotated[Text, Field(examples=["certs"])] = "auto"
    insecure: Annotated[bool, BeforeValidator(_boolean)] = False
    shared_directory: Annotated[Word, Field(examples=["/shared/certs"])] = ""
    local_directory: Annotated[Text, Field(examples=["/scratch"])] = ""
    log_directory: Annotated[Word, Field(examples=["logs"])] = ""
    python: Annotated[Text, Field(examples=["/opt/env/bin/python"])] = ""
    prologue: Annotated[Lines, Field(examples=[["module load python/3.11"]])] = ()
    directives: Annotated[Lines, Field(examples=[["--constraint=skylake"]])] = ()
    wait_s: Annotated[float, Duration(1, MOST_WALLTIME_S, "1 day"), Field(alias="wait")] = DAY_S
    dashboard: Dashboard = ""

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
    texts = dict(_pairs(_text(path), str(path)))
    cluster = ClusterFile(**texts)
    _check_consistent(cluster, texts)
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


def _check_consistent(cluster: ClusterFile, texts: dict[str, Any]) -> None:
    """Refuse what no queue could serve, or what would not do what it says."""
    if cluster.least_jobs > cluster.jobs:
        raise InputError("least_jobs", cluster.least_jobs, f"is more than jobs, {cluster.jobs}")
    if cluster.memory_bytes < cluster.cores * LEAST_BYTES_PER_CORE:
        remedy = f"is less than 256 MiB for each of the {cluster.cores} cores"
        raise InputError("memory", texts["memory"], remedy)
    if 2.5 * cluster.margin > cluster.walltime_s:
        raise InputError("margin", texts["margin"], "leaves workers no time; give a shorter one")
    if cluster.interface and cluster.host:
        raise InputError("host", cluster.host, "is given beside interface; give one of them")
    if cluster.insecure and "tls" in texts:
        raise InputError("insecure", "true", "is given beside tls; give one of them")
    if cluster.kind == "htcondor" and not cluster.disk:
        raise InputError("kind", "htcondor", "needs the key disk too, such as disk: 1 GB")
    if cluster.kind == "htcondor" and any("=" not in one for one in cluster.directives):
        raise InputError("directives", list(cluster.directives), "give lines such as key = value")
    if cluster.kind == "sge" and cluster.cores > 1 and "-pe " not in "\n".join(cluster.directives):
        remedy = "needs a parallel environment there, such as directives: [-pe smp"
        raise InputError("cores", cluster.cores, f"{remedy} {cluster.cores}]")
