"""Moments: where a process is met, by what it does there and how often it has done so."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random


@dataclass(frozen=True)
class Moment:
    """A moment of a campaign.

    Attributes
    ----------
    name : str
        For the reader.
    kind : str
        What is seen: a task begins (``task``), a file is about to take its name (``file``), a
        module is about to be imported (``import``), ranking begins (``rank``).
    match : str
        Pattern of the task, the file, the module or the function.
    count : int
        The how-manieth of them.
    role : str
        Who is met: ``client``, ``worker`` or ``any``.
    """

    name: str
    kind: str
    match: str
    count: int = 1
    role: str = "any"

    def __str__(self) -> str:
        return f"{self.name} {self.count}" if self.count > 1 else self.name


OUTPUTS = ("ranking.parquet", "shortlist.csv", "report.html", "manifest.json")
PART, RECEIPT = "*/candidates/part-*.parquet", "*/.maiscreen/*/part-*.json"
MOST = {"narrow": 12, "wide": 4}
"""Tasks that every run of the campaign has, at least."""


def drawn(names: tuple[str, ...], kind: str, serial: bool, random: Random) -> Moment:
    """Draw a moment among those of these names."""
    name = random.choice(names)
    k = random.randint(3, MOST[kind]) if name == "later" else random.randint(1, MOST[kind])
    if name == "start":
        return Moment(name, "import", "pyarrow" if serial else "distributed", 1, "client")
    if name == "begin":
        return Moment(name, "file", "*/campaign.json")
    if name == "task":
        return Moment(name, "task", "*", k)
    if name == "part":
        return Moment(name, "file", PART, k)
    if name in ("receipt", "later"):  # later: something is there already
        return Moment(name, "file", RECEIPT, k)
    if name == "ranking":
        return Moment(name, "rank", "*", 1, "client")
    output = random.choice(OUTPUTS)
    return Moment(output, "file", f"*/{output}", 1, "client")


class Meeting:
    """The folder by which the suite and the processes speak.

    Parameters
    ----------
    control : Path
        The folder, known to the processes of a slot from their start.
    """

    def __init__(self, control: Path) -> None:
        self.control = control
        control.mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Let nothing happen any more; who waits goes on."""
        self.release()
        time.sleep(0.05)
        shutil.rmtree(self.control)
        self.control.mkdir()

    def arm(self, moment: Moment) -> None:
        """Have the process met that reaches the moment."""
        self._write("moment.json", asdict(moment))

    def ask(self, row: int, what: str, *, once: bool, mib: int = 0) -> None:
        """Have a candidate misbehave."""
        self._write("row.json", {"row": row, "what": what, "once": once, "mib": mib})

    def jump(self, seconds: float) -> None:
        """Have the clock of all processes jump."""
        self._write("clock.json", {"jump_s": seconds})

    def reached(self, going: Callable[[], bool], seconds: float) -> dict[str, object] | None:
        """Wait for the moment; None if it does not come any more."""
        note, end = self.control / "reached.json", time.monotonic() + seconds
        while going() and time.monotonic() < end:
            if note.exists():
                break
            time.sleep(0.02)
        return json.loads(note.read_text()) if note.exists() else None

    def release(self) -> None:
        """Let the process that was met go on."""
        (self.control / "go").touch()

    def _write(self, name: str, content: dict[str, object]) -> None:
        new = self.control / f"{name}.new"
        new.write_text(json.dumps(content))
        new.rename(self.control / name)
