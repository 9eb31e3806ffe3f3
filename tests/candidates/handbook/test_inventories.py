"""The inventories of the package chemicals, read again by other means."""

import csv
import gzip
import io
import random
import zipfile

import numpy as np
import pytest

from maiscreen.candidates.handbook.identities import identities
from maiscreen.candidates.handbook.inventories import (
    HIGH_VOLUME,
    INVENTORIES,
    NON_DOMESTIC,
    TONNAGE_BANDS,
    US_VOLUMES,
    listings,
)
from maiscreen.candidates.reading.packages import package_folder

LAW = package_folder("chemicals") / "Law"


def text_of(file: str) -> str:
    """Read a file whole, by the library that its end asks for."""
    if file.endswith(".zip"):
        archive = zipfile.ZipFile(LAW / file)
        return archive.open(archive.namelist()[0]).read().decode()
    if file.endswith(".gz"):
        with gzip.open(LAW / file, "rt") as lines:
            return lines.read()
    return (LAW / file).read_text()


def cells_of(file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(file)), delimiter="\t"))


def hyphenated(number: str) -> str:
    """Write a CAS number as chemists do."""
    return f"{number[:-3]}-{number[-3:-1]}-{number[-1]}"


@pytest.mark.parametrize("name", [name for name, _ in INVENTORIES])
def test_each_list_is_read_as_it_stands(name: str) -> None:
    rows = [row for row in cells_of(dict(INVENTORIES)[name]) if row[0].isdigit()]
    some = random.Random(7).sample(rows, 200)
    read = listings([hyphenated(row[0]) for row in some])
    for row in some:
        on = read[hyphenated(row[0])].inventories
        flagged = name.startswith("DSL") and row[1] == "1"
        assert (NON_DOMESTIC if flagged else name) in on


def test_who_is_on_no_list_is_left_out_and_no_number_is_taken_for_its_beginning() -> None:
    assert listings(["13830-68-7", "", "7646-78-88", "646-78-8"]) == {}
    assert list(listings(["7646-78-8", "7646-78-8"])) == ["7646-78-8"]


def test_asking_for_all_says_the_same_as_asking_for_one() -> None:
    together = listings(identities())
    for cas in random.Random(3).sample(sorted(identities()), 12):
        alone = listings([cas]).get(cas)
        assert (alone is None) == (cas not in together)
        assert alone is None or str(alone) == str(together[cas])


def test_bands_and_volumes_are_those_of_the_files() -> None:
    bands = [row for row in cells_of(TONNAGE_BANDS) if row[0] in identities()]
    read = listings({row[0] for row in bands})
    assert len(bands) > 50
    assert all(row[1] in read[row[0]].bands for row in bands)
    volumes = {hyphenated(r[0]): int(r[1]) + int(r[2]) for r in cells_of(US_VOLUMES)[1:]}
    known = [cas for cas in volumes if cas in identities()]
    read = listings(known)
    assert [read[cas].us_tonnes * 1000 for cas in known] == pytest.approx(
        [volumes[cas] for cas in known]
    )
    high = {hyphenated(row[0]) for row in cells_of(HIGH_VOLUME)[1:]}
    assert {cas for cas, one in listings(identities()).items() if one.is_high_volume} == {
        cas for cas in identities() if cas in high
    }


def test_volumes_are_kilograms() -> None:
    """A site has to report from 25,000 lb on, 11,340 kg: there, and not at 25,000, they set in."""
    rows = cells_of(US_VOLUMES)[1:]
    volumes = np.array([int(row[1]) + int(row[2]) for row in rows])

    def density(low: int, high: int) -> float:
        return float(((volumes >= low) & (volumes < high)).sum()) / (high - low)

    assert density(11_340, 12_500) > 10 * density(5_000, 11_340)
    assert density(25_000, 27_500) < density(11_340, 12_500)
