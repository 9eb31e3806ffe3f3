"""The installation shows how far it is, and says what pip said if it fails."""

import io
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "release"))

import install

SAID = ["Collecting numpy==2.3.5 (from -r run.txt)\n", "  Downloading numpy.whl (16 MB)\n",
        "Collecting scipy==1.16\n", "Installing collected packages: numpy, scipy\n"]  # fmt: skip


def test_every_package_is_counted_as_it_comes(tmp_path: Path) -> None:
    lock = tmp_path / "run.txt"
    lock.write_text("# a==1\nnumpy==2.3.5 \\\n    --hash=sha256:00\nscipy==1.16 \\\n    --hash=x\n")
    assert install.count_pins(lock) == 2
    kept: list[str] = []
    assert list(install.steps(iter(SAID), 2, kept)) == [
        "fetching 1 of 2 packages: numpy==2.3.5",
        "fetching 2 of 2 packages: scipy==1.16",
        "unpacking 2 packages",
    ]
    assert kept == SAID


def test_a_failure_is_told_with_the_words_of_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = tmp_path / "pip.py"
    failing.write_text(
        "print('Collecting a==1'); print('ERROR: no such thing'); raise SystemExit(1)"
    )
    monkeypatch.setattr(install, "PIP", (sys.executable, str(failing)))
    monkeypatch.setattr(sys, "stderr", said := io.StringIO())
    (tmp_path / "run.txt").write_text("a==1\n")
    assert install.install(tmp_path / "run.txt", install.Line()) == 1
    assert "could not be installed" in said.getvalue()
    assert "ERROR: no such thing" in said.getvalue()
