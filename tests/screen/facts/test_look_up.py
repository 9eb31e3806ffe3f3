"""Where a compound is looked up."""

from urllib.parse import urlsplit

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.bench.look_up import addresses
from maiscreen.screen.facts.look_up import look_up
from maiscreen.screen.facts.precursors import Catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """All that is known."""
    return Catalogue()


@pytest.mark.parametrize("text", ["SnCl4", "Cl4Sn", "tin tetrachloride", "7646-78-8", " 7646-78-8"])
def test_whatever_it_is_called(catalogue: Catalogue, text: str) -> None:
    found = look_up(text, catalogue)
    assert (found["formula"], found["cas"], found["supply"]) == ("SnCl4", "7646-78-8", "bulk")


def test_a_number_of_nothing_known_here(catalogue: Catalogue) -> None:
    found = look_up("50-00-0", catalogue)
    assert (found["formula"], found["supply"]) == (None, "bulk")


@pytest.mark.parametrize("text", ["foo", "50-00-1", "0.5 SnCl4 + 0.5 SiCl4", "bare sodium", ""])
def test_what_is_no_compound_is_refused(catalogue: Catalogue, text: str) -> None:
    with pytest.raises(InputError) as refused:
        look_up(text, catalogue)
    assert refused.value.field == "compound"


def test_addresses_hold_nothing_but_what_was_asked_for() -> None:
    for address in addresses('a"b <c>/../&x=1#').values():
        parts = urlsplit(address)
        assert parts.scheme == "https" and parts.netloc.count(".") >= 1
        assert not set('"<> ') & set(address) and "../" not in address
    assert all("7646-78-8" in one for one in addresses("SnCl4", "7646-78-8", "tin").values())
