"""Ingredients on their way between processes: arrays of ours, and nothing else."""

import io
import zipfile

import numpy as np
import pytest

from maiscreen.screen.blends.ingredients import Ingredients, ingredients_to_bytes
from maiscreen.screen.blends.space import BlendSpace
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
