import json
from dataclasses import replace
from pathlib import Path

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.evidence import evidence, evidence_of, pin_labels
from maiscreen.models.labels.labels import load_labels, to_lines
from maiscreen.models.labels.potentials import DEFAULT
from maiscreen.runners.cli import main
from maiscreen.runners.cluster.shipped_data import pack_folders
from maiscreen.runners.runs.explain import explain
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import own_sources, pin_own_data
from maiscreen.screen.describe.labels_used import labels_used


def write(folder: Path, factor: float) -> str:
    """Write the embedded labels, Young's modulus of Na15Sn4 multiplied."""
    labels = [
        replace(one, value=one.value * factor)
        if (one.formula, one.property) == ("Na15Sn4", "youngs_modulus") and one.value
        else one
        for one in load_labels()
    ]
    folder.mkdir(exist_ok=True)
    (folder / "labels.jsonl").write_text(to_lines(labels))
    return str(folder)


def test_the_same_labels_say_the_same(tmp_path: Path) -> None:
    assert evidence_of("") is evidence()
    assert evidence_of(write(tmp_path / "same", 1.0)) == evidence()


def test_pins(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", 2.0)
    pin_of = pin_labels(folder)
    assert pin_labels(pin_of) == pin_of
    assert pin_labels("") == ""
    usual = evidence()["Na15Sn4", "youngs_modulus"].value
    assert evidence_of(pin_of)["Na15Sn4", "youngs_modulus"].value == pytest.approx(2 * usual)
    write(tmp_path / "mine", 3.0)
    # What was read under a pin stays; another process would be told.
    assert pin_labels(folder) != pin_of
    with pytest.raises(InputError, match="other labels than the campaign was started with"):
        evidence_of(pin_of[:-4] + "0000")


@pytest.mark.parametrize("content", [None, "{", '{"formula": 1}\n', "\xff"])
def test_folders_without_labels(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "labels.jsonl").write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=r"labels\.jsonl"):
        evidence_of(str(tmp_path))


def test_a_campaign_takes_them(tmp_path: Path) -> None:
    own = pin_own_data(Campaign(labels=write(tmp_path / "soft", 0.1)))
    assert own_sources(own)["labels"] == own.labels[-64:]
    assert own.fingerprint() != Campaign().fingerprint()
    values = [
        explain("SnCl4", campaign=one)["attributes"]["youngs_modulus"]["value"]
        for one in (Campaign(), own)
    ]
    assert values[1] < 0.7 * values[0]
    assert DEFAULT in str(explain("SnCl4", campaign=own)["attributes"])


def own_model(folder: Path) -> Path:
    """Write the embedded labels as if a potential of one's own had made one of them."""
    labels = [
        replace(one, model="mine", value=5.0)
        if (one.formula, one.property, one.model) == ("Na15Sn4", "youngs_modulus", DEFAULT)
        else one
        for one in load_labels()
    ]
    structure = [
        replace(one, model="mine")
        for one in load_labels()
        if one.formula == "Na15Sn4" and one.property in ("formation_energy", "volume")
    ]
    folder.mkdir()
    (folder / "labels.jsonl").write_text(to_lines([*labels, *structure]))
    return folder


TOML = 'name = "mine"\ncalculator = "ase.calculators.emt:EMT"\n'


def test_labels_of_an_unregistered_model_are_refused_and_count_once_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own_model(tmp_path / "own")
    out = str(tmp_path / "run")
    assert main.main(["run", "--quiet", "--labels", str(folder), "--out", out]) == 2
    said = capsys.readouterr().err
    assert "no evidence for model mine: register it" in said and said.count("\n") == 1
    assert main.main(["labels", "show", "Na15Sn4", "--labels", str(folder)]) == 0
    assert "no evidence for mine" in capsys.readouterr().out
    before = pin_labels(str(folder))
    (tmp_path / "mine.toml").write_text(TOML)
    file = str(tmp_path / "mine.toml")
    assert main.main(["labels", "register", file, "--labels", str(folder)]) == 0
    assert "3 of them with a potential of your own" in capsys.readouterr().out
    assert pin_labels(str(folder)) != before
    found = evidence_of(str(folder))["Na15Sn4", "youngs_modulus"]
    assert (found.value, found.models[0]) == (5.0, "mine")
    own = pin_own_data(Campaign(labels=str(folder)))
    assert labels_used(own)["youngs_modulus"]["mine"] == 1
    assert "mine" in str(explain("SnCl4", campaign=own)["attributes"]["youngs_modulus"])
    packed = pack_folders(labels=own.labels)
    assert set(packed[own.labels[-64:]]) == {"labels.jsonl", "potentials.json"}


@pytest.mark.parametrize("content", [b"{}", b"[1]", b"\xff", b"[" * 10_000])
def test_a_damaged_register_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    folder = own_model(tmp_path / "own")
    (folder / "potentials.json").write_bytes(content)
    with pytest.raises(InputError, match=r"potentials\.json cannot be read"):
        evidence_of(str(folder))


def test_how_many_labels_each_attribute_takes() -> None:
    used = labels_used(Campaign(metals=("Sn",), halogens=("Cl",)))
    # Na15Sn4 and NaCl, by two and three models; Na7Sn12 has none.
    assert used["ionic_conductivity"] == {DEFAULT: 2, "7net-l3i5": 1, "nequix-oam-1-pft": 2}
    assert used["youngs_modulus"][DEFAULT] == 2
    assert labels_used(Campaign(fidelity="F1")) == {}


def test_the_command_line_takes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "soft", 0.1)
    assert main.main(["explain", "SnCl4", "--json", "--labels", folder]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == explain("SnCl4", campaign=Campaign(labels=folder))
    assert main.main(["validate", "--labels", str(tmp_path / "none")]) == 2
    assert "holds no labels.jsonl" in capsys.readouterr().err
