"""Which rows of a ranking are meant by formulas, names and recipes."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.screen.facts.findings import Findings, complete_row
from maiscreen.screen.facts.meant import meant_by
from maiscreen.screen.facts.precursors import catalogue_of
from maiscreen.screen.text import read_recipe

Row = Mapping[str, Any]

MOST = 30
"""Rows that can be asked for: more are not read on a page."""

NEAREST = 2
"""Recipes that an error names."""


def find_rows(findings: Findings, of: Sequence[str], field: str = "--of") -> list[Row]:
    """Return the rows that are asked for by key, formula, recipe or name, in that order.

    Parameters
    ----------
    findings : Findings
        Of the campaign.
    of : sequence of str
        What is asked for; what is asked for twice comes once.
    field : str
        What an error names.

    Raises
    ------
    InputError
        If one is not there, or there are too many.
    """
    if len(of) > MOST:
        raise InputError(field, f"{len(of)} precursors", f"give at most {MOST}")
    ranking = findings.ranking
    by_key = dict(zip(ranking["key"].to_pylist(), range(ranking.num_rows), strict=True))
    named = [one for one in dict.fromkeys(of) if one not in by_key]
    match = _match_recipes if findings.is_wide else _match_precursors
    meant = match(ranking, named, field) if named else {}
    places = dict.fromkeys(by_key[meant.get(one, one)] for one in of)
    return [complete_row(ranking.slice(place, 1).to_pylist()[0]) for place in places]


def _match_recipes(ranking: pa.Table, texts: Sequence[str], field: str) -> dict[str, str]:
    """Find the best row of each recipe, in whatever order its parts are written."""
    recipes = map(read_recipe, ranking["recipe"].to_pylist())
    keys = dict(reversed(list(zip(recipes, ranking["key"].to_pylist(), strict=True))))
    meant = {text: _as_recipe(text) for text in texts}
    for text, recipe in meant.items():
        if recipe not in keys:
            near = get_close_matches(recipe, keys, NEAREST)
            guess = f"did you mean {' or '.join(near)}?" if near else "see ranking.parquet"
            raise InputError(field, text, f"is none of the front-runners; {guess}")
    return {text: keys[recipe] for text, recipe in meant.items()}


def _as_recipe(text: str) -> str:
    """Write what a user typed as a recipe is written; what is none stays as it is."""
    try:
        return read_recipe(text)
    except ValueError:
        return text


def _match_precursors(ranking: pa.Table, texts: Sequence[str], field: str) -> dict[str, str]:
    """Find the key of each text that is none itself, as `meant_by` reads them."""
    return {text: key for text, (key, _) in read_as(ranking, texts, field).items()}


def read_as(
    ranking: pa.Table, texts: Sequence[str], field: str = "--of"
) -> dict[str, tuple[str, str]]:
    """Tell of each text that is no key which key it means, and how it was recognised.

    Parameters
    ----------
    ranking : pyarrow.Table
        Of a campaign of halides by themselves.
    texts : sequence of str
        Formulas, names, CAS numbers.
    field : str
        What an error names.

    Raises
    ------
    InputError
        If one is not known, may be several, or is none of the campaign.
    """
    columns = ["key", "formula", "name", "cas"]
    rows = ranking.select([c for c in columns if c in ranking.column_names]).to_pylist()
    keys = {str(row.get("formula")): str(row["key"]) for row in reversed(rows)}
    catalogue, own = catalogue_of(rows), {str(row["key"]) for row in rows}
    meant = {}
    for text in texts:
        if text in own:
            continue
        try:
            precursor = meant_by(text, catalogue)
        except InputError as error:
            raise InputError(field, text, error.remedy) from None
        if precursor.precursor not in keys:
            raise InputError(field, text, f"{precursor.precursor} is no candidate of this campaign")
        meant[text] = (keys[precursor.precursor], precursor.rule)
    return meant
