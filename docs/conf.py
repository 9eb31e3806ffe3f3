"""How Sphinx builds these pages: `make docs`."""

from importlib.metadata import version as version_of
from typing import Any

from pygments.lexers.special import TextLexer

project = "maiscreen"
author = "the maiscreen developers"
project_copyright = f"2026, {author}"
version = release = version_of("maiscreen")

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
# Notebooks are run by the tests and linked, not built.
exclude_patterns = ["notebooks"]

# Headings become targets, so that [text](page.md#heading) is checked too.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
# Indented blocks are commands, files and output by turns: no colours are better than wrong ones.
highlight_language = "none"

autodoc_typehints = "signature"
# 89 metals as a default would be most of the page.
autodoc_class_signature = "separated"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_title = f"maiscreen {release}"
html_show_sourcelink = False


def setup(app: Any) -> None:
    """Let blocks of CSV be what they are, though nobody colours them."""
    app.add_lexer("csv", TextLexer)
