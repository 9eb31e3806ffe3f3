"""The suite of faults: a short version of it, and that it sees what it is to see."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # its files import one another by name

import cases  # noqa: E402
import damage  # noqa: E402
import inject  # noqa: E402
import judge  # noqa: E402
import table  # noqa: E402


@pytest.mark.slow
def test_the_quick_faults_leave_no_trace() -> None:
    command = [sys.executable, HERE / "run.py", "--short", "--seed", "7"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["cases"] == told["identical"] >= 5
    assert told["rows_lost"] == told["rows_twice"] == 0


def test_a_case_follows_from_seed_and_number() -> None:
    names = list(inject.FAULTS)
    first = [cases.chosen(7, number, names) for number in range(200)]
    assert first == [cases.chosen(7, number, names) for number in range(200)]
    assert cases.chosen(7, 17, names) == first[17]
    assert first != [cases.chosen(8, number, names) for number in range(200)]


def test_every_round_has_every_fault_once() -> None:
    names = list(inject.FAULTS)
    for turn in range(3):
        numbers = range(turn * len(names), (turn + 1) * len(names))
        assert sorted(cases.chosen(7, n, names).fault for n in numbers) == sorted(names)


def a_folder(out: Path, index: list[int], *, value: float = 0.5, failed: int = 0) -> Path:
    """Make what looks like the folder of a wide campaign of five candidates."""
    (out / "candidates").mkdir(parents=True)
    one = pa.table({"index": index, "score": [value] * len(index)})
    pq.write_table(one.slice(0, 2), out / "candidates" / "part-0.parquet")
    pq.write_table(one.slice(2), out / "candidates" / "part-1.parquet")
    pq.write_table(pa.table({"index": [0], "score": [0.5]}), out / "ranking.parquet")
    counts = {"passed": 5 - failed, "rejected": 0, "failed": failed}
    (out / "manifest.json").write_text(json.dumps({"rows": 5, "counts": counts}))
    return out


def test_the_same_in_other_parts_is_identical(tmp_path: Path) -> None:
    reference = a_folder(tmp_path / "reference", [0, 1, 2, 3, 4])
    assert judge.judged(a_folder(tmp_path / "out", [3, 4, 0, 1, 2]), reference).identical


@pytest.mark.parametrize(
    ("index", "how", "lost", "twice", "word"),
    [
        ([0, 1, 2, 3], {}, 1, 0, "column index"),
        ([0, 1, 2, 3, 4, 4], {}, 0, 1, "column index"),
        ([0, 1, 1, 2, 3], {}, 1, 1, "column index"),
        ([0, 1, 2, 3, 4], {"value": 0.6}, 0, 0, "column score"),
        ([0, 1, 2, 3, 4], {"failed": 1}, 0, 0, "counts"),
    ],
)
def test_what_differs_is_seen(
    tmp_path: Path, index: list[int], how: dict[str, float], lost: int, twice: int, word: str
) -> None:
    reference = a_folder(tmp_path / "reference", [0, 1, 2, 3, 4])
    found = judge.judged(a_folder(tmp_path / "out", index, **how), reference)
    assert (found.rows_lost, found.rows_twice) == (lost, twice)
    assert word in found.differences
    assert not found.identical


def test_an_unfinished_folder_is_not_identical(tmp_path: Path) -> None:
    assert not judge.judged(tmp_path, a_folder(tmp_path / "reference", [0, 1])).identical


def test_damage_changes_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for harm in (damage.flip, damage.truncate):
        path.write_bytes(bytes(100))
        harm(path, cases.Random(1))
        assert path.read_bytes() != bytes(100)


def test_the_table_stands_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{table.BEGIN}\nold\n{table.END}\nbelow\n")
    told = {"cases": 3, "identical": 2, "rows_lost": 1, "rows_twice": 0, "seed": 7, "seconds": 60}
    table.write(page, told | {"by_fault": {"worker killed": {"cases": 3, "identical": 2}}})
    text = page.read_text()
    assert text.startswith("above\n")
    assert text.endswith("\nbelow\n")
    assert "| worker killed | 3 | 2 |" in text
    assert "old" not in text
