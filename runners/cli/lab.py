"""The commands of `maiscreen lab`. Heavy imports wait until a command needs them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.cli.arguments import whole
from maiscreen.runners.cli.console import emit, emit_csv, emit_json
from maiscreen.runners.endings import BAD_INPUT, COMPLETE, PARTIAL
from maiscreen.runners.folder.place import campaign_folder

if TYPE_CHECKING:
    from maiscreen.runners.cli.lab_show import Ranks
    from maiscreen.runners.folder.place import Place
    from maiscreen.screen.facts.precursors import Catalogue


def template(options: argparse.Namespace) -> int:
    """Write a sheet to fill in."""
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.runners.folder.shards import write_whole
    from maiscreen.screen.shortlist.blends import wide_shortlist
    from maiscreen.screen.shortlist.choose import shortlist
    from maiscreen.screen.shortlist.workbook import template_rows, to_csv_bytes, to_xlsx_bytes

    top = whole("--top", options.top, 1_000)
    out = campaign_folder("DIR", options.folder)
    kind = options.format or ("csv" if str(options.out).endswith(".csv") else "xlsx")
    path = Path(options.out or f"lab-template.{kind}")
    if path.suffix.casefold() not in ("", f".{kind}"):
        raise InputError("--out", str(path), f"ends otherwise than --format {kind}")
    if not options.overwrite:
        _check_free(path)
    ranking, campaign, fingerprint = read_ranking(out)
    if campaign.space.is_wide:
        rows = template_rows(wide_shortlist(ranking, fingerprint, top))
    else:
        rows = template_rows(shortlist(ranking, campaign, fingerprint, top))
    about = f"Results for the campaign {campaign.name!r} ({fingerprint[:12]})"
    write_whole(path, to_csv_bytes(rows) if kind == "csv" else to_xlsx_bytes(rows, about), "--out")
    emit(f"Written to {path}: {len(rows)} precursors; then: maiscreen lab import {out} {path}")
    return COMPLETE


def take(options: argparse.Namespace) -> int:
    """Import a sheet of results."""
    from maiscreen.runners.cli.lab_show import refused_csv, summary
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.runners.folder.shards import write_whole
    from maiscreen.runners.runs.lab import add, read_imports, source_of, standing
    from maiscreen.screen.lab_sheet.reader import read_results

    out, path = campaign_folder("DIR", options.folder), Path(options.file)
    content = _content(path)
    ranking, _, fingerprint = read_ranking(out)
    earlier = standing(read_imports(out))
    found = read_results(content, path.name, _catalogue(out, ranking), earlier)
    if options.refused and found.refused:
        write_whole(Path(options.refused), refused_csv(found), "--refused")
    outcome = "nothing to keep"
    if found.accepted and options.dry_run:
        outcome = "nothing kept (--dry-run)"
    elif found.accepted:
        source = source_of(path.name, content, fingerprint, found)
        number = int(add(out, source, found.accepted).partition("-")[0])
        outcome = f"kept as import {number}"
    emit(summary(found, path.name, outcome))
    if found.refused and options.refused:
        emit(f"refused rows: {options.refused}")
    if found.refused:
        return PARTIAL if found.accepted or found.repeated else BAD_INPUT
    return COMPLETE if found.accepted or found.repeated else BAD_INPUT


def show(options: argparse.Namespace) -> int:
    """Show the results of a campaign."""
    from maiscreen.runners.cli.lab_show import as_csv, as_json, table
    from maiscreen.runners.runs.lab import read_imports

    out = campaign_folder("DIR", options.folder)
    known = _ranks(out)
    imports = read_imports(out)
    if options.json:
        emit_json(as_json(imports, known))
    elif options.csv:
        emit_csv(as_csv(imports, known).replace("\r\n", "\n"))
    else:
        emit(table(imports, known))
    return COMPLETE


def undo(options: argparse.Namespace) -> int:
    """Mark an import undone."""
    from maiscreen.runners.runs.lab import undo

    out = campaign_folder("DIR", options.folder)
    done = undo(out, options.number)
    told = f"import {done.number} ({done.source.source}, {len(done.records)} results) is undone"
    emit(f"{told}; its file is kept")
    return COMPLETE


def _content(path: Path) -> bytes:
    """Read the file, and not one that is too large for it."""
    from maiscreen.runners.folder.reading import why
    from maiscreen.screen.lab_sheet.table import MAX_BYTES

    try:
        with limits.open_plain(path) as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError("FILE", str(path), f"cannot be read: {why(error)}") from None


def _check_free(path: Path) -> None:
    """Refuse to write over what somebody may have filled in."""
    from maiscreen.runners.folder.reading import why

    try:
        taken = path.exists()
    except OSError as error:
        raise InputError("--out", str(path), f"cannot be read: {why(error)}") from None
    if taken:
        remedy = "is there already, perhaps filled in; give another name, or --overwrite"
        raise InputError("--out", str(path), remedy)


def _ingredients(out: "Place") -> bytes:
    """Read the precursors of a wide campaign, if they are what was written."""
    import hashlib

    from maiscreen.runners.folder.ownership import read_manifest
    from maiscreen.runners.folder.reading import read_whole

    hashes = read_manifest(out, "DIR").get("files")
    try:
        content = read_whole(out / "ingredients.parquet", limits.SHARD_BYTES)
    except OSError:
        content = b""
    told = hashes.get("ingredients.parquet") if isinstance(hashes, dict) else None
    if hashlib.sha256(content).hexdigest() != told:
        remedy = "its ingredients.parquet is missing or was changed; run the campaign again"
        raise InputError("DIR", str(out), remedy)
    return content


def _ranks(out: "Place") -> "Ranks":
    from maiscreen.runners.cli.lab_show import ranks
    from maiscreen.runners.folder.ownership import read_ranking

    return ranks(read_ranking(out)[0])


def _catalogue(out: "Place", ranking: object) -> "Catalogue":
    """Gather the precursors of a campaign; a wide one lists them in a table of their own."""
    import pyarrow as pa

    from maiscreen.runners.folder.shards import from_parquet
    from maiscreen.screen.facts.precursors import Catalogue, Known

    assert isinstance(ranking, pa.Table)  # noqa: S101
    table = ranking
    if "formula" not in table.column_names:
        table = from_parquet(_ingredients(out))
    rows = table.select(["formula", "name", "cas"]).to_pylist()
    known = [Known(r["formula"], r["name"] or "", r["cas"] or "") for r in rows]
    return Catalogue([one for one in known if one.formula != "Na"])
