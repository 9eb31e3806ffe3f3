"""Nested values as text and as HTML that harms nobody."""

from maiscreen.runners.runs.tree import as_html, as_text, table_html


def test_html_is_escaped_wherever_a_text_stands() -> None:
    bad = "<script>alert(1)</script>"
    for html in (as_html({bad: bad}), table_html([[bad], [bad]], bad)):
        assert "<script>" not in html and "&lt;script&gt;" in html


def test_an_error_in_words_stands_for_its_number() -> None:
    rows = {"a": {"value": 1.0, "error": "± 2 decades", "std_log10": 2.0},
            "b": {"value": 3.0, "error": "± 0.5", "std": 0.5}}  # fmt: skip
    text = as_text({"attributes": rows})
    assert "± 2 decades" in text and "std" not in text
