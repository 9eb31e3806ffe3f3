"""Runs what is kept, takes out what follows from day, machine and code, and compares."""

import contextlib
import io
import json
import lzma
import math
import os
import re
import shutil
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from golden_cases import BEFORE, FILES, FOLDERS, Case

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).with_name("kept")

RELATIVE, ABSOLUTE = 1e-9, 1e-12
"""Processors differ in last digits."""

DIGITS = 11
"""Significant digits that are kept."""

LARGE = 60_000
"""Longer texts are kept compressed."""

WIDTH = "100"
"""Columns of the terminal."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)
_LOOSE = (
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z| UTC)?"), "<time>"),
    (re.compile(r"^(screened in|where the workers' time went).*$", re.MULTILINE), r"\1 <time>"),
    (re.compile(r"(<dt>(?:maiscreen|[Cc]ode|Packages)</dt><dd>).*?(</dd>)"), r"\1<taken out>\2"),
    (re.compile(r"(<p class=\"soft\">maiscreen) [\w.]+"), r"\1 <version>"),
    (re.compile(r"^(a run takes about) .*$", re.MULTILINE), r"\1 <time>"),
)


def call(*arguments: str) -> tuple[int, str, str]:
    """Run a command here; give its exit code and what it printed on both streams."""
    (script,) = (e for e in distribution("maiscreen").entry_points if e.name == "maiscreen")
    main = script.load()
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(list(arguments))
        except SystemExit as end:
            code = end.code
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return code or 0, *texts


class Scene:
    """A folder in which the commands run; what they need is made when it is first needed."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.printed: dict[str, tuple[int, str, str]] = {}
        for name, text in FILES.items():
            (place / name).write_text(text)
        shutil.copy(ROOT / "docs" / "lab_paper.csv", place)

    def make(self, case: Case) -> None:
        """Make the folders that a case needs."""
        for name in case.needs:
            self._make(name)

    def seen(self, case: Case) -> str:
        """Give what a case gives now, as it is kept."""
        self.make(case)
        if case.name in self.printed:
            code, out, err = self.printed[case.name]
        else:
            code, out, err = self._call(case.command) if case.command else (0, "", "")
        if case.file:
            return self._file(case)
        assert code == case.code, err
        if case.lines:
            assert not err, err
            return _json(self._plain(out), case.loose)
        return self._plain(out + (f"[stderr]\n{err}" if err else ""))

    def _make(self, name: str) -> None:
        if name in self.printed:
            return
        if name in BEFORE:
            self._make(BEFORE[name])
            shutil.copytree(self.place / BEFORE[name], self.place / name)
        self.printed[name] = self._call(FOLDERS[name])

    def _call(self, command: str) -> tuple[int, str, str]:
        with contextlib.chdir(self.place):
            return call(*command.split())

    def _file(self, case: Case) -> str:
        path = self.place / case.file
        if path.suffix == ".parquet" or path.is_dir():
            return _table(ds.dataset(path).to_table())
        text = self._plain(path.read_text(encoding="utf-8-sig"))
        return _json(text, case.loose) if case.lines else text

    def _plain(self, text: str) -> str:
        """Take out fingerprints, versions, times and paths."""
        for fingerprint in self._fingerprints():
            for length in (64, 12):
                text = text.replace(fingerprint[:length], "<fingerprint>")
        text = text.replace(str(self.place), "<here>").replace(sys.prefix, "<environment>")
        text = text.replace(str(ROOT), "<root>")
        text = text.replace("\r\n", "\n")
        for pattern, instead in _LOOSE:
            text = pattern.sub(instead, text)
        return text

    def _fingerprints(self) -> list[str]:
        manifests = (self.place / name / "manifest.json" for name in FOLDERS)
        found = (json.loads(m.read_bytes()).get("fingerprint") for m in manifests if m.exists())
        return [fingerprint for fingerprint in found if fingerprint]


def help_texts() -> str:
    """Give what --help says of every command and action."""
    return "\n\n".join(_help())


def _help(*command: str) -> Iterator[str]:
    code, out, err = call(*command, "--help")
    assert (code, err) == (0, ""), err
    yield f"$ {' '.join(('maiscreen', *command, '--help'))}\n{out.rstrip()}"
    _, _, menu = out.partition("\ncommands:\n" if not command else "\nactions:\n")
    for name in re.findall(r"^    ([a-z]+)(?:  |$)", menu.partition("\n\n")[0], re.MULTILINE):
        yield from _help(*command, name)


@contextlib.contextmanager
def steady_width() -> Iterator[None]:
    """Let help be as wide everywhere."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = WIDTH
    yield
    if before is None:
        del os.environ["COLUMNS"]
    else:
        os.environ["COLUMNS"] = before


def _rounded(value: Any) -> Any:
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value


def _without(value: Any, loose: tuple[str, ...]) -> Any:
    """Keep that a value is there, not what it is."""
    if isinstance(value, dict):
        return {
            key: "<taken out>"
            if one is not None and any(fnmatchcase(key, pattern) for pattern in loose)
            else _without(one, loose)
            for key, one in value.items()
        }
    return [_without(one, loose) for one in value] if isinstance(value, list) else value


def _values(text: str) -> Iterator[Any]:
    """Read JSON values that stand one after the other."""
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        yield value
        rest = rest[end:].lstrip()


def _json(text: str, loose: tuple[str, ...]) -> str:
    values = [_rounded(_without(value, loose)) for value in _values(text)]
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _table(table: pa.Table) -> str:
    """Give a table column by column: its type, its metadata, its values."""
    columns = {
        field.name: {
            "type": str(field.type),
            **{k.decode(): v.decode() for k, v in (field.metadata or {}).items()},
            "values": _rounded(column.to_pylist()),
        }
        for field, column in zip(table.schema, table.columns, strict=True)
    }
    metadata = sorted(key.decode() for key in table.schema.metadata or {})
    lines = (
        f"{json.dumps(name)}: {json.dumps(column, ensure_ascii=False, separators=(',', ':'))}"
        for name, column in columns.items()
    )
    return f'{{"<metadata>": {json.dumps(metadata)},\n' + ",\n".join(lines) + "}\n"


def keep(name: str, text: str) -> None:
    """Write what is kept of a case."""
    KEPT.mkdir(exist_ok=True)
    for old in (KEPT / name, KEPT / f"{name}.xz"):
        old.unlink(missing_ok=True)
    if len(text) > LARGE:
        packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
        (KEPT / f"{name}.xz").write_bytes(packed)
    else:
        (KEPT / name).write_text(text, encoding="utf-8", newline="")


def kept(name: str) -> str:
    """Read what is kept of a case."""
    packed = KEPT / f"{name}.xz"
    content = lzma.decompress(packed.read_bytes()) if packed.exists() else None
    return (content or (KEPT / name).read_bytes()).decode()


def file_name(case: Case) -> str:
    """Name the file of a case."""
    table = case.file.endswith(".parquet") or case.file.endswith("candidates")
    return f"{case.name}.json" if table or case.lines else f"{case.name}.txt"


def differences(before: str, now: str, *, as_json: bool) -> list[str]:
    """Say where two texts differ: at most ten places, none if they are the same."""
    if as_json:
        return _unlike(json.loads(before), json.loads(now), "")[:10]
    lines = before.split("\n"), now.split("\n")
    places = [
        f"line {place}: {old!r} is now {new!r}"
        for place, (old, new) in enumerate(zip(*lines, strict=False), 1)
        if not _same_line(old, new)
    ]
    if len(lines[0]) != len(lines[1]):
        places.append(f"{len(lines[0])} lines are now {len(lines[1])}")
    return places[:10]


def _same_line(before: str, now: str) -> bool:
    if before == now:
        return True
    numbers = _NUMBER.findall(before), _NUMBER.findall(now)
    if _NUMBER.sub("#", before) != _NUMBER.sub("#", now) or len(numbers[0]) != len(numbers[1]):
        return False
    return all(
        old == new or ("." in old and "." in new and _close(float(old), float(new)))
        for old, new in zip(*numbers, strict=True)
    )


def _close(before: float, now: float) -> bool:
    same = before == now or (math.isnan(before) and math.isnan(now))
    return same or math.isclose(before, now, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _unlike(before: Any, now: Any, where: str) -> list[str]:
    if isinstance(before, float) and isinstance(now, float):
        return [] if _close(before, now) else [f"{where}: {before} is now {now}"]
    if type(before) is not type(now):
        return [f"{where}: {before!r} is now {now!r}"]
    if isinstance(before, dict):
        if list(before) != list(now):
            return [f"{where}: keys {list(before)} are now {list(now)}"]
        return [line for key in before for line in _unlike(before[key], now[key], f"{where}/{key}")]
    if isinstance(before, list):
        if len(before) != len(now):
            return [f"{where}: {len(before)} values are now {len(now)}"]
        pairs = enumerate(zip(before, now, strict=True))
        return [line for i, (old, new) in pairs for line in _unlike(old, new, f"{where}/{i}")]
    return [] if before == now else [f"{where}: {before!r} is now {now!r}"]
