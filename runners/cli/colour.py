"""Colour on a terminal: heads of tables, the best, what failed. Files, pipes and JSON have none."""

import os
from typing import Any, TextIO

STYLES = {
    "head": "bold",
    "best": "bold cyan",
    "failed": "bold red",
    "error": "bold red",
    "remark": "yellow",
}

PATTERNS = (
    # What tables begin with, and a line that ends with a colon.
    r"(?m)^(?P<head>(?:rank|the paper|phase|weight of|seen|import|rows)  +.*)$",
    r"(?m)^(?P<head>\S.*:)$",
    # The formula behind a rank.
    r"(?m)^\d+  +(?P<best>[A-Z]\w+)",
    r"\b(?P<failed>[1-9][\d,]* failed|FAILED)\b",
    r"\A(?P<error>maiscreen: error:)",
    r"\A(?P<remark>maiscreen:) (?!error)",
)
"""What is shown in which style; text that is laid out knows nothing of it."""


def print_styled(text: str, stream: TextIO) -> None:
    """Print a text, in colour where somebody looks at it and has not asked for none.

    Parameters
    ----------
    text : str
        Without control characters: what comes from files has been made harmless before.
    stream : TextIO
        Where to.
    """
    if not shows_colour(stream):
        print(text, file=stream)
        return
    # Local: `rich` takes as long to import as all of --help.
    from rich.console import Console
    from rich.text import Text
    from rich.theme import Theme

    styled = Text(text)
    for pattern in PATTERNS:
        styled.highlight_regex(pattern)
    Console(file=stream, theme=Theme(STYLES)).print(styled, soft_wrap=True)


def shows_colour(stream: Any) -> bool:
    """Return whether a stream is a terminal with colours (NO_COLOR: https://no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") in ("dumb", "unknown", "")
    return not plain and stream.isatty()
