"""Python in the pages: run, or where it cannot be, held against the functions that it calls."""

import ast
import contextlib
import doctest
import importlib
import inspect
import io
import re
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

NOT_HERE = {
    'base="embedded"': "trees on thousands of compositions take minutes: tests/models",
    "dask_gateway": "needs a gateway, and its package",
    "read_lab_file(": "needs files of a laboratory: tests/screen/lab_sheet",
    "from baybe": "needs BayBE, with torch",
    "from ax.": "needs Ax, with torch",
}
"""What in a block tells that it is not run here, and why."""


def problem(text: str, folder: Path) -> Iterator[str]:
    """Run a block, warnings being errors, or check its calls; say what is wrong.

    A number in a comment after an expression is what it gives.
    """
    if any(mark in text for mark in NOT_HERE):
        yield from _unlike(text)
        return
    with contextlib.chdir(folder), warnings.catch_warnings():
        warnings.simplefilter("error")
        said = (_tested if text.startswith(">>>") else _run)(text)
    if said:
        yield said[-3000:]


def _tested(text: str) -> str:
    """Hold a session of the interpreter against what it shows; say what differs."""
    said = io.StringIO()
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(text, {}, "block", None, 0)
    doctest.DocTestRunner(optionflags=flags).run(test, out=said.write)
    return said.getvalue()


def _run(text: str) -> str:
    """Run a block as a program; give the traceback if it ends with one."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(_with_checks(text), "block", "exec"), {"__name__": "__main__"})
    except Exception:
        return traceback.format_exc()
    return ""


def _with_checks(text: str) -> str:
    """Let each expression with a value in a comment be compared with it.

    >>> print(_with_checks("1 / 3  # 0.33"))
    assert format(1 / 3, '.2f') == '0.33', 1 / 3
    >>> print(_with_checks("len('ab')  # 2, as one sees"))
    assert str(len('ab')) == '2', len('ab')
    """
    lines = text.splitlines()
    for node in ast.parse(text).body:
        said = re.search(r"#\s*(\w+(\.\d+)?)(,.*)?$", lines[node.end_lineno - 1])
        if isinstance(node, ast.Expr) and said:
            code = ast.unparse(node.value)
            shown = f"format({code}, '.{len(said[2]) - 1}f')" if said[2] else f"str({code})"
            lines[node.end_lineno - 1] = f"assert {shown} == {said[1]!r}, {code}"
    return "\n".join(lines)


def _unlike(text: str) -> Iterator[str]:
    """Hold the calls of what is imported from maiscreen against its signature."""
    tree = ast.parse(text)
    ours = {
        alias.asname or alias.name: getattr(importlib.import_module(node.module), alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("maiscreen")
        for alias in node.names
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id in ours:
            try:
                named = {word.arg: None for word in call.keywords}
                inspect.signature(ours[call.func.id]).bind(*[None for _ in call.args], **named)
            except TypeError as error:
                yield f"{call.func.id}: {error}"
