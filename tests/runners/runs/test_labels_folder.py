"""The folder of a run of labels: one run at a time, and nothing of somebody else's."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_labels as tiny

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.labels import Label
from maiscreen.runners.cli.labels import summary
from maiscreen.runners.folder import ownership as campaign_folder
from maiscreen.runners.folder.lock import hold_folder
from maiscreen.runners.runs import labels_receipts
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.labels_receipts import read_labels
from maiscreen.runners.runs.simulation import LabelRequest


def test_two_runs_at_the_same_folder(tmp_path: Path, calls: Callable[[], list[str]]) -> None:
    out = tmp_path / "out"
    with hold_folder(out, "labels"):
        with pytest.raises(InputError, match=r"is being written by another run .*; wait for it"):
            tiny.run(out, tiny.counted)
        assert tiny.run(tmp_path / "other").run
    assert calls() == []
    assert tiny.run(out, tiny.counted).run


def test_a_run_with_nothing_missing_waits_too(tmp_path: Path, reference: list[Label]) -> None:
    out = tmp_path / "out"
    tiny.run(out)
    before = (out / "manifest.json").read_bytes()
    with (
        hold_folder(out, "labels"),
        pytest.raises(InputError, match="is being written by another run"),
    ):
        tiny.run(out)
    assert (out / "manifest.json").read_bytes() == before
    assert tiny.run(out).run == ()
    assert tiny.table_of(out) == reference


def test_receipts_are_read_and_tables_written_under_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, seen = tmp_path / "out", []

    def watched(name: str) -> None:
        plain = getattr(labels_receipts, name)

        def watch(*given: object) -> object:
            with pytest.raises(InputError, match="another run"), hold_folder(out, "labels"):
                pass
            seen.append(name)
            return plain(*given)

        monkeypatch.setattr(labels_receipts, name, watch)

    watched("read_receipts")
    watched("write_tables")
    tiny.run(out, phases=("Sn",), quantities=("structure",))
    assert seen == ["read_receipts", "write_tables"]


def test_a_copied_folder_keeps_its_labels(tmp_path: Path, calls: Callable[[], list[str]]) -> None:
    out = tmp_path / "out"
    tiny.run(out)
    before = tiny.table_of(out)
    shutil.rmtree(out / ".maiscreen")
    assert tiny.run(out, tiny.counted, phases=("Sn",)).run == ()
    assert calls() == []
    assert tiny.table_of(out) == before


def test_a_table_that_nothing_of_ours_vouches_for(tmp_path: Path) -> None:
    tiny.run(tmp_path)
    text = (tmp_path / "labels.jsonl").read_text()
    (tmp_path / "labels.jsonl").write_text(text.replace("Na15", "Na").replace("1.0", "2.0"))
    with pytest.raises(InputError, match=r"--out = .* holds a foreign labels\.jsonl; "):
        tiny.run(tmp_path)
    (tmp_path / "labels.jsonl").write_text(text)
    # A run that ended between the table and the manifest is one of ours.
    (tmp_path / "manifest.json").unlink()
    assert tiny.run(tmp_path).run == ()


@pytest.mark.parametrize("copied", [False, True])
def test_nothing_stale_takes_the_place_of_what_is_embedded(
    tmp_path: Path, reference: list[Label], copied: bool
) -> None:
    tiny.run(tmp_path)
    if copied:
        shutil.rmtree(tmp_path / ".maiscreen")
    settings = {**tiny.SETTINGS, "structure": "finer"}
    embedded = tuple(
        replace(one, settings="finer", value=7.0)
        for one in reference
        if one.property in ("volume", "formation_energy")
    )
    parts = replace(tiny.parts(embedded=embedded), settings=settings.__getitem__)
    wanted = LabelRequest(phases=("Sn",), quantities=("adhesion",))
    done = run_labels(wanted, tmp_path, tiny.SERIAL, simulator=parts)
    assert done.aside == len(embedded) == 16
    assert "\n16 labels of the folder were left aside" in summary(done)
    volumes = {one.value for one in tiny.table_of(tmp_path) if one.property == "volume"}
    assert volumes == {7.0}
    assert {one.value for one in read_labels(tmp_path) if one.property == "volume"} == {7.0}


def test_a_lock_that_cannot_be_taken_is_said(tmp_path: Path) -> None:
    (tmp_path / ".maiscreen").touch()
    with pytest.raises(InputError, match=r"--out = .*cannot be written: "):
        tiny.run(tmp_path)


def test_labels_and_campaigns_keep_apart(tmp_path: Path) -> None:
    (tmp_path / "campaign" / ".maiscreen" / "0123abcd").mkdir(parents=True)
    with pytest.raises(InputError, match="holds an unfinished campaign; give another folder"):
        tiny.run(tmp_path / "campaign")
    tiny.run(tmp_path / "labels", phases=("Sn",))
    with pytest.raises(InputError, match="holds labels; give another folder"):
        campaign_folder.check_ours(tmp_path / "labels", "0123abcd", {})
    shutil.rmtree(tmp_path / "labels" / ".maiscreen")
    with pytest.raises(InputError, match="holds labels; give another folder"):
        campaign_folder.check_ours(tmp_path / "labels", "0123abcd", {})


def test_a_folder_that_was_only_reserved_is_left_as_it_was(tmp_path: Path) -> None:
    with hold_folder(tmp_path / "new", "labels"), hold_folder(tmp_path, "labels"):
        pass
    assert not any(tmp_path.iterdir())


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text("mine")
    with pytest.raises(InputError, match=r"holds a foreign labels\.jsonl"):
        tiny.run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"fingerprint": "of a campaign"}')
    with pytest.raises(InputError, match="belongs to something else"):
        tiny.run(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        tiny.run(tmp_path / "labels.jsonl")
    assert (tmp_path / "labels.jsonl").read_text() == "mine"
