"""Send damaged files to every reader: `python tests/fuzz/fuzz_run.py --cases 100000`.

Each reader runs in a process of its own with a limit of memory; an input that takes more than
`fuzz_guard.SECONDS` of the processor, or ends the process, is a hang or a crash. Allowed are a
value, an InputError, and an ending that the command tells in one line. The same seed gives the
same inputs.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import fuzz_guard as guard
from fuzz_readers import Reader, chosen

GOOD = ("accepted", "refused")

SILENT_S = 30.0
"""A process that has no answer for so long hangs where no signal reaches it."""

START_S = 600.0
"""So long may it take to make its seeds, which are real campaigns, on a busy machine."""


def content_of(reader: Reader, seed: int, case: int, seeds: list[bytes]) -> bytes:
    """Give the input of a case: every fiftieth is a valid seed."""
    rng = Random(f"{seed}/{reader.name}/{case}")
    chosen_seed = rng.choice(seeds)
    return chosen_seed if case % 50 == 0 else reader.mutate(rng, chosen_seed)


def tried(reader: Reader, content: bytes, folder: Path) -> tuple[str, float]:
    """Let a reader read: what came of it, and the seconds of the processor that it took."""
    from maiscreen.candidates.errors import InputError
    from maiscreen.runners.endings import EndingError

    begun, found = time.process_time(), "accepted"
    with guard.watched(folder) as seen:
        try:
            reader.call(content, folder)
        except (InputError, EndingError) as error:
            found = "refused"
            if any(ord(c) < 32 for c in str(error)):
                found = f"control characters in a message: {str(error)!r:.60}"
        except guard.TooSlowError:
            found = "hang: " + _place(sys.exc_info()[1])
        except Exception as error:
            found = f"{type(error).__name__}: {_place(error)}: {error}"[:300]
    return (f"forbidden: {seen[0]}" if seen else found), time.process_time() - begun


def _place(error: BaseException | None) -> str:
    """Name the last line of ours that the error came through."""
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    own = [f for f in frames if "/fuzz/" not in f.filename and "site-packages" not in f.filename]
    own = [f for f in own if "/lib/python3" not in f.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "?"


def prepared(readers: list[Reader], out: Path) -> tuple[Path, dict[str, list[bytes]]]:
    """Make the seeds, read each once, and watch and limit this process from then on."""
    import warnings

    warnings.simplefilter("ignore")
    seeds = {reader.name: reader.seeds() for reader in readers}
    scratch = Path(tempfile.mkdtemp(prefix="fuzz-", dir=out)).resolve()
    for reader in readers:
        _warm(reader, seeds[reader.name], scratch)
    guard.install()
    guard.limit_memory()
    return scratch, seeds


def one_case(
    reader: Reader, seed: int, case: int, seeds: list[bytes], scratch: Path, keep: Path
) -> tuple[str, float]:
    """Let a reader read one damaged file; keep the file where that ends badly."""
    content = content_of(reader, seed, case, seeds)
    folder = scratch / str(case)
    folder.mkdir()
    (keep / "now").write_bytes(content)
    found, seconds = tried(reader, content, folder)
    if found not in GOOD:
        (keep / f"{reader.name.replace(' ', '_')}-{case}").write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    return found, round(1000 * seconds, 1)


def work(name: str, seed: int, start: int, stop: int, out: Path) -> None:
    """Perform the cases of one reader in this process; tell of each begun and of all that ended."""
    (reader,) = chosen(name)
    scratch, seeds = prepared([reader], out)
    with (out / "told").open("a", buffering=1) as told:
        for case in range(start, stop):
            told.write(f"{case}\n")
            found, ms = one_case(reader, seed, case, seeds[name], scratch, out)
            told.write(json.dumps([case, found, ms]) + "\n")


def together(readers: list[Reader], counts: list[int], seed: int, root: Path) -> list[Any]:
    """Perform the cases of all readers in this process: quicker, but a crash ends it."""
    scratch, seeds = prepared(readers, root)
    found = []
    for reader, count in zip(readers, counts, strict=True):
        rows = {
            case: one_case(reader, seed, case, seeds[reader.name], scratch, root)
            for case in range(count)
        }
        found.append(_summary(reader.name, rows))
    return found


def _warm(reader: Reader, seeds: list[bytes], scratch: Path) -> None:
    """Read the seeds once: what is imported and cached belongs to no input's time."""
    from maiscreen.candidates.errors import InputError

    for number, content in enumerate(seeds):
        folder = scratch / f"{reader.name}-{number}"
        folder.mkdir()
        with suppress(InputError):
            reader.call(content, folder)


def fuzzed(reader: Reader, cases: int, seed: int, root: Path) -> dict[str, Any]:
    """Perform cases in processes of their own, one after another where one is lost."""
    out = root / reader.name.replace(" ", "_")
    out.mkdir(parents=True)
    rows: dict[int, tuple[str, float]] = {}
    start = 0
    while start < cases:
        how = _process(reader.name, seed, start, cases, out)
        begun = -1
        for line in (out / "told").read_text().splitlines():
            one = json.loads(line)
            if isinstance(one, int):
                begun = one
            else:
                rows[one[0]] = (one[1], one[2])
        if begun >= 0 and begun not in rows:
            rows[begun] = (how, 0.0)
            (out / "now").rename(out / f"lost-{begun}")
        elif len(rows) < cases:
            raise SystemExit(f"{reader.name}: its process ended between two inputs: {how}")
        start = max(rows) + 1
    return _summary(reader.name, rows)


def _process(name: str, seed: int, start: int, stop: int, out: Path) -> str:
    """Run a process; say how it ended, which is a finding if an input was under way."""
    arguments = [f"--only={name}", "--seed", str(seed), "--range", str(start), str(stop)]
    command = [sys.executable, "-X", "faulthandler", __file__, *arguments, "--out", str(out)]
    with (out / "stderr").open("ab") as stderr:
        running = subprocess.Popen(command, stderr=stderr)
        told, moved = _size(out), time.monotonic()
        before = told
        while True:
            try:
                code = running.wait(timeout=1.0)
                return f"crash: ended with {code}"
            except subprocess.TimeoutExpired:
                size = _size(out)
            if size != told:
                told, moved = size, time.monotonic()
            elif time.monotonic() - moved > (SILENT_S if told > before else START_S):
                running.kill()
                running.wait()
                return "hang: no answer, killed"


def _size(out: Path) -> int:
    """Give how much has been told."""
    path = out / "told"
    return path.stat().st_size if path.exists() else 0


def _summary(name: str, rows: dict[int, tuple[str, float]]) -> dict[str, Any]:
    ends = Counter(found for found, _ in rows.values())
    bad = {case: rows[case][0] for case in sorted(rows) if rows[case][0] not in GOOD}
    kinds: dict[str, list[int]] = {}
    for case, found in bad.items():
        kinds.setdefault(": ".join(found.split(": ")[:2]), []).append(case)
    slow = max(rows, key=lambda case: rows[case][1])
    hangs = sum(found.startswith("hang") for found in bad.values())
    return {
        "reader": name, "inputs": len(rows), "accepted": ends["accepted"],
        "refused": ends["refused"], "slowest_ms": rows[slow][1], "slowest_case": slow,
        "tracebacks": len(bad) - hangs, "hangs": hangs,
        "findings": [{"what": bad[cases[0]], "times": len(cases), "case": cases[0]}
                     for cases in kinds.values()],
    }  # fmt: skip


def main() -> int:
    """Print a table, and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="inputs in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="names of readers, with commas")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--together", action="store_true", help="all in this process")
    parser.add_argument("--keep", help="folder for the inputs that were findings")
    parser.add_argument("--range", nargs=2, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.range:
        work(options.only, options.seed, *options.range, Path(options.out))
        return 0
    readers = list(chosen(options.only))
    whole = sum(reader.share for reader in readers)
    root = Path(options.keep or tempfile.mkdtemp(prefix="maiscreen-fuzz-"))
    begun = time.perf_counter()

    counts = [max(1, round(options.cases * reader.share / whole)) for reader in readers]

    def perform(reader: Reader, count: int) -> dict[str, Any]:
        told = fuzzed(reader, count, options.seed, root)
        bad = told["tracebacks"] + told["hangs"]
        print(f"{reader.name}: {told['inputs']:,} inputs, {bad} bad", file=sys.stderr)
        return told

    if options.together:
        found = together(readers, counts, options.seed, root)
    else:
        with ThreadPoolExecutor(options.jobs) as pool:
            found = list(pool.map(perform, readers, counts))
    if not options.keep:
        shutil.rmtree(root)
    return _print(found, time.perf_counter() - begun, options.seed)


def _print(found: list[dict[str, Any]], seconds: float, seed: int) -> int:
    names = ("inputs", "accepted", "refused", "slowest_ms", "tracebacks", "hangs")
    print(f"{'reader':<22}" + "".join(f"{name:>12}" for name in names))
    for one in found:
        print(f"{one['reader']:<22}" + "".join(f"{one[name]:>12,}" for name in names))
        for finding in one["findings"]:
            print(f"    {finding['times']} x {finding['what']} (case {finding['case']})")
    keys = ("inputs", "accepted", "refused", "tracebacks", "hangs")
    total = {name: sum(one[name] for one in found) for name in keys}
    slowest = max(one["slowest_ms"] for one in found)
    print(json.dumps({"readers": len(found), **total, "slowest_ms": slowest, "seed": seed,
                      "seconds": round(seconds)}))  # fmt: skip
    return 1 if total["tracebacks"] or total["hangs"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
