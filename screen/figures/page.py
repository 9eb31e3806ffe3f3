"""The frame of every page: templates, their hashes, the marks of the paper's cells."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from typing import Any

from maiscreen.screen import text
from maiscreen.screen.figures.attributes import heading
from maiscreen.screen.figures.links import materials_project, pubchem
from maiscreen.screen.figures.svg import mark, node

SCRIPTS = ("draws", "page", "table", "search", "brushing", "files", "address", "start")
"""Parts of the script of every page, in their order."""


def template(name: str) -> Any:
    """Load a template of a report, with its filters and what all pages share."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    data = files("maiscreen.screen") / "data"

    def read(file: str) -> str:
        return (data / file).read_text(encoding="utf-8")

    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(read),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # One page is written, and folding constants takes longer than it saves.
        optimized=False,
    )
    environment.filters |= {
        "number": text.number,
        "worth": text.worth,
        "significant": text.significant,
        "formula": text.formula,
        "roman": text.roman,
        "words": text.plain_words,
        "listed": text.join_names,
    }
    environment.globals |= {
        "key_mark": _key_mark,
        "heading": heading,
        "pubchem": pubchem,
        "materials_project": materials_project,
    }
    for kind, content in (("css", read("report.css")), ("js", _script(read))):
        environment.globals[kind] = Markup(content)  # noqa: S704
        environment.globals[f"{kind}_hash"] = _hash(content)
    return environment.get_template(name)


def _script(read: Callable[[str], str]) -> str:
    """Join the parts of the script into one, which leaves nothing in the window's name space."""
    parts = "\n".join(read(f"report_js/{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _hash(content: str) -> str:
    """Name a style or a script in the page's Content-Security-Policy: nothing else may act."""
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"


def _key_mark(shape: str, kind: str = "paper") -> Any:
    """Show a mark within a text, to explain it."""
    return node(
        "svg", mark(shape, 7, 7, kind), width=14, height=14, class_="key", aria_hidden="true"
    )
