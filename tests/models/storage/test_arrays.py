"""Arrays in files: the same bytes for the same arrays; whatever else is refused."""

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from maiscreen.models.storage.arrays import pack_arrays, unpack_arrays

KINDS = st.sampled_from(("<f8", "<f4", "<i8", "<i4", "<i2", "|i1"))
SOME = KINDS.flatmap(lambda kind: arrays(kind, array_shapes(min_dims=0, min_side=0)))
NAMES = st.text("abc.01", min_size=1, max_size=6).filter(lambda name: not name.endswith(".npy"))


@given(st.dictionaries(NAMES, SOME, max_size=4))
def test_reads_what_was_written(whole: dict[str, Any]) -> None:
    content = pack_arrays(whole)
    found = unpack_arrays(content)
    assert list(found) == list(whole)
    for name, one in whole.items():
        assert found[name].dtype == one.dtype
        np.testing.assert_array_equal(found[name], one)
    assert pack_arrays({name: one.copy() for name, one in whole.items()}) == content


def test_numpy_reads_it() -> None:
    with np.load(io.BytesIO(pack_arrays({"a": np.arange(3.0)})), allow_pickle=False) as file:
        np.testing.assert_array_equal(file["a"], [0, 1, 2])


@given(st.binary(max_size=60), st.integers(0, 400))
def test_any_bytes_are_refused_in_one_way(noise: bytes, at: int) -> None:
    whole = bytearray(pack_arrays({"a": np.arange(3.0), "b": np.arange(2)}))
    whole[at : at + len(noise)] = noise
    try:
        found = unpack_arrays(bytes(whole))
    except ValueError:
        return
    assert sum(one.nbytes for one in found.values()) <= len(whole)


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def npy(array: Any, **settings: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **settings)
    return file.getvalue()


HUGE = npy(np.zeros(3)).replace(b"(3,), }            ", b"(300000000000000,), }")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (zipped({"a.npy": npy(np.array([{}], dtype=object))}), "other things than numbers"),
        (zipped({"a.npy": npy(np.array(["x"]))}), "other things than numbers"),
        (zipped({"a.npy": npy(np.zeros(2, dtype="f4,f4"))}), "other things than numbers"),
        (zipped({"a.npy": npy(np.zeros((2, 3), order="F"))}), "other things than numbers"),
        (zipped({"a.npy": npy(np.zeros(2), version=(2, 0))}), "another format"),
        (zipped({"a.npy": HUGE[: len(npy(np.zeros(3)))]}), "header|size|shape"),
        (zipped({"a.npy": npy(np.zeros(3))[:-1]}), "another size"),
        (zipped({"a.npy": npy(np.zeros(9))}, zipfile.ZIP_DEFLATED), "compressed"),
        (zipped({f"{i}.npy": npy(np.zeros(1)) for i in range(65)}), "65 arrays"),
    ],
)  # fmt: skip
def test_what_is_not_read(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unpack_arrays(content)
