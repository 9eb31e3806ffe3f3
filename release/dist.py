"""Build sdist and wheel of the commit that is checked out: `make dist`, into dist/.

The same commit gives the same bytes, in any folder, for any user and at any time: sources, their
modes and their date are those of the commit. The build tools are those of release/locks.
"""

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(out: Path) -> None:
    """Write both archives into a folder; the wheel is made of the sdist."""
    os.umask(0o022)
    os.environ["SOURCE_DATE_EPOCH"] = git("log", "-1", "--format=%ct").decode().strip()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        unpack(git("-c", "tar.umask=0022", "archive", "HEAD"), folder / "commit")
        build("--sdist", folder / "commit", folder)
        (sdist,) = folder.glob("*.tar.gz")
        content = repack(sdist, int(os.environ["SOURCE_DATE_EPOCH"]))
        unpack(content, folder / "sdist")
        out.mkdir(parents=True, exist_ok=True)
        (out / sdist.name).write_bytes(gzip.compress(content, mtime=0))
        build("--wheel", folder / "sdist" / sdist.name.removesuffix(".tar.gz"), out)


def git(*arguments: str) -> bytes:
    """Ask git about the checkout."""
    return subprocess.run(["git", *arguments], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout


def build(kind: str, source: Path, out: Path) -> None:
    """Build with the tools that are installed, from outside the source: it may hide a module."""
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        kind,
        "--outdir",
        f"{out}",
        f"{source}",
    ]
    subprocess.run(command, cwd=source.parent, stdout=subprocess.DEVNULL, check=True)


def unpack(archive: bytes, folder: Path) -> None:
    """Unpack a tar of ours."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as content:
        content.extractall(folder, filter="tar")


def repack(sdist: Path, date: int) -> bytes:
    """Give the tar of an sdist without what setuptools leaves of user and clock in it."""
    content = io.BytesIO()
    with (
        tarfile.open(sdist) as written,
        tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for member in sorted(written.getmembers(), key=lambda member: member.name):
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mtime, member.pax_headers = date, {}
            tar.addfile(member, written.extractfile(member) if member.isfile() else None)
    return content.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
