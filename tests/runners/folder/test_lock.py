"""Two runs on one folder: real processes, on a file system and in object storage."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import s3_server
import tiny_science as tiny

from maiscreen.candidates.errors import InputError
from maiscreen.runners.folder import lock, owner
from maiscreen.runners.folder.lock import Lock, TakenOverError, hold_folder, is_alive, owner_of
from maiscreen.runners.folder.owner import Owner, own_identity, owner_from_bytes
from maiscreen.runners.folder.place import Place, parse_place, put_new
from maiscreen.runners.folder.status import status, watch_remote_run
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign

FINGERPRINT = "f" * 64


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server.served("locks") as url:
        yield url


@pytest.fixture(params=["file", "s3"])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "file":
        return tmp_path / "out"
    request.getfixturevalue("server")
    return parse_place("", f"s3://locks/{request.node.name.rstrip(']').replace('[', '-')}")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "BEAT_S", 0.2)
    monkeypatch.setattr(lock, "_LOOK_S", 0.05)


def names(out: Place) -> list[str]:
    return sorted(path.name for path in (out / ".maiscreen").glob("*"))


def left_behind(out: Place, **changes: object) -> Owner:
    """The lock of a run that did not release it."""
    found = replace(own_identity(FINGERPRINT), **changes)  # type: ignore[arg-type]
    put_new(out / ".maiscreen" / "lock-00000001.json", found.to_bytes())
    return found


def test_the_second_run_is_refused_by_name(out: Place) -> None:
    with hold_folder(out, FINGERPRINT):
        who = rf"another run \(process {os.getpid()} on \S+, user \S+, since 20\S+\); wait"
        with pytest.raises(InputError, match=who), hold_folder(out, FINGERPRINT):
            raise AssertionError
        found = owner_of(out)
        assert found is not None
        assert (found.pid, found.released, found.fingerprint) == (os.getpid(), False, FINGERPRINT)
        assert is_alive(out)
    assert not is_alive(out)
    assert names(out) == []
    with hold_folder(out, FINGERPRINT):
        pass


def test_a_number_is_never_used_again(out: Place) -> None:
    with hold_folder(out, FINGERPRINT):
        put_new(out / ".maiscreen" / "receipt", b"")
    assert names(out) == ["lock-00000001.json", "receipt"]
    with hold_folder(out, FINGERPRINT) as second:
        second.set_dashboard(dashboard="http://127.0.0.1:8787/status")
        assert names(out) == ["lock-00000002.json", "receipt"]
    last = owner_of(out)
    assert last is not None
    assert (last.released, last.dashboard) == (True, "http://127.0.0.1:8787/status")


HOLDER = """
import sys
from maiscreen.runners.folder.lock import hold_folder
from maiscreen.runners.folder.place import parse_place
with hold_folder(parse_place("", {out!r}), "f" * 64):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(out: Place) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", HOLDER.format(out=str(out))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_lock_left_behind_here_is_taken_at_once(
    out: Place,
    holder: "subprocess.Popen[str]",
    how: signal.Signals,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(InputError, match=f"process {holder.pid} on"), hold_folder(out, FINGERPRINT):
        raise AssertionError
    holder.send_signal(how)
    # Nobody has asked for its exit code yet: such a process keeps its number.
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
    with hold_folder(out, FINGERPRINT):
        assert is_alive(out)
    assert capsys.readouterr().err == ""


def test_a_number_that_went_to_another_process(out: Place) -> None:
    """The process is there, but began at another time."""
    left_behind(out, started=1)
    with hold_folder(out, FINGERPRINT):
        assert names(out) == ["lock-00000002.json"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("elsewhere", [{"machine": "beta 1"}, {"machine": "", "pid": 1}])
def test_a_silent_lock_of_another_host_is_watched_and_taken(
    out: Place, capsys: pytest.CaptureFixture[str], elsewhere: dict[str, object]
) -> None:
    left_behind(out, host="beta", **elsewhere)
    with hold_folder(out, FINGERPRINT):
        assert names(out) == ["lock-00000002.json"]
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert f"{out} is held by process" in err
    assert "on beta" in err
    assert "watching whether its lock counts on, 0.8 s at most" in err


@pytest.mark.usefixtures("quick")
def test_a_beating_lock_of_another_host_is_respected(
    out: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock may say what it likes: it counts."""
    monkeypatch.setattr(lock, "WATCHED_BEATS", 1500)
    with hold_folder(out, FINGERPRINT):
        monkeypatch.setattr(owner, "_machine", lambda: "another")
        with pytest.raises(InputError, match="is being written by another run"):  # noqa: SIM117
            with hold_folder(out, FINGERPRINT):
                raise AssertionError
        assert is_alive(out)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"nonce": 1}', b"\xff" * 50])
def test_a_lock_that_says_nothing_is_watched(tmp_path: Path, content: bytes) -> None:
    put_new(tmp_path / ".maiscreen" / "lock-00000007.json", content)
    with hold_folder(tmp_path, FINGERPRINT):
        assert names(tmp_path) == ["lock-00000008.json"]


@pytest.mark.parametrize(
    "changes",
    [{"pid": -1}, {"pid": 2**40}, {"host": "\x1b[2J"}, {"user": "x" * 9999}, {"beat": []}],
)
def test_hostile_locks_are_not_read(changes: dict[str, object]) -> None:
    import json

    plain = json.loads(own_identity(FINGERPRINT).to_bytes())
    assert owner_from_bytes(json.dumps(plain).encode()) is not None
    assert owner_from_bytes(json.dumps({**plain, **changes}).encode()) is None


RACER = """
import sys
from maiscreen.candidates.errors import InputError
from maiscreen.runners.folder.lock import hold_folder
from maiscreen.runners.folder.place import parse_place
print("ready", flush=True)
sys.stdin.readline()
try:
    with hold_folder(parse_place("", {out!r}), "f" * 64):
        print("won", flush=True)
        sys.stdin.readline()
except InputError as error:
    print("lost" if "another run" in str(error) else error, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("before", ["nobody", "gone"])
def test_of_many_at_the_same_moment_one_wins(out: Place, before: str) -> None:
    if before == "gone":
        left_behind(out, started=1)
    command = [sys.executable, "-c", RACER.format(out=str(out))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    racers = [subprocess.Popen(command, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    try:
        assert {racer.stdout.readline() for racer in racers} == {"ready\n"}
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        said = sorted(racer.stdout.readline() for racer in racers)
        assert said == ["lost\n"] * 3 + ["won\n"]
    finally:
        for racer in racers:
            racer.communicate("end\n")
    assert {racer.returncode for racer in racers} == {0}


@pytest.mark.usefixtures("quick")
def test_who_was_stopped_and_woke_up_stops(out: Place) -> None:
    with hold_folder(out, FINGERPRINT) as ours:
        ours.check()
        taker = replace(own_identity(FINGERPRINT), host="beta", pid=7)
        put_new(out / ".maiscreen" / "lock-00000002.json", taker.to_bytes())
        with pytest.raises(TakenOverError, match=r"taken over by another run \(process 7 on beta"):
            ours.check()
        with pytest.raises(TakenOverError):
            ours.stop_if_taken()
    left = owner_of(out)
    assert left is not None
    assert (left.host, left.released) == ("beta", False)


def test_a_run_that_lost_its_folder_writes_no_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = Campaign(chunk_size=16)
    check, calls = Lock.check, []

    def taken_over(self: Lock) -> None:
        calls.append(1)
        put_new(tmp_path / ".maiscreen" / "lock-00000002.json", own_identity("").to_bytes())
        check(self)

    monkeypatch.setattr(Lock, "check", taken_over)
    with pytest.raises(TakenOverError):
        run(campaign, tmp_path, serially=True, screen=tiny.Tiny)
    assert {path.name for path in tmp_path.iterdir()} == {".maiscreen", "candidates"}


@pytest.mark.usefixtures("quick")
def test_status_tells_from_the_lock(tmp_path: Path) -> None:
    run(Campaign(chunk_size=16), tmp_path, serially=True, screen=tiny.Tiny)
    assert status(tmp_path).state == "finished"
    (tmp_path / "manifest.json").unlink()
    assert status(tmp_path).state == "interrupted"
    with hold_folder(tmp_path, FINGERPRINT):
        found = status(tmp_path)
        assert (found.state, found.alive) == ("running", True)
        assert found.owner is not None
        assert found.owner.pid == os.getpid()
    put_new(
        tmp_path / ".maiscreen" / "lock-00000009.json",
        replace(own_identity(""), machine="beta").to_bytes(),
    )
    found = status(tmp_path)
    assert (found.state, found.alive) == ("running", None)
    assert watch_remote_run(tmp_path, found).state == "interrupted"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="cannot be written"), hold_folder(tmp_path / "file", "f"):
        raise AssertionError
    with pytest.raises(InputError, match="cannot be written: Not a dir"):  # noqa: SIM117
        with hold_folder(tmp_path / "file" / "a", "f"):
            raise AssertionError
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.usefixtures("quick")
def test_a_file_whose_number_is_none_is_no_lock(out: Place) -> None:
    put_new(out / ".maiscreen" / "lock-²٣.json", b"{}")
    with hold_folder(out, FINGERPRINT):
        assert "lock-00000001.json" in names(out)
