import json
from dataclasses import replace
from pathlib import Path

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.evidence import evidence, evidence_of, pin_labels
from maiscreen.models.labels.labels import load_labels, to_lines
from maiscreen.models.labels.potentials import DEFAULT
from maiscreen.runners.cli import main
from maiscreen.runners.runs.explain import explain
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import own_sources, pin_own_data


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


def test_the_command_line_takes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "soft", 0.1)
    assert main.main(["explain", "SnCl4", "--json", "--labels", folder]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == explain("SnCl4", campaign=Campaign(labels=folder))
    assert main.main(["validate", "--labels", str(tmp_path / "none")]) == 2
    assert "holds no labels.jsonl" in capsys.readouterr().err
