"""The result as a table in docs/reliability.md."""

import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


def write(page: Path, told: dict[str, Any]) -> None:
    """Put the table between its two marks on a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{page} lacks {BEGIN} … {END}")
    page.write_text(f"{before}{BEGIN}\n{table(told)}{END}{after}", encoding="utf-8")


def table(told: dict[str, Any]) -> str:
    """Give the table as Markdown."""
    names = ("maiscreen", "dask", "distributed", "pyarrow", "numpy")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    today = datetime.datetime.now(datetime.UTC).date()
    rows = [
        f"| {name} | {one['cases']} | {one['identical']} |"
        for name, one in told["by_fault"].items()
    ]
    return "\n".join(
        [
            f"{today}: {told['cases']} cases, {told['identical']} identical, "
            f"{told['rows_lost']} rows lost, {told['rows_twice']} rows twice "
            f"(seed {told['seed']}, {told['seconds'] / 60:.0f} min).",
            "",
            f"Python {platform.python_version()}, {versions}; {platform.system()} "
            f"{platform.machine()}, {os.cpu_count()} processors.",
            "",
            "| fault | cases | identical |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )
