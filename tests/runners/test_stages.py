import io

import pytest

from maiscreen.runners.stages import show_stage


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_what_is_done_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Terminal()
    monkeypatch.setattr("sys.stderr", seen)
    with pytest.raises(ValueError, match="x"), show_stage("load data", quiet=False):
        assert seen.getvalue() == "\rload data …"
        raise ValueError("x")
    assert seen.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize(("stderr", "quiet"), [(Terminal(), True), (io.StringIO(), False)])
def test_nobody_else_does(
    stderr: io.StringIO, quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", stderr)
    with show_stage("load data", quiet=quiet):
        pass
    assert stderr.getvalue() == ""
    monkeypatch.setattr("sys.stderr", None)
    with show_stage("load data", quiet=False):
        pass
