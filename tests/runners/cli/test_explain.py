"""`maiscreen explain` as it is typed: names and numbers, one bad formula among good ones."""

import json

import pytest

import maiscreen
from maiscreen.runners.cli import main


def explain(*arguments: str) -> int:
    return main.main(["explain", *arguments])


def test_a_name_a_number_and_capitals_are_answered(capsys: pytest.CaptureFixture[str]) -> None:
    texts = ("tin tetrachloride", "7646-78-8", "sncl4", "tin(IV) chloride")
    assert explain(*texts, "--json") == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["formula"] for line in out.splitlines()] == ["SnCl4"] * 4
    for text, line in zip(texts, err.splitlines(), strict=True):
        assert line.startswith(f"maiscreen: {text} read as SnCl4 (")


def test_what_is_written_right_is_not_remarked_upon(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("SnCl4") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_bad_ones_do_not_hide_the_good(
    form: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain("NH4Cl", "SnCl4", "SnCI4", "GeCl4", *form) == 2
    out, err = capsys.readouterr()
    if form:
        assert [json.loads(line)["formula"] for line in out.splitlines()] == ["SnCl4", "GeCl4"]
    else:
        assert "formula: SnCl4" in out and "formula: GeCl4" in out
    errors = [line for line in err.splitlines() if line.startswith("maiscreen: error: ")]
    assert ["NH4Cl" in errors[0], "SnCI4" in errors[1]] == [True, True]
    assert len(errors) == 2


def test_python_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("SnBr4", "--json", "--temperature-c", "60", "--jar-cm3", "50") == 0
    said = json.loads(capsys.readouterr().out)
    own = maiscreen.explain("tin tetrabromide", 60.0)
    assert said["how_to"]["process_temperature_c"] == 60.0
    assert said["how_to"].pop("dose") != own["how_to"].pop("dose")
    assert said["how_to"]["amounts"]["jar_cm3"]["value"] == 50.0
    del said["how_to"], own["how_to"]
    assert said == own


def test_the_control_has_no_dose(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("1-chloropropane", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["how_to"]["dose"] is None and said["how_to"]["reasons"]["dose"]


@pytest.mark.parametrize("option", ["--jar-cm3", "--thickness-um", "--area-cm2"])
@pytest.mark.parametrize("text", ["0", "-1", "nan", "ten"])
def test_setups_out_of_range_are_one_line(
    option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain("SnCl4", option, text) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"maiscreen: error: {option} = ")
    assert err.count("\n") == 1
