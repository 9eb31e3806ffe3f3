"""Regulatory inventories of the package chemicals: what was made, sold or imported, and how much.

The files lie in its folder ``Law``, compressed, a CAS number in each line. A list is read as bytes
and only the lines of the compounds asked for are kept: 0.05 s of processor time for all of them.
"""

import gzip
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import nan

from maiscreen.candidates.reading.packages import package_folder

INVENTORIES = (
    ("TSCA 2016", "TSCA Inventory 2016-01.csv.gz"),
    ("EINECS 2015", "EINECS 2015-03.csv.gz"),
    ("NLP", "EC Inventory No Longer Polymers (NLP).csv"),
    ("DSL 2015", "Canada Feb 11 2015 - DSL.csv.gz"),
    ("SPIN 2015", "SPIN Inventory 2015-03.csv.gz"),
)
"""Lists of what was in commerce: USA, European Union (two of them), Canada, Nordic countries."""

NON_DOMESTIC = "NDSL 2015"
"""Canada's list of what others sell: the rows of the DSL's file with the flag 1."""

HIGH_VOLUME = "HPV 2015 March 3.csv"
"""OECD's list of what at least one member makes or imports to 1,000 t a year."""

TONNAGE_BANDS = "ECHA Tonnage Bands.csv.zip"
"""What is registered under REACH: a band of t a year, or a word why there is none."""

US_VOLUMES = "EPA Chemical Data Reporting - 2012.csv.gz"
"""Made, imported and exported by CAS number, kg in the year; 0 where nobody may know.

The other copy of this table heads its columns LB, and the author of the package reads kilograms.
He is right: the numbers set in at 11,340, and 25,000 lb are what a site has to report."""

KG_PER_TONNE = 1000.0


@dataclass(frozen=True, slots=True)
class Listing:
    """What the lists say of one CAS number.

    Attributes
    ----------
    inventories : tuple of str
        Those of :data:`INVENTORIES` that have it, in their order.
    is_high_volume : bool
        On OECD's list.
    bands : tuple of str
        Of ECHA, as the file writes them.
    us_tonnes : float
        Made and imported in the USA, t in the year that was reported in 2012; 0 where no volume is
        public, NaN where nothing was reported.
    """

    inventories: tuple[str, ...] = ()
    is_high_volume: bool = False
    bands: tuple[str, ...] = ()
    us_tonnes: float = nan


def listings(cas_numbers: Collection[str]) -> dict[str, Listing]:
    """Read what the lists say of CAS numbers; what is on none of them is left out.

    Examples
    --------
    >>> found = listings(["7646-78-8", "13830-68-7"])
    >>> list(found), found["7646-78-8"].inventories[:2]
    (['7646-78-8'], ('TSCA 2016', 'EINECS 2015'))
    """
    spelt = {
        text.encode(): cas for cas in cas_numbers for text in (cas, cas.replace("-", "")) if text
    }
    on: dict[str, list[str]] = {}
    for name, file in INVENTORIES:
        for cas, cells in _rows(file, spelt):
            # The flag of Canada's file tells its two lists apart.
            own = NON_DOMESTIC if name.startswith("DSL") and cells[1:] == [b"1"] else name
            on.setdefault(cas, []).append(own)
    high = {cas for cas, _ in _rows(HIGH_VOLUME, spelt)}
    bands: dict[str, list[str]] = {}
    for cas, cells in _rows(TONNAGE_BANDS, spelt):
        bands.setdefault(cas, []).append(cells[1].decode())
    tonnes = {
        cas: (int(cells[1]) + int(cells[2])) / KG_PER_TONNE
        for cas, cells in _rows(US_VOLUMES, spelt)
    }
    return {
        cas: Listing(
            tuple(on.get(cas, ())), cas in high, tuple(bands.get(cas, ())), tonnes.get(cas, nan)
        )
        for cas in dict.fromkeys(cas_numbers)
        if cas in on or cas in high or cas in bands or cas in tonnes
    }


def _rows(file: str, spelt: Mapping[bytes, str]) -> Iterator[tuple[str, list[bytes]]]:
    """Find the lines of a file that begin with one of the numbers: CAS number and cells."""
    for line in _content(file).splitlines():
        cas = spelt.get(line.partition(b"\t")[0])
        if cas is not None:
            yield cas, line.split(b"\t")


def _content(file: str) -> bytes:
    path = package_folder("chemicals") / "Law" / file
    if file.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            return archive.read(archive.namelist()[0])
    content = path.read_bytes()
    return gzip.decompress(content) if file.endswith(".gz") else content
