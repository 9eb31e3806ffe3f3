import os
from pathlib import Path

import pytest
from mp_server import KEY

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project.key import SETTING, VARIABLE, api_key, redact_key


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """pymatgen's settings, as its file would give them; empty, as is the environment."""
    from pymatgen.core import SETTINGS

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delitem(SETTINGS, SETTING, raising=False)
    return SETTINGS


def test_a_file_comes_before_the_environment_and_that_before_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    monkeypatch.setitem(settings, SETTING, "s" * 32)
    assert api_key() == "s" * 32
    monkeypatch.setenv(VARIABLE, "e" * 32)
    assert api_key() == "e" * 32
    file = tmp_path / "key.txt"
    file.write_text(f"\ufeff{KEY}\r\n")
    assert api_key(file) == KEY


def test_no_key_says_where_it_is_looked_for(settings: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"--api-key-file.*MP_API_KEY.*PMG_MAPI_KEY"):
        api_key()


@pytest.mark.parametrize("text", ["", "short", "x" * 33, "0123456789abcdef0123456789abcde!"])
def test_what_is_no_key_is_refused_unshown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], text: str
) -> None:
    file = tmp_path / "key.txt"
    file.write_text(text)
    with pytest.raises(InputError, match="32 letters and digits") as raised:
        api_key(file)
    assert not text or text not in str(raised.value)
    if text:
        monkeypatch.setenv(VARIABLE, text)
        with pytest.raises(InputError, match="MP_API_KEY"):
            api_key()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        api_key(tmp_path / "none")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="no text file"):
        api_key(tmp_path / "binary")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="no plain file"):
        api_key(tmp_path / "pipe")


def test_texts_without_key() -> None:
    assert KEY not in redact_key(f"a {KEY} b {KEY}", KEY)
