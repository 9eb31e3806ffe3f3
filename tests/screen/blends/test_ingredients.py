"""Ingredients on their way between processes: arrays of ours, and nothing else."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.descriptors.bench.supply import CLASSES
from maiscreen.screen.blends.ingredients import Ingredients, ingredients_to_bytes
from maiscreen.screen.blends.space import REJECTIONS, BlendSpace
from maiscreen.screen.blends.table import describe_recipes
from maiscreen.screen.blends.words import add_names
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

FEW = Campaign(metals=("Sn",), halogens=("Cl",), fidelity="F0", samples=100, space=Space(blends=2))


@pytest.fixture(scope="module")
def content() -> bytes:
    return ingredients_to_bytes(BlendSpace(FEW).ingredients)


def with_member(content: bytes, name: str, data: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w") as new:
        for member in old.namelist():
            new.writestr(member, data if member == f"{name}.npy" else old.read(member))
    return sink.getvalue()


def npy(array: object) -> bytes:
    sink = io.BytesIO()
    np.save(sink, np.asarray(array))
    return sink.getvalue()


def test_a_blend_is_as_hard_to_have_as_its_parts() -> None:
    """Of every ingredient the words of the halides; of a blend those of its hardest part."""
    campaign = Campaign(
        metals=("Si", "Ge"), halogens=("F", "Cl"), fidelity="F0", samples=100, supply="any",
        space=Space(blends=2, ratio_steps=4, temperatures_c=(25.0,)),
    )  # fmt: skip
    space = BlendSpace(campaign)
    found = space.ingredients
    alone = dict(
        zip(found.key.tolist(), zip(found.supply, found.handling, strict=True), strict=True)
    )
    described = add_names(space, pa.Table.from_batches([whole(space)])).to_pylist()
    passed = [row for row in described if row["rejected"] is None]
    assert {row["handling"] for row in passed} == {"bottle", "cylinder"}
    assert {row["supply"] for row in passed} >= {"bulk", "unlisted"}
    for row in passed:
        parts = [alone[row[f"precursor_{k}"]] for k in (1, 2, 3) if row[f"precursor_{k}"]]
        assert row["supply"] == max((s for s, _ in parts), key=CLASSES.index)
        assert row["handling"] == (
            "cylinder" if any(h == "cylinder" for _, h in parts) else "bottle"
        )
        for k in (1, 2, 3):
            name = row[f"precursor_{k}"]
            assert not name or len(parts) == 1 or f"{name}: " in row["supply_evidence"]


def test_bottles_alone_leave_gases_out_of_blends() -> None:
    campaign = replace(FEW, metals=("Si", "Ge"), halogens=("F", "Cl"))
    both = BlendSpace(campaign)
    poured = BlendSpace(replace(campaign, handling=("bottle",)))
    names = both.ingredients.key[list(both.blended)].tolist()
    assert {"SiF4", "GeF4", "SiCl4", "GeCl4"} <= set(names)
    gases = {"SiF4", "GeF4"}
    assert set(poured.ingredients.key[list(poured.blended)].tolist()) == set(names) - gases
    assert REJECTIONS.index("handling") in poured.tables.rejected


def whole(space: BlendSpace) -> pa.RecordBatch:
    """Describe every recipe."""
    return describe_recipes(space, space.mixtures.slice(0, space.mixtures.size), {})


def test_come_back_as_they_were(content: bytes) -> None:
    known, taken = BlendSpace(FEW).ingredients, BlendSpace(FEW, content).ingredients
    for name in Ingredients.__slots__:
        ours, theirs = getattr(taken, name), getattr(known, name)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("key", b"SnCl4"),
        ("key", npy("SnCl4")),
        ("metal", b""),
        ("metal", npy([1.0])),
        ("caution", npy([["a", "b"]])),
        ("salt_mol", npy([1.0, 2.0])),
    ],
)
def test_what_is_no_array_of_ours_is_refused(content: bytes, name: str, data: bytes) -> None:
    with pytest.raises(ValueError, match=r"has a wrong|holds no ingredients"):
        BlendSpace(FEW, with_member(content, name, data))
