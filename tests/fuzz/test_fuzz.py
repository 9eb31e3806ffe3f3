"""A short run of the fuzzing of every reader: `make fuzz CASES=100000` is the long one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("fuzz_run.py")


@pytest.mark.slow
def test_damaged_files_end_with_a_value_or_an_input_error(tmp_path: Path) -> None:
    """In a process of its own, whose memory is limited and whose every opened file is watched."""
    command = [sys.executable, str(SCRIPT), "--together", "--cases", "2000", "--seed", "7"]
    done = subprocess.run(
        [*command, "--keep", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8:backslashreplace"},
    )
    told = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"
    assert told["inputs"] > 1900
    assert (told["tracebacks"], told["hangs"]) == (0, 0)
    # Not all is refused, nor all taken: the damage is such that readers have something to read.
    assert min(told["accepted"], told["refused"]) > told["inputs"] / 10


@pytest.mark.slow
def test_what_a_reader_must_not_do_is_noticed(tmp_path: Path) -> None:
    """A reader that does everything that is forbidden, one after the other."""
    done = subprocess.run(
        [sys.executable, "-c", BAD, str(SCRIPT.parent), str(tmp_path)],
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert [one.split(":")[0] for one in found] == [
        "forbidden", "forbidden", "forbidden", "forbidden", "hang", "MemoryError", "KeyError",
        "accepted", "refused",
    ], done.stdout + done.stderr  # fmt: skip


BAD = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import fuzz_guard, fuzz_run
from fuzz_mutate import on_bytes
from fuzz_readers import Reader
from maiscreen.candidates.errors import InputError

folder = Path(sys.argv[2]).resolve()

def calls(content, where):
    import pickle, subprocess
    class Evil:
        def __reduce__(self):
            return print, ("owned",)
    def endless():
        while True:
            pass
    def refuse():
        raise InputError("a", "b", "c")
    return [
        lambda: subprocess.run(["true"]), lambda: open("/tmp/canary-of-a-fuzz", "w"),
        lambda: open("/etc/passwd"), lambda: pickle.loads(pickle.dumps(Evil())), endless,
        lambda: bytearray(1 << 40), lambda: {}["x"], lambda: 1, refuse,
    ][int(content)]()

reader = Reader("bad", lambda: [], on_bytes, calls)
fuzz_guard.install()
fuzz_guard.limit_memory()
print(json.dumps([fuzz_run.tried(reader, str(k).encode(), folder)[0] for k in range(9)]))
"""
