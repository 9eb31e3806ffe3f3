"""Draw the two pictures of architecture.md from its lists: python docs/pictures.py."""

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

DOCS = Path(__file__).parent
FOLDERS = ("candidates", "descriptors", "models", "screen", "runners")
COLOURS = ("#e7efe4", "#e3eef3", "#ece7f3", "#f7eddd", "#f3e4e2")

WIDTH, MARGIN, GAP = 1000, 16, 6
STOREY, ROOM, TITLE = 66, 30, 108
STEP, BOX = 44, 34
LETTER = 6.4
"""Width of a letter of 12 px, on average."""


@dataclass(frozen=True)
class Step:
    """A step of the way: its room, the file and function that do it, and what it does."""

    room: str
    file: str
    function: str
    what: str

    @property
    def folder(self) -> str:
        """The folder of its room."""
        return self.room.partition("/")[0]


def _section(title: str) -> str:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    return page.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rooms() -> dict[str, list[str]]:
    """Give the rooms of each folder in the order of the page; a single file is a room too."""
    found: dict[str, list[str]] = {folder: [] for folder in FOLDERS}
    for name, target in re.findall(r"\[([\w.]+)\]\(\.\./([\w/.]+)\)", _section("The rooms")):
        folder, room = target.removesuffix("/__init__.py").split("/")
        if room != name:
            raise ValueError(f"[{name}] leads to {target}")
        found[folder].append(room)
    return found


def steps() -> list[Step]:
    """Give the steps of the way of a candidate."""
    line = r"^\d+\. \[([\w/.]+)\]\(\.\./([\w/.]+)\) `([\w.]+)`: (.+)$"
    lines = re.findall(line, _section("The way of a candidate"), re.MULTILINE)
    return [Step(*found) for found in lines]


def house() -> str:
    """Draw the rooms: a storey for each folder, candidates at the bottom."""
    parts, top = [], MARGIN
    for folder, names in reversed(rooms().items()):
        parts.append(_box(MARGIN, top, WIDTH - 2 * MARGIN, STOREY, COLOURS[FOLDERS.index(folder)]))
        parts.append(_text(MARGIN + 10, top + STOREY / 2 + 5, folder, 14, "bold"))
        parts += _row(names, top + (STOREY - ROOM) / 2)
        top += STOREY + GAP
    below = "An import leads to the left or down; nothing leads to the right or up."
    parts.append(_text(MARGIN, top + 16, below, 12))
    return _svg(top + 32, "The rooms", parts)


def _row(names: list[str], top: float) -> list[str]:
    """Draw the rooms of a storey, as wide as their names and what is left allow."""
    room = WIDTH - 2 * MARGIN - TITLE - 8 - 4 * (len(names) - 1)
    words = sum(map(len, names)) * LETTER
    space = min((room - words) / len(names), 22)
    parts, left = [], float(MARGIN + TITLE)
    for name in names:
        width = len(name) * LETTER + space
        parts.append(_box(left, top, width, ROOM, "#ffffff", "#888888"))
        parts.append(_text(left + width / 2, top + 19, name, 11, anchor="middle"))
        left += width + 4
    return parts


def way() -> str:
    """Draw the way of a candidate: a column for each folder, time runs down."""
    column = (WIDTH - 2 * MARGIN) / len(FOLDERS)
    places = [MARGIN + column * FOLDERS.index(step.folder) for step in steps()]
    height = 40 + STEP * (len(places) + 2)
    parts = [
        _box(MARGIN + column * k + 2, MARGIN, column - 4, height - 20, colour)
        + _text(MARGIN + column * (k + 0.5), MARGIN + 20, folder, 14, "bold", "middle")
        for k, (folder, colour) in enumerate(zip(FOLDERS, COLOURS, strict=True))
    ]
    centres = [(left + column / 2, 46 + STEP * (k + 1)) for k, left in enumerate(places)]
    ends = (centres[0][0], 46), (centres[-1][0], 46 + STEP * (len(places) + 1))
    parts += [_arrow(a, b) for a, b in zip([ends[0], *centres], [*centres, ends[1]], strict=True)]
    for (x, y), name in zip(ends, ("campaign.toml", "report.html"), strict=True):
        parts.append(_text(x, y + 16, name, 13, "bold", "middle"))
    for (x, y), step in zip(centres, steps(), strict=True):
        parts.append(_box(x - column / 2 + 8, y, column - 16, BOX, "#ffffff", "#888888"))
        parts.append(_text(x, y + 14, step.room.partition("/")[2], 12, "bold", "middle"))
        parts.append(_text(x, y + 28, step.function, 11, anchor="middle"))
    return _svg(height + 8, "The way of a candidate", parts)


def _arrow(start: tuple[float, float], stop: tuple[float, float]) -> str:
    (x, y), (to_x, to_y) = (start[0], start[1] + BOX - 10), (stop[0], stop[1])
    turn = to_y - 5
    path = f"M{x:.0f} {y:.0f}V{turn:.0f}H{to_x:.0f}V{to_y:.0f}"
    return f'<path d="{path}" fill="none" stroke="#555555" marker-end="url(#tip)"/>\n'


def _box(x: float, y: float, width: float, height: float, fill: str, line: str = "none") -> str:
    size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {size} rx="4" fill="{fill}" stroke="{line}"/>\n'


def _text(
    x: float, y: float, text: str, size: int, weight: str = "normal", anchor: str = "start"
) -> str:
    style = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>\n'


def _svg(height: float, title: str, parts: list[str]) -> str:
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"'
    tip = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555555"/></marker></defs>\n'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">\n'
    ground = f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>\n'
    return f"{head}<title>{title}</title>\n{tip}{ground}{''.join(parts)}</svg>\n"


PICTURES = {"rooms.svg": house, "way.svg": way}
"""By file, what draws it."""


if __name__ == "__main__":
    for name, draw in PICTURES.items():
        (DOCS / name).write_text(draw(), encoding="utf-8")
