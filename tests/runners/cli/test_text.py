"""What the terminal shows of nested values."""

from maiscreen.runners.cli.text import as_text, plain
from maiscreen.screen.advice.explain import explain


def test_missing_values_show_their_reason() -> None:
    text = as_text({"a": {"cas": None, "b": 1.0, "reasons": {"cas": "not registered"}}})
    assert "cas: not known: not registered" in text
    assert "reasons" not in text


def test_rows_become_columns() -> None:
    rows = [{"name": "x", "v": 1.25}, {"name": "long", "v": None}]
    assert as_text({"t": rows}).splitlines() == [
        "t:",
        "  name  v",
        "  x     1.25",
        "  long  not known",
    ]


def test_named_rows_become_columns_and_deep_ones_stay_a_tree() -> None:
    assert "  one  2" in as_text({"t": {"one": {"v": 2}}})
    deep = {"t": {"one": {"v": {"w": [{"x": "y" * 120}]}}}}
    assert "v:" in as_text(deep)


def test_an_explanation_fits() -> None:
    text = as_text(plain(explain("SnCl4")))
    assert "Na15Sn4" in text
    assert "{" not in text
    assert "[" not in text
