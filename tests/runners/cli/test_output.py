"""No command writes over what it reads, nor over another file without being told."""

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from maiscreen.runners.cli import main
from maiscreen.runners.cli.output import OutputFile, OutputFolder
from maiscreen.runners.cli.parser import parser
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

READ = {
    "--cluster", "--tls", "--snapshot", "--labels", "--api-key-file", "--wheel", "--entries",
    "--cells", "--campaign", "--data", "--store", "--models", "--base", "folder", "file",
    "campaign", "name", "a", "b", "--potential", "potential",
    "--target", "--held-back", "--pool", "--model", "--known",
}  # fmt: skip
"""Arguments that name a file or folder to read, or a campaign's folder that a command owns."""

CLI = Path(main.__file__).parent


def commands(menu: argparse.ArgumentParser, *words: str) -> Iterator[tuple[list[str], list]]:  # type: ignore[type-arg]
    """Give every command as it is typed, and its arguments."""
    inner = [one for one in menu._actions if isinstance(one, argparse._SubParsersAction)]
    for choices in inner:
        for name, command in choices.choices.items():
            yield from commands(command, *words, name)
    if not inner:
        yield list(words), [one for one in menu._actions if one.nargs != 0]


COMMANDS = list(commands(parser()))

WRITTEN = [
    (words, arguments, option)
    for words, arguments in COMMANDS
    for option in arguments
    if option.type is OutputFile
]
"""Every option of every command that names a file to write."""

NAMES = [f"{' '.join(words)} {option.option_strings[0]}" for words, _, option in WRITTEN]


def name_of(argument: argparse.Action) -> str:
    return argument.option_strings[0] if argument.option_strings else argument.dest


def command_line(words: list[str], arguments: list, **values: object) -> list[str]:  # type: ignore[type-arg]
    """Type a command with what it needs, and the values of some arguments by their ``dest``."""
    typed = list(words)
    for one in arguments:
        needed = one.required and (not one.option_strings or one.dest not in values)
        if one.dest not in values and not needed:
            continue
        default = "a" if one.choices is None else next(iter(one.choices))
        value = str(values.get(one.dest, default))
        typed += [f"{one.option_strings[0]}={value}"] if one.option_strings else [value]
    return typed


def test_every_argument_that_names_a_file_is_known() -> None:
    assert len(WRITTEN) >= 8
    for words, arguments in COMMANDS:
        for one in arguments:
            written = one.type in (OutputFile, OutputFolder)
            text = f"{one.metavar} {one.help}"
            if re.search(r"\b(FILE|DIR|file|write)\b|folder($|[ ,;])|\.toml", text):
                assert written or name_of(one) in READ, (words, name_of(one))
            if written and one.type is OutputFile:
                assert any(name_of(other) == "--overwrite" for other in all_of(words)), words


def all_of(words: list[str]) -> list[argparse.Action]:
    menu: argparse.ArgumentParser = parser()
    for word in words:
        (choices,) = (a for a in menu._actions if isinstance(a, argparse._SubParsersAction))
        menu = choices.choices[word]
    return menu._actions


def test_no_command_writes_a_file_by_itself() -> None:
    writing = re.compile(r"write_whole|put_new|write_bytes|write_text|savefig|\.open\(|\bopen\(")
    for path in CLI.glob("*.py"):
        lines = [line for line in path.read_text().splitlines() if "os.open(os.devnull" not in line]
        assert bool(writing.search("\n".join(lines))) == (path.name == "output.py"), path.name


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(capsys: pytest.CaptureFixture[str], typed: list[str]) -> str:
    assert main.main(typed) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


@pytest.mark.parametrize(("words", "arguments", "option"), WRITTEN, ids=NAMES)
def test_a_file_that_is_there_stays(
    words: list[str],
    arguments: list[argparse.Action],
    option: argparse.Action,
    here: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (here / "mine.csv").write_bytes(b"filled in")
    (here / "link.csv").symlink_to("nowhere")
    (here / "folder.csv").mkdir()
    os.mkfifo(here / "pipe.csv")
    for name, message in {
        "mine.csv": "is there already, perhaps filled in; give another name, or --overwrite",
        "link.csv": "is no plain file",
        "folder.csv": "is a folder",
        "pipe.csv": "is no plain file",
        "mine.csv/inner.csv": "cannot be written: Not a directory",
        "": "is no name of a file",
        "none/..": "is no name of a file",
        "n\0.csv": "is no name of a file",
        "s3://bucket/a.csv": "must be a file of this machine",
        f"{'n' * 300}.csv": "cannot be written: File name too long",
        "/proc/none.csv": "cannot be written",
    }.items():
        said = refusal(capsys, command_line(words, arguments, **{option.dest: name}))
        assert f"{name_of(option)} = " in said
        assert message in said
    for name in ("link.csv", "folder.csv", "pipe.csv"):
        typed = command_line(words, arguments, **{option.dest: name})
        assert "give another name" in refusal(capsys, [*typed, "--overwrite"])
    assert (here / "mine.csv").read_bytes() == b"filled in"
    assert sorted(path.name for path in here.iterdir()) == [
        "folder.csv", "link.csv", "mine.csv", "pipe.csv"
    ]  # fmt: skip


@pytest.mark.parametrize(("words", "arguments", "option"), WRITTEN, ids=NAMES)
def test_what_is_read_stays(
    words: list[str],
    arguments: list[argparse.Action],
    option: argparse.Action,
    here: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mine, inner = here / "mine.csv", here / "folder" / "inner.csv"
    inner.parent.mkdir()
    mine.write_bytes(b"mine")
    inner.write_bytes(b"inner")
    (here / "soft.csv").symlink_to(mine)
    (here / "hard.csv").hardlink_to(mine)
    (here / "elsewhere").symlink_to(inner.parent)
    cases = [("mine.csv", name) for name in ("mine.csv", "soft.csv", "hard.csv")]
    cases += [("soft.csv", "folder/../mine.csv"), ("mine.csv", str(mine))]
    cases += [("folder", "folder/inner.csv"), ("elsewhere", "folder/inner.csv")]
    cases += [("folder", "elsewhere/inner.csv"), (".", "folder/inner.csv")]
    sources = [one for one in arguments if name_of(one) in READ]
    sources = [one for one in sources if one.choices is None]
    assert sources
    for source in sources:
        for read, written in cases:
            values = {source.dest: read, option.dest: written}
            typed = command_line(words, arguments, **values)
            assert "what the command reads" in refusal(capsys, [*typed, "--overwrite"])
            assert "what the command reads" in refusal(capsys, typed)
    assert (mine.read_bytes(), inner.read_bytes()) == (b"mine", b"inner")


@pytest.mark.parametrize("read", ["folder", "inner/../folder", "link"])
def test_a_folder_that_is_read_is_not_written(
    read: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "folder").mkdir()
    (here / "inner").mkdir()
    (here / "link").symlink_to("folder")
    for words, arguments in COMMANDS:
        names = {name_of(one): one.dest for one in arguments}
        folders = [one for one in arguments if one.type is OutputFolder and one.option_strings]
        for source in names.keys() & READ if folders else ():
            typed = command_line(words, arguments, **{names[source]: read, "out": "folder"})
            assert "--out = 'folder': is what the command reads" in refusal(capsys, typed)


def test_two_outputs_go_to_two_files(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "t.csv").write_text("formula\nNaSn\n")
    predict = ["models", "predict", "embedded/bulk_modulus_gpa", "--data", "t.csv"]
    both = ["--out", "a.csv", "--left-out", "none/../a.csv"]
    assert "is where --left-out goes" in refusal(capsys, [*predict, *both])
    train = ["models", "train", "--target", "bulk_modulus_gpa", "--data", "t.csv", "--out", "m"]
    assert "is where --out goes" in refusal(capsys, [*train, "--left-out", "m/left.csv"])


def test_a_model_is_not_replaced_by_what_is_made_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = here / "m"
    model.mkdir()
    (model / "card.json").write_text("{}")
    (model / "rows.csv").write_text("formula,bulk_modulus_gpa\nNaSn,20\n")
    train = ["models", "train", "--target", "bulk_modulus_gpa", "--out", "m", "--force"]
    assert "holds m/rows.csv, which is read" in refusal(capsys, [*train, "--data", "m/rows.csv"])
    base = ["--data", "labels", "--base", "m"]
    assert "is what the command reads" in refusal(capsys, [*train, *base])
    assert len(list(model.iterdir())) == 2


def test_a_file_is_written_over_if_that_is_wanted(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        Campaign(metals=("Si", "Ti", "Sn"), halogens=("Cl",), samples=100),
        here / "c",
        serially=True,
    )
    plot = ["plot", "c", "ranks", "--out", "ranks.svg"]
    assert main.main(plot) == 0
    assert capsys.readouterr().err == ""
    drawn = (here / "ranks.svg").read_bytes()
    (here / "ranks.svg").write_bytes(b"mine")
    assert "is there already" in refusal(capsys, [*plot[:4], "./ranks.svg"])
    assert main.main([*plot, "--overwrite"]) == 0
    assert capsys.readouterr().out.startswith("Written to ranks.svg")
    assert (here / "ranks.svg").read_bytes() == drawn
    (here / "t.csv").write_text("formula\nNaSn\nNa9Qq\n")
    predict = ["models", "predict", "embedded/bulk_modulus_gpa", "--data", "t.csv", "--quiet"]
    written = ["--out", "new/a.parquet", "--left-out", "left.csv"]
    assert main.main([*predict, *written]) == 0
    assert capsys.readouterr().out.startswith("1 rows written to new/a.parquet")
    left = (here / "left.csv").read_text("utf-8-sig")
    assert "Na9Qq" in left
    assert "is there already" in refusal(capsys, [*predict, *written])
    assert main.main([*predict, *written, "--overwrite"]) == 0
    assert sorted(path.name for path in here.iterdir()) == [
        "c", "left.csv", "new", "ranks.svg", "t.csv"
    ]  # fmt: skip


@pytest.mark.parametrize("inner", [".maiscreen", "candidates", "lab"])
def test_the_own_folders_of_a_campaign_are_not_written_into(
    inner: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "c" / ".maiscreen").mkdir(parents=True)
    (here / "c" / inner).mkdir(exist_ok=True)
    (here / "link").symlink_to(f"c/{inner}")
    for words, arguments in COMMANDS:
        for option in arguments:
            if option.type not in (OutputFile, OutputFolder):
                continue
            for name in (f"c/{inner}/new.csv", f"c/none/../{inner}/a/b", "link/new.csv"):
                said = refusal(capsys, command_line(words, arguments, **{option.dest: name}))
                assert f"'{name}': lies where the campaign in {here / 'c'} keeps its own" in said
    assert not [*(here / "c" / inner).glob("[!.]*")]


def test_a_folder_of_another_name_is_written_into(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "candidates").mkdir()
    (here / "t.csv").write_text("formula\nNaSn\n")
    predict = ["models", "predict", "embedded/bulk_modulus_gpa", "--data", "t.csv", "--quiet"]
    assert main.main([*predict, "--out", "candidates/a.csv"]) == 0
    assert capsys.readouterr().out.startswith("1 rows written to candidates/a.csv")


def test_a_campaign_does_not_go_into_a_model(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "m").mkdir()
    (here / "m" / "card.json").write_text("{}")
    assert "holds a foreign card.json" in refusal(capsys, ["run", "--out", "m", "--serial"])
    assert [path.name for path in (here / "m").iterdir()] == ["card.json"]


def test_what_lies_beside_a_model_stays(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "m").mkdir()
    for name in ("card.json", "model.npz", "notes.txt"):
        (here / "m" / name).write_text("mine")
    train = ["models", "train", "--target", "bulk_modulus_gpa", "--data", "labels", "--out", "m"]
    assert "holds notes.txt beside a model" in refusal(capsys, [*train, "--force"])
    assert len(list((here / "m").iterdir())) == 3
