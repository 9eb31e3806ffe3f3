"""Potentials of the user's own: their file, and the register beside their labels."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.potential_files import (
    read_potential,
    read_register,
    write_register,
)
from maiscreen.models.labels.potentials import BUILT_IN, MODELS, PotentialEntry, register

TOML = 'name = "mine"\ncalculator = "ase.calculators.emt:EMT"\n'

OWN = PotentialEntry("mine", "ase.calculators.emt:EMT", own=True)


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_two_lines_are_enough(tmp_path: Path) -> None:
    assert read_potential(write(tmp_path, TOML)) == OWN


def test_everything_that_a_file_may_say(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(b"weights")
    text = (
        'name = "mine"\ncalculator = "toy.py:Toy"\nfiles = ["weights.pt"]\nenergies = "MP2020"\n'
        'functional = "PBE"\nlicence = "MIT"\ncitation = "me"\npackage = "ase"\n'
        'opinion_alone = true\n[arguments]\npath = "{file}"\nscale = 2.5\n'
    )
    found = read_potential(write(tmp_path, text))
    assert found.calculator == f"{tmp_path / 'toy.py'}:Toy"
    assert found.files[0].sha256 == hashlib.sha256(b"weights").hexdigest()
    assert found.arguments == (("path", "{file}"), ("scale", 2.5))
    assert (found.energies, found.functional, found.licence) == ("MP2020", "PBE", "MIT")
    assert found.opinion_alone and found.own


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks name"),
        ('name = "mine"', "lacks calculator"),
        ("name = [", "is no TOML file"),
        (TOML + "colour = 1", "is no key of mine.toml"),
        (TOML.replace("mine", "../up"), "letters, digits"),
        (TOML.replace("mine", "m" * 61), "at most 60"),
        (TOML.replace("emt:EMT", "emt"), "such as ase.calculators.emt:EMT"),
        (TOML + 'energies = "MP2021"', "one of uncorrected, MP2020"),
        (TOML + 'files = "weights.pt"', "give a list"),
        (TOML + 'files = ["none.pt"]', "No such file"),
        (TOML + "opinion_alone = 1", "true or false"),
        (TOML + "functional = 1", "give a text"),
        (TOML + "[arguments]\nx = [1]", "a text, a number"),
        ('name = "7net-0"\ncalculator = "a:b"', "only its files may lie elsewhere"),
        ('name = "7net-0"', "other files than its own"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_potential(write(tmp_path, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_built_in_one_may_lie_elsewhere_if_it_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"weights")
    known = BUILT_IN["nequix-oam-1-pft"]
    text = 'name = "nequix-oam-1-pft"\nfiles = ["weights"]\n'
    with pytest.raises(InputError, match="other files than its own"):
        read_potential(write(tmp_path, text))
    digest = hashlib.sha256(b"weights").hexdigest()
    right = replace(known, files=(replace(known.files[0], sha256=digest),))
    monkeypatch.setattr("maiscreen.models.labels.potential_files.BUILT_IN", {right.name: right})
    found = read_potential(write(tmp_path, text))
    assert found == replace(right, files=(replace(right.files[0], path=str(path)),))
    assert not found.own and write_register([found]) == b""


def test_every_built_in_one_is_cited_and_pinned() -> None:
    assert len(MODELS) == 4
    for entry in BUILT_IN.values():
        assert all(len(file.sha256) == 64 for file in entry.files) and entry.files
        assert "not stated" not in (entry.functional, entry.licence, entry.citation)
        assert not entry.own and not entry.opinion_alone


def test_a_users_own_comes_first_and_has_one_name() -> None:
    assert tuple(register([OWN])) == ("mine", *MODELS)
    with pytest.raises(InputError, match="is there twice"):
        register([OWN, OWN])


NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789._-", min_size=1, max_size=20).filter(
    lambda name: name not in BUILT_IN
)
ARGUMENTS = st.dictionaries(
    st.text(max_size=9), st.one_of(st.text(max_size=9), st.integers(-9, 9), st.booleans())
)


@given(st.lists(st.tuples(NAMES, ARGUMENTS, st.text(), st.booleans()), unique_by=lambda t: t[0]))
def test_a_register_says_what_was_registered(
    entries: list[tuple[str, dict[str, str | int | bool], str, bool]],
) -> None:
    own = tuple(
        PotentialEntry(
            name,
            "a.b:C",
            tuple(sorted(arguments.items())),
            licence=licence,
            opinion_alone=alone,
            own=True,
        )
        for name, arguments, licence, alone in entries
    )
    try:
        content = write_register(own)
    except UnicodeEncodeError:  # a lone surrogate has no bytes
        return
    assert read_register(content, "--labels", Path("mine")) == own


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries * 2,
        lambda entries: [{**entries[0], "name": "7net-0"}],
        lambda entries: [{**entries[0], "files": 1}],
        lambda entries: [{**entries[0], "files": [1]}],
        lambda entries: [{**entries[0], "files": ["name"]}],
        lambda entries: [{**entries[0], "files": [{"name": "a"}]}],
        lambda entries: [{**entries[0], "files": [{"name": "a", "sha256": 1}]}],
        lambda entries: [{**entries[0], "arguments": []}],
        lambda entries: [{**entries[0], "arguments": {"x": []}}],
        lambda entries: [{**entries[0], "opinion_alone": 1}],
        lambda entries: [{**entries[0], "energies": "MP2021"}],
        lambda entries: [{**entries[0], "name": 1}],
        lambda entries: [{k: v for k, v in entries[0].items() if k != "name"}],
        lambda entries: [None],
        lambda entries: [{**entries[0], "licence": None}],
        lambda entries: [{**entries[0], "more": 1}],
        lambda entries: entries[0],
    ],
)
def test_a_damaged_register_is_refused(change: object) -> None:
    entries = json.loads(write_register([OWN]))
    content = json.dumps(change(entries)).encode()  # type: ignore[operator]
    with pytest.raises(InputError) as caught:
        read_register(content, "--labels", Path("mine"))
    assert (caught.value.field, caught.value.value) == ("--labels", "mine")
    assert str(caught.value).startswith("--labels = 'mine': its potentials.json cannot be read: ")


def test_where_a_file_lies_stays_on_the_machine() -> None:
    there = replace(OWN, calculator="/home/me/secret/toy.py:Toy")
    assert b"secret" not in write_register([there])
