"""What becomes of each row of files as laboratories send them."""

from pathlib import Path

import pytest
from messy_lab_files import FILES, Messy, as_markdown, what_became

PAGE = Path(__file__).parents[3] / "docs" / "lab_files.md"


@pytest.mark.parametrize("case", FILES, ids=[case.name for case in FILES])
def test_every_row_becomes_what_is_said(case: Messy) -> None:
    assert what_became(case) == case.became


def test_the_page_shows_them() -> None:
    assert as_markdown() in PAGE.read_text(encoding="utf-8")
