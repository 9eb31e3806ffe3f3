"""The program says what it said: rankings, JSON, texts and help, kept as files.

What is to change is written anew by `make golden`, and its diff belongs to the commit. Keys,
texts, whole numbers and order are compared exactly, other numbers to nine digits.
"""

import math
from collections.abc import Iterator

import pytest
from golden_cases import CASES, Case
from golden_net import KEPT, Scene, differences, file_name, help_texts, kept, steady_width


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("golden"))


@pytest.fixture(autouse=True)
def width() -> Iterator[None]:
    with steady_width():
        yield


@pytest.fixture
def case(request: pytest.FixtureRequest, scene: Scene) -> Case:
    """A case, whose folders are there."""
    case: Case = request.param
    scene.make(case)
    return case


def marked(case: Case) -> object:
    marks = [pytest.mark.slow] if case.slow else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES], indirect=True)
def test_the_program_says_what_it_said(case: Case, scene: Scene) -> None:
    name = file_name(case)
    found = differences(kept(name), scene.seen(case), as_json=name.endswith(".json"))
    assert not found, "\n".join([f"{name} (if meant: make golden):", *found])


def test_help_says_what_it_said() -> None:
    """Word for word; Python's versions break lines at other places."""
    before, now = (text.split("\n\n$ ") for text in (kept("help.txt"), help_texts()))
    assert [text.split() for text in now] == [text.split() for text in before]


def test_what_is_kept_belongs_to_a_case_and_is_small() -> None:
    sizes = {path.name.removesuffix(".xz"): path.stat().st_size for path in KEPT.iterdir()}
    assert set(sizes) == {"help.txt", *map(file_name, CASES)}
    assert max(sizes.values()) < 500_000
    assert sum(sizes.values()) < 2_500_000


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ('{"a": 1.0}', '{"a": 1.0000000001}', True),
        ('{"a": 1.0}', '{"a": 1.00000001}', False),
        ('{"a": 1e-13}', '{"a": 0.0}', True),
        ('{"a": 1}', '{"a": 1.0}', False),
        ('{"a": 1}', '{"a": true}', False),
        ('{"a": null}', '{"a": NaN}', False),
        ('{"a": NaN}', '{"a": NaN}', True),
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', False),
        ('{"a": 1}', "{}", False),
        ("[1, 2]", "[2, 1]", False),
        ('["x 1.5"]', '["x 1.6"]', False),
    ],
)
def test_comparison_of_json(before: str, now: str, *, same: bool) -> None:
    assert (not differences(before, now, as_json=True)) is same


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ("a 1.00000000001 b", "a 1.0 b", True),
        ("a 1.1 b", "a 1.2 b", False),
        ("a 11 b", "a 12 b", False),
        ("a 1.0 b", "a 1.0 c", False),
        ("a\nb", "a\nb\n", False),
        ("a 1.0", "a -1.0", False),
    ],
)
def test_comparison_of_text(before: str, now: str, *, same: bool) -> None:
    assert (not differences(before, now, as_json=False)) is same


def test_numbers_are_kept_to_more_digits_than_are_compared(scene: Scene) -> None:
    assert math.pi != float(f"{math.pi:.12g}")
    assert not differences(f"[{math.pi}]", f"[{math.pi:.12g}]", as_json=True)
