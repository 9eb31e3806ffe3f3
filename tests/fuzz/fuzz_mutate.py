"""Files as a stranger could send them: valid ones, damaged at random and with intent."""

import copy
import io
import json
import math
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

Mutator = Callable[[Random, bytes], bytes]

WORDS = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1b[2J\x1b]0;x\x07", b"\xc2\x9b31m",
    b"\xe2\x80\xae", b"\r\n", b"\n", b",", b";", b'"', b"'", b"=", b"[", b"]", b"{", b"}", b"(",
    b")", b"#", b"\\", b"NaN", b"Infinity", b"-1", b"1e400", b"0", b"9" * 30, b"9" * 5000,
    b"0x" + b"f" * 5000, b"null", b"true", b"../../canary", b"/etc/passwd", b"=cmd|' /C calc'!A0",
    b"$\\frac{1}{2}$", b"<script>alert(1)</script>", b"{{ 7*7 }}", b"!!python/object:os.system",
    b"a." * 50, b"%" + b"99", b"[[", b"]]", b"((((", b"))))", b"\xe2\x82\x82", b"1_000", b"inf",
]  # fmt: skip
"""Pieces that formats or their readers treat in a way of their own."""

VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**70, -(2**63), 0.5, -0.0, 1e308, math.nan,
    math.inf, -math.inf, "", "x", " ", "../../canary", "..", ".", "/etc/passwd", "a/b", "\0",
    "\ud800", "\x1b[2J", "\u202e", "=1+1", "<b>", "9" * 400, "x" * 5000, [], {}, [[]], [None],
    [1, 2, 3], ["a", "b"], {"": 1}, {"a": {"b": 1}}, {"@module": "this", "@class": "x"},
    {"@module": "os", "@callable": "system"}, 10**400,
]  # fmt: skip
"""What a value of JSON could be in the place of another."""


def on_bytes(rng: Random, seed: bytes) -> bytes:
    """Flip bits, cut, repeat, splice, insert words of the formats."""
    data = bytearray(seed)
    for _ in range(1 + min(int(rng.expovariate(0.7)), 8)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del data[at : at + int(rng.expovariate(0.1))]
        elif kind == 2:
            data[at:at] = rng.choice(WORDS)
        elif kind == 3:
            piece = data[at : at + int(rng.expovariate(0.05))]
            data[at:at] = piece * rng.choice((1, 2, 40))
        elif kind == 4:
            other = rng.randrange(len(data) + 1)
            length = int(rng.expovariate(0.05))
            data[at : at + length] = data[other : other + length]
        else:
            del data[at if rng.random() < 0.3 else len(data) :]
    return bytes(data[: 1 << 20])


def on_json(rng: Random, seed: bytes) -> bytes:
    """Put other values into a JSON text, take keys away, write keys twice, nest deeply."""
    if rng.random() < 0.15:
        return on_bytes(rng, seed)
    if rng.random() < 0.02:
        depth = rng.choice((50, 900, 5000, 100_000))
        return b"[" * depth + b"]" * depth
    whole = mutated_json(rng, json.loads(seed))
    text = json.dumps(whole, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.03:
        text = text.replace("{", '{"files": 1, "files": 2, ', 1)
    return text.encode("utf-8", "surrogatepass")


def mutated_json(rng: Random, whole: Any) -> Any:
    """Change a JSON value in one place or some."""
    whole = copy.deepcopy(whole)
    for _ in range(1 + int(rng.expovariate(1.0))):
        places = list(_places(whole))
        if not places:
            return rng.choice(VALUES)
        holder, key = rng.choice(places)
        kind = rng.random()
        if kind < 0.65:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
        elif kind < 0.75:
            del holder[key]
        elif kind < 0.85 and isinstance(holder, list):
            holder.extend(copy.deepcopy(holder))
        elif kind < 0.9 and isinstance(holder, dict):
            holder[rng.choice(("", "x", "..", "files", "\ud800"))] = holder.pop(key)
        else:
            other, there = rng.choice(places)
            holder[key] = copy.deepcopy(other[there]) if _has(other, there) else None
    return whole


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else key < len(holder)


def _places(whole: Any, depth: int = 0) -> Any:
    if depth > 12:
        return
    keys: Any = ()
    if isinstance(whole, dict):
        keys = list(whole)
    elif isinstance(whole, list):
        keys = range(min(len(whole), 20))
    for key in keys:
        yield whole, key
        yield from _places(whole[key], depth + 1)


def on_lines(inner: Mutator) -> Mutator:
    """Change one line of many by another mutator."""

    def mutate(rng: Random, seed: bytes) -> bytes:
        lines = seed.split(b"\n")
        at = rng.randrange(len(lines))
        if lines[at].strip():
            lines[at] = inner(rng, lines[at])
        return b"\n".join(lines)

    return mutate


def on_csv(rng: Random, seed: bytes) -> bytes:
    """Put other texts into cells and headers, change the number of cells."""
    if rng.random() < 0.25:
        return on_bytes(rng, seed)
    lines = seed.split(b"\n")
    for _ in range(1 + int(rng.expovariate(0.7))):
        at = 0 if rng.random() < 0.2 else rng.randrange(len(lines))
        cells = lines[at].split(b",")
        place = rng.randrange(len(cells))
        kind = rng.randrange(5)
        if kind < 3:
            value = rng.choice(VALUES)
            text = str(value).encode("utf-8", "surrogatepass") if value != 10**400 else b"9" * 401
            cells[place] = rng.choice((text, rng.choice(WORDS)))
        elif kind == 3:
            cells.insert(place, cells[place])
        else:
            del cells[place]
        lines[at] = b",".join(cells)
    if rng.random() < 0.1:
        lines += lines[1:] * 5
    return b"\n".join(lines)


def on_parquet(rng: Random, seed: bytes) -> bytes:
    """Change columns, types, values and metadata of a table, or the bytes of its file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if rng.random() < 0.5:
        return on_bytes(rng, seed)
    table = pq.read_table(io.BytesIO(seed), use_threads=False)
    for _ in range(1 + int(rng.expovariate(1.0))):
        at = rng.randrange(table.num_columns) if table.num_columns else 0
        kind = rng.randrange(7)
        if table.num_columns == 0:
            break
        name, rows = table.column_names[at], table.num_rows
        if kind == 0:
            table = table.remove_column(at)
        elif kind == 1:
            table = table.set_column(at, name, pa.nulls(rows))
        elif kind == 2:
            value = rng.choice([v for v in VALUES if not isinstance(v, bool) and v != "\ud800"])
            try:
                table = table.set_column(at, name, pa.array([value] * rows))
            except (pa.ArrowException, OverflowError, ValueError, TypeError):
                continue
        elif kind == 3:
            columns = list(table.column_names)
            columns[at] = rng.choice(("", "x", "\x1b[2J", columns[0], "../y"))
            table = table.rename_columns(columns)
        elif kind == 4:
            table = table.slice(0, rng.randrange(rows + 1))
        elif kind == 5:
            bad = pa.array([b"\xff\xfe\x00"] * rows, pa.binary())
            table = table.set_column(at, name, bad.view(pa.string()))
        else:
            table = table.replace_schema_metadata({b"unit": b"\xff", b"fingerprint": b"\x1b"})
    sink = io.BytesIO()
    try:
        pq.write_table(table, sink, compression=rng.choice(("zstd", "snappy", "none", "gzip")))
    except pa.ArrowNotImplementedError:  # a struct without fields
        return on_bytes(rng, seed)
    return sink.getvalue() if rng.random() < 0.8 else on_bytes(rng, sink.getvalue())


def on_zip(inner: Callable[[Random, str, bytes], bytes]) -> Mutator:
    """Change one member of an archive, leave one out, or name it otherwise."""

    def mutate(rng: Random, seed: bytes) -> bytes:
        if rng.random() < 0.2:
            return on_bytes(rng, seed)
        with zipfile.ZipFile(io.BytesIO(seed)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        name = rng.choice(sorted(members, reverse=True))
        if rng.random() < 0.05:
            del members[name]
        elif rng.random() < 0.05:
            members[rng.choice(("../x", "/x", "schema.json", "x"))] = members.pop(name)
        else:
            members[name] = inner(rng, name, members[name])
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
            for one, content in members.items():
                archive.writestr(one, content)
        return sink.getvalue()

    return mutate


def npy(rng: Random, content: bytes) -> bytes:
    """Change an array's header: its shape and type."""
    words = [
        (b"'<f8'", b"'|O'"), (b"'<f8'", b"'<c16'"), (b"'<f4'", b"'|O'"), (b"(", b"(99999999999,"),
        (b"(", b"(-1,"), (b"False", b"True"), (b"'<i8'", b"'|O'"), (b"descr", b"xdescr"),
    ]  # fmt: skip
    return content.replace(*rng.choice(words), 1) if rng.random() < 0.5 else on_bytes(rng, content)
