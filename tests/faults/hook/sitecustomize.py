"""Lets the suite meet a process at a chosen moment; Python imports it at the start of each process.

The commands stay the real ones. A process that reaches the moment says so and waits for leave to go
on; a candidate may be told to misbehave; the clock may be told to jump. Moments are seen by audit
hooks (a file takes its name, a module is imported) and by the description and the ranking of
candidates, so that they do not depend on how the machinery is written.
"""

import fcntl
import functools
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

CONTROL = Path(os.environ["FAULTS_CONTROL"])
ROLE = os.environ.get("FAULTS_ROLE", "worker")
os.environ["FAULTS_ROLE"] = "worker"  # whoever this process starts

WAIT_S = 250
POLL_S = 0.01

_sleep, _time, _monotonic = time.sleep, time.time, time.monotonic


def read(name):
    try:
        return json.loads((CONTROL / name).read_text())
    except (OSError, ValueError):
        return {}


AT_START = read("moment.json")


def meet(kind, what):
    """Stop here if this is the moment."""
    moment = AT_START if kind == "import" else read("moment.json")
    if moment.get("kind") != kind or moment["role"] not in (ROLE, "any"):
        return
    if not fnmatch(what, moment["match"]) or count() != moment["count"]:
        return
    note = CONTROL / "reached.new"
    note.write_text(json.dumps({"pid": os.getpid(), "role": ROLE, "what": what}))
    note.rename(CONTROL / "reached.json")
    wait("go", WAIT_S)


def count():
    with (CONTROL / "hits").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(b".")
        file.flush()
        return file.seek(0, os.SEEK_END)


def wait(name, seconds):
    end = _monotonic() + seconds
    while not (CONTROL / name).exists() and _monotonic() < end:
        _sleep(POLL_S)


def audit(event, given):
    if event in ("os.rename", "os.link") and not str(given[1]).startswith(str(CONTROL)):
        meet("file", str(given[1]))
    elif event == "import" and AT_START.get("kind") == "import":
        meet("import", given[0])


def misbehave(start, stop):
    """Do what was asked for, if the candidate is among those to be described."""
    row = read("row.json")
    if not row or not start <= row["row"] < stop:
        return
    if row["once"]:
        try:
            (CONTROL / "once").touch(exist_ok=False)
        except FileExistsError:
            return
    what = row["what"]
    if what == "raises":
        raise RuntimeError("a candidate of the suite")
    if what == "hangs":
        _sleep(600)
    if what == "memory":
        held = bytearray(row["mib"] << 20)
        held[::4096] = b"x" * len(held[::4096])
        _sleep(60)  # the nanny looks ten times in a second, when it has time
    os.kill(os.getpid(), getattr(signal, what))
    _sleep(60)


def watched(describe):
    @functools.wraps(describe)
    def described(screen, start, stop, *args, **kwargs):
        meet("task", f"{start}-{stop}")
        misbehave(start, stop)
        return describe(screen, start, stop, *args, **kwargs)

    return described


def met(rank):
    @functools.wraps(rank)
    def ranked(*args, **kwargs):
        meet("rank", rank.__name__)
        return rank(*args, **kwargs)

    return ranked


AROUND = {
    "maiscreen.screen.screens.screen": {"describe_part": watched},
    "maiscreen.screen.paper.comparison": {"rank_with_controls": met},
    "maiscreen.screen.blends.front_runners": {"rank_front_runners": met},
}


class Finder(importlib.abc.MetaPathFinder):
    """Puts our functions around those of a campaign when their modules are imported."""

    def find_spec(self, name, path=None, target=None):
        if name not in AROUND:
            return None
        others = (one for one in sys.meta_path if one is not self)
        found = (one.find_spec(name, path, target) for one in others if hasattr(one, "find_spec"))
        spec = next(one for one in found if one is not None)
        execute = spec.loader.exec_module

        def executed(module):
            execute(module)
            for function, around in AROUND[name].items():
                setattr(module, function, around(getattr(module, function)))

        spec.loader.exec_module = executed
        return spec


def jumping(clock):
    """Give a clock with the jump that the suite asks for."""
    seen = {"looked": -1.0, "jump": 0.0}

    @functools.wraps(clock)
    def jumped():
        if _monotonic() - seen["looked"] > 0.05:
            seen.update(looked=_monotonic(), jump=read("clock.json").get("jump_s", 0.0))
        return clock() + seen["jump"]

    return jumped


time.time = jumping(_time)
sys.meta_path.insert(0, Finder())
sys.addaudithook(audit)
