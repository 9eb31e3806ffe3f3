"""Hurt campaigns in every way at random moments, and see that they end with the same tables.

    python tests/faults/run.py --cases 200 --seed 7
    python tests/faults/run.py --seed 7 --only 17 --keep

The last line is JSON: ``cases``, ``identical``, ``rows_lost``, ``rows_twice``, and the same by
fault. The exit code is 1 if anything differs.
"""

import argparse
import json
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

import disk
from campaign import References, has_option
from cases import Case, available, chosen
from inject import ANYHOW, FAULTS
from judge import judged
from moments import Meeting
from pool import Pool
from scene import Scene, Slot, SuiteError

MOST_AGAIN = 4
"""So often may the command be given again."""


@dataclass(frozen=True)
class Result:
    """What became of a case."""

    case: Case
    identical: bool
    rows_lost: int
    rows_twice: int
    differences: tuple[str, ...]
    codes: tuple[int | None, ...]
    notes: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        word = "identical" if self.identical else "DIFFERS: " + "; ".join(self.differences)
        codes = " ".join(str(code) for code in self.codes)
        notes = f"  ({'; '.join(self.notes)})" if self.notes else ""
        return f"{self.case}: {word}  exit codes {codes}  {self.seconds:.0f} s{notes}"


class Suite:
    """Plays cases, several at once.

    Parameters
    ----------
    folder : Path
        For everything.
    keep : bool
        Whether the folders of cases stay; those of cases that differ always do.
    """

    def __init__(self, folder: Path, at_once: int, *, keep: bool) -> None:
        self.folder, self.keep = folder, keep
        self.references = References(folder / "references")
        self._making = threading.Lock()
        self._slots: queue.Queue[Slot] = queue.Queue()
        self.slots = []
        for number in range(at_once):
            place = folder / f"slot-{number}"
            slot = Slot(Meeting(place / "control"), Pool(place / "pool", place / "control"))
            self._slots.put(slot)
            self.slots.append(slot)

    def play(self, case: Case) -> Result:
        """Play a case on the next slot that is free."""
        slot = self._slots.get()
        begun = time.monotonic()
        folder = self.folder / f"case-{case.number:04d}"
        folder.mkdir()
        scene = Scene(
            kind=case.kind,
            how=case.how,
            moment=case.moment,
            random=Random(f"{case.seed}/open"),
            slot=slot,
            references=self.references,
            folder=folder,
            out=folder / "out",
        )
        lost, twice, differences = 0, 0, ("broke off",)
        try:
            lost, twice, differences = self._played(scene, case)
        except (SuiteError, RuntimeError, OSError) as error:
            # One case that cannot be played must not take the others along.
            differences = (f"{type(error).__name__}: {error}",)
        finally:
            disk.remove(scene) if not (self.keep or differences) else None
            scene.clear(keep=self.keep or bool(differences))
            self._slots.put(slot)
        return Result(
            case,
            not differences,
            lost,
            twice,
            differences,
            tuple(scene.codes),
            tuple(scene.notes),
            time.monotonic() - begun,
        )

    def _played(self, scene: Scene, case: Case) -> tuple[int, int, tuple[str, ...]]:
        fault = FAULTS[case.fault]
        scene.meeting.clear()
        fault.prepare(scene)
        if case.moment:
            scene.meeting.arm(case.moment)
        scene.run = scene.start()
        if case.moment:
            scene.meet()
            fault.strike(scene)
            scene.meeting.release()
        scene.end(scene.run)
        done = scene.complete()
        fault.mend(scene)
        scene.meeting.jump(0)
        if fault.again or not done:
            scene.again(MOST_AGAIN)
        verified = scene.verify()
        found = judged(scene.out, self._reference(scene), reasons=not scene.fails)
        wrong = (f"verify gave {verified}",) if verified else ()
        return found.rows_lost, found.rows_twice, _all(found.identical, found.differences, wrong)

    def _reference(self, scene: Scene) -> Path:
        row = scene.row if scene.fails else None
        with self._making:
            if not self.references.of(scene.kind, row).exists():
                self.references.make(scene.kind, row)
        return self.references.of(scene.kind, row)

    def close(self) -> None:
        for slot in self.slots:
            slot.pool.down()


def _all(identical: bool, differences: tuple[str, ...], wrong: tuple[str, ...]) -> tuple[str, ...]:
    return (*differences, *wrong) if identical or differences else ("rows", *wrong)


def summary(seed: int, results: Iterable[Result]) -> dict[str, object]:
    """Count the cases, and those that ended with the undisturbed tables."""
    results = list(results)
    by_fault = {
        name: {"cases": len(those), "identical": sum(one.identical for one in those)}
        for name in FAULTS
        if (those := [one for one in results if one.case.fault == name])
    }
    return {
        "cases": len(results),
        "identical": sum(one.identical for one in results),
        "rows_lost": sum(one.rows_lost for one in results),
        "rows_twice": sum(one.rows_twice for one in results),
        "seed": seed,
        "by_fault": by_fault,
    }


def with_own_mounts() -> None:
    """Go on in a process that may mount small disks which nobody else sees, if that can be had."""
    if os.geteuid() != 0 or "FAULTS_MOUNTS" in os.environ or not shutil.which("unshare"):
        return
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0:
        os.environ["FAULTS_MOUNTS"] = "1"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])


def main() -> int:
    options = _options()
    # Ignored by jobs in the background, and so by the commands that are to be interrupted.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with_own_mounts()
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    names = _names(options)
    numbers = options.only or range(len(names) if options.short else options.cases)
    # No other scheduler for the short version: it takes longest to start.
    hows = ("serial", "local") if options.short else ANYHOW
    cases = [chosen(options.seed, number, names, hows) for number in numbers]
    folder = Path(options.folder or tempfile.mkdtemp(prefix="faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    suite = Suite(folder, options.at_once, keep=options.keep)
    results = []
    try:
        with ThreadPoolExecutor(options.at_once) as threads:
            for result in threads.map(suite.play, cases):
                print(result, flush=True)
                results.append(result)
    finally:
        suite.close()
    told = summary(options.seed, results) | {"seconds": round(time.monotonic() - begun)}
    good = told["identical"] == told["cases"]
    if options.markdown:
        from table import write

        write(Path(options.markdown), told)
    if good and not options.keep:
        shutil.rmtree(folder)
    else:
        print(f"kept: {folder}")
    print(json.dumps(told))
    return 0 if good else 1


def _names(options: argparse.Namespace) -> list[str]:
    has = {fault.needs: has_option(fault.needs) for fault in FAULTS.values() if fault.needs}
    names = [n for n, f in FAULTS.items() if available(f, has, mounts=disk.MOUNTS)]
    for name in sorted(set(FAULTS) - set(names)):
        print(f"cannot be had here: {name}")
    if options.fault:
        return [name for name in names if name in options.fault]
    return [name for name in names if FAULTS[name].quick] if options.short else names


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, action="append", help="this case alone; repeatable")
    parser.add_argument("--fault", action="append", help="these faults alone; repeatable")
    parser.add_argument("--short", action="store_true", help="the quick faults, once each")
    parser.add_argument("--at-once", type=int, default=2, help="cases at the same time")
    parser.add_argument("--folder", help="where everything lies meanwhile; kept if a case differs")
    parser.add_argument("--keep", action="store_true", help="keep the folders of all cases")
    parser.add_argument("--markdown", help="write the table into this page")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
