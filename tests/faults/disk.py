"""A disk that can be full or read-only: a small one of its own where that can be had."""

import os
import resource
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
from scene import Scene

MOUNTS = os.environ.get("FAULTS_MOUNTS") == "1"
"""Whether this process has mounts of its own, see `run.with_own_mounts`."""

SIZE = "64m"


def prepare(scene: Scene) -> None:
    """Let the campaign's folder lie on a disk of its own."""
    disk = scene.folder / "disk"
    disk.mkdir()
    scene.out = disk / "out"
    if MOUNTS:
        mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk))


def fill(scene: Scene) -> None:
    """Leave no byte; without mounts: let no process write a file any further."""
    if not MOUNTS:
        _limit(scene, 1)
        return
    with suppress(OSError), _ballast(scene).open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


def empty(scene: Scene) -> None:
    """Give the space back."""
    if MOUNTS:
        _ballast(scene).unlink()
    else:
        _limit(scene, resource.RLIM_INFINITY)


def close(scene: Scene) -> None:
    """Let nothing be written any more."""
    if not MOUNTS:
        _chmod(scene, 0o555)
        return
    for _ in range(200):
        # Busy as long as someone is writing.
        if mount("-o", "remount,ro", str(_disk(scene)), check=False) == 0:
            return
        time.sleep(0.02)
    raise RuntimeError("the disk does not become read-only")


def unlock(scene: Scene) -> None:
    """Let everything be written again."""
    if MOUNTS:
        mount("-o", "remount,rw", str(_disk(scene)))
    else:
        _chmod(scene, 0o755)


def remove(scene: Scene) -> None:
    """Take the disk away."""
    if MOUNTS and os.path.ismount(_disk(scene)):
        subprocess.run(["umount", "-l", str(_disk(scene))], check=True)


def mount(*arguments: str, check: bool = True) -> int:
    done = subprocess.run(["mount", *arguments], check=check, capture_output=True)
    return done.returncode


def _disk(scene: Scene) -> Path:
    return scene.folder / "disk"


def _ballast(scene: Scene) -> Path:
    return _disk(scene) / "ballast"


def _limit(scene: Scene, size: int) -> None:
    assert scene.run is not None
    for pid in [scene.run.process.pid, *(one.pid for one in scene.workers())]:
        with suppress(ProcessLookupError, psutil.Error):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _chmod(scene: Scene, mode: int) -> None:
    for path in [_disk(scene), *_disk(scene).rglob("*")]:
        if path.is_dir():
            path.chmod(mode)
