"""What the tests of `maiscreen lab` share: a finished campaign, made once, and copies of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign


@pytest.fixture(scope="session")
def narrow() -> Campaign:
    """Six metals with every halogen: more than sixty layers to learn from."""
    return Campaign(metals=("B", "Si", "Ti", "Ge", "Sn", "Sb"), samples=100)


@pytest.fixture(scope="session")
def finished(narrow: Campaign, once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """Folder of this campaign; copied, never changed."""

    def make(folder: Path) -> None:
        run(narrow, folder / "out", serially=True)

    return once("lab", make) / "out"


@pytest.fixture
def out(finished: Path, tmp_path: Path) -> Path:
    """A copy of it, of one test alone."""
    return Path(shutil.copytree(finished, tmp_path / "out"))
