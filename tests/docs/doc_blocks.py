"""Blocks of code in README.md and docs: where they stand and what they are."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("**/*.md")))

LANGUAGES = ("sh", "console", "python", "toml", "yaml", "json", "csv", "text")
"""What a fenced block may be, beside directives of Sphinx such as {toctree}."""

PROGRAMS = (
    *("maiscreen", "make", "pip", "python", ".venv/bin/python", "dask", "kubectl", "helm"),
    *("export", "while", "cat", "git", "unzip"),
)
"""First words of a line that is a command."""


@dataclass(frozen=True)
class Block:
    """A block of code: its page, line, language and text; ``file`` if it is to be saved as one.

    ``section`` is the heading of the second level that it stands below.
    """

    page: str
    line: int
    language: str
    text: str
    file: str = ""
    section: str = ""

    @property
    def where(self) -> str:
        """Page and line, for a message."""
        return f"{self.page}:{self.line}"


def blocks(page: str) -> list[Block]:
    """Give all blocks of a page, in order."""
    tokens = MarkdownIt().parse((ROOT / page).read_text(encoding="utf-8"))
    found, section = [], ""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and token.tag == "h2" and following:
            section = following.content
        found += [replace(block, section=section) for block in _of_token(page, token)]
    return found


def mentioned(page: str) -> list[str]:
    """Give the commands of ours that sentences of a page mention."""
    tokens = MarkdownIt().enable("table").parse((ROOT / page).read_text(encoding="utf-8"))
    inner = [child for token in tokens for child in token.children or []]
    code = [child.content for child in inner if child.type == "code_inline"]
    return [one for one in code if one.startswith("maiscreen ")]


def _of_token(page: str, token: object) -> Iterator[Block]:
    kind, line = token.type, (token.map or [0])[0] + 1
    if kind == "fence":
        language, _, file = token.info.strip().partition(" ")
        yield Block(page, line, language, token.content, file)
    elif kind == "code_block":
        yield from _pieces(page, line, token.content)


def _pieces(page: str, line: int, text: str) -> Iterator[Block]:
    """Take an indented block apart at blank lines, unless all of it is of one language."""
    if guess(text) in ("toml", "python"):
        yield Block(page, line, guess(text), text)
        return
    held: list[str] = []
    for number, one in enumerate([*text.splitlines(), ""]):
        if one.strip():
            held.append(one)
        elif held:
            piece = "\n".join(held) + "\n"
            yield Block(page, line + number - len(held), guess(piece), piece)
            held = []


def guess(text: str) -> str:
    """Say of which language an indented piece is; text if of none.

    >>> guess("maiscreen run --out x"), guess("halogens = ['Cl']"), guess("a → b")
    ('sh', 'toml', 'text')
    """
    if text.split()[0] in PROGRAMS or re.match(r"[A-Z][A-Z_]+=\S+ ", text):
        return "sh"
    try:
        return "toml" if tomllib.loads(text) else "text"
    except tomllib.TOMLDecodeError:
        pass
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:
        return "text"
    return (
        "python"
        if any(isinstance(n, ast.Call | ast.Import | ast.ImportFrom) for n in nodes)
        else "text"
    )


def looks_like_code(text: str) -> list[str]:
    """Give the lines of a text that are commands or Python after all."""
    return re.findall(
        r"^(?:(?:maiscreen|make|pip|python|import) \S|from \S+ import ).*$", text, re.MULTILINE
    )
