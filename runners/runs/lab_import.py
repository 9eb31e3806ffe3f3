"""A file of laboratory results, read and kept: sheets, exports of cyclers, campaigns of others."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.table import read_file
from maiscreen.runners.folder.ownership import read_manifest, read_ranking
from maiscreen.runners.folder.place import Place, campaign_folder, read_whole
from maiscreen.runners.runs.lab import (
    Source,
    keep_import,
    read_imports,
    source_of,
    standing_results,
)
from maiscreen.screen.facts.precursors import Catalogue, catalogue_of
from maiscreen.screen.lab_cyclers.export import MAX_BYTES, is_export
from maiscreen.screen.lab_cyclers.row import CellResult, read_cell_export
from maiscreen.screen.lab_exchange.ax import is_ax, read_ax
from maiscreen.screen.lab_sheet.header import Choices
from maiscreen.screen.lab_sheet.reader import SheetContent, read_results

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, eq=False)
class ReadFile:
    """A file that was read, and not kept yet.

    Attributes
    ----------
    content : SheetContent
        What became of each row.
    cell : CellResult or None
        Of a cycler's export, its cycles to failure with rule and evidence.
    source : Source
        Where it is from.
    out : Path or Remote
        Folder of the campaign.
    """

    content: SheetContent
    cell: CellResult | None
    source: Source
    out: Place

    def keep(self) -> int:
        """Keep what was accepted, and give the number of the import; 0 if there is nothing."""
        if not self.content.accepted:
            return 0
        return int(keep_import(self.out, self.source, self.content.accepted).partition("-")[0])


def read_lab_file(
    folder: str | os.PathLike[str],
    path: str | os.PathLike[str],
    columns: Mapping[str, str] | None = None,
    ignore: Iterable[str] = (),
    constant: Mapping[str, str] | None = None,
    area_cm2: float | None = None,
) -> ReadFile:
    """Read a file of results beside a finished campaign; nothing is kept before ``keep()``.

    Parameters
    ----------
    folder : str or path
        The ``--out`` of a run.
    path : str or path
        A sheet (CSV, XLSX), a cycler's export (Neware CSV, BioLogic .mpt, Arbin CSV), or an Ax
        experiment (JSON).
    columns : mapping of str to str, optional
        Heading → what it is, for headings that do not tell: ``{"Ergebnis": "cycles"}``.
    ignore : iterable of str
        Headings of columns that hold no result.
    constant : mapping of str to str, optional
        What the file lacks and holds for each row: ``{"electrolyte": "1 M NaPF6 in diglyme"}``.
        Of a cycler's export, precursor and cell at least.
    area_cm2 : float, optional
        Of one electrode, for a cycler's export.

    Returns
    -------
    ReadFile

    Raises
    ------
    InputError
        If the file as a whole cannot be read, or a column that is not read may hold results.
    """
    out, file = campaign_folder("DIR", os.fspath(folder)), Path(path)
    content = read_file(file, "FILE", MAX_BYTES)
    ranking, _, fingerprint = read_ranking(out)
    earlier = standing_results(read_imports(out))
    catalogue = _catalogue(out, ranking)
    cell = None
    if is_export(content):
        cell = read_cell_export(
            content, file.name, {**(constant or {})}, area_cm2, catalogue, earlier
        )
        rows = cell.content
    else:
        if area_cm2 is not None:
            raise InputError("--area-cm2", area_cm2, "is for exports of cyclers; FILE is none")
        sheet = read_ax(content, file.name) if is_ax(content) else content
        choices = Choices({**(columns or {})}, tuple(ignore), {**(constant or {})})
        rows = read_results(sheet, file.name, catalogue, earlier, choices)
    return ReadFile(rows, cell, source_of(file.name, content, fingerprint, rows), out)


def _catalogue(out: Place, ranking: "pa.Table") -> Catalogue:
    """Gather the precursors of a campaign; a wide one lists them in a table of their own."""
    from maiscreen.runners.folder.files import from_parquet

    table = from_parquet(_ingredients(out)) if "recipe" in ranking.column_names else ranking
    return catalogue_of(table.select(["formula", "name", "cas"]).to_pylist())


def _ingredients(out: Place) -> bytes:
    """Read the precursors of a wide campaign, if they are what was written."""
    import hashlib

    hashes = read_manifest(out, "DIR").get("files")
    try:
        content = read_whole(out / "ingredients.parquet", limits.PART_BYTES)
    except OSError:
        content = b""
    told = hashes.get("ingredients.parquet") if isinstance(hashes, dict) else None
    if hashlib.sha256(content).hexdigest() != told:
        remedy = "its ingredients.parquet is missing or was changed; run the campaign again"
        raise InputError("DIR", str(out), remedy)
    return content
