"""`maiscreen lookup` as it is typed: one bad compound among good ones."""

import json

import pytest

from maiscreen.runners.cli import main


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_bad_ones_do_not_hide_the_good(
    form: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["lookup", "7646-78-9", "SnCl4", "unobtainium", "GeCl4", *form]) == 2
    out, err = capsys.readouterr()
    if form:
        assert [json.loads(line)["formula"] for line in out.splitlines()] == ["SnCl4", "GeCl4"]
    else:
        assert "formula: SnCl4" in out and "formula: GeCl4" in out
    assert ["7646-78-9" in err.splitlines()[0], "unobtainium" in err.splitlines()[1]] == [True] * 2
    assert len(err.splitlines()) == 2
