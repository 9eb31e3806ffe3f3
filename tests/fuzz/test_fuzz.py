"""A short fuzz of every reader: the long one is `make fuzz`."""

import json
import subprocess
import sys
from pathlib import Path


def test_damaged_files_are_read_or_refused() -> None:
    command = [sys.executable, Path(__file__).with_name("fuzz_run.py"), "--cases", "2000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["readers"] >= 33
    assert told["inputs"] >= 1900
    assert told["accepted"] > 100
    assert told["refused"] > 500
    assert told["tracebacks"] == told["hangs"] == 0
