"""Damage to files of a campaign's folder, between two runs."""

from pathlib import Path
from random import Random

from scene import Scene, SuiteError

PARTS = "candidates/part-*.parquet"
RECEIPTS = ".maiscreen/*/part-*.json"


def flip(path: Path, random: Random) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    path.write_bytes(content)


def truncate(path: Path, random: Random) -> None:
    """Keep the beginning."""
    content = path.read_bytes()
    path.write_bytes(content[: random.randrange(len(content))])


def chosen(scene: Scene, *patterns: str) -> Path:
    """Choose a file."""
    found = sorted(path for one in patterns for path in scene.out.glob(one) if path.is_file())
    if not found:
        raise SuiteError(f"nothing to damage: {patterns}")
    path = scene.random.choice(found)
    scene.notes.append(str(path.relative_to(scene.out)))
    return path


def part_damaged(scene: Scene) -> None:
    flip(chosen(scene, PARTS), scene.random)


def part_truncated(scene: Scene) -> None:
    truncate(chosen(scene, PARTS), scene.random)


def part_removed(scene: Scene) -> None:
    chosen(scene, PARTS).unlink()


def receipt_removed(scene: Scene) -> None:
    chosen(scene, RECEIPTS).unlink()


def receipt_damaged(scene: Scene) -> None:
    flip(chosen(scene, RECEIPTS), scene.random)


def stray_part(scene: Scene) -> None:
    """Leave a part that another division of the tasks has written."""
    part = chosen(scene, PARTS)
    start = scene.random.randrange(0, 70_000)
    part.with_name(f"part-{start:010d}-{start + 999:010d}.parquet").write_bytes(part.read_bytes())


def ranking_damaged(scene: Scene) -> None:
    flip(chosen(scene, "ranking.parquet"), scene.random)


def manifest_half(scene: Scene) -> None:
    truncate(chosen(scene, "manifest.json"), scene.random)


def any_flipped(scene: Scene) -> None:
    """Change one bit of any file."""
    flip(chosen(scene, "**/*"), scene.random)
