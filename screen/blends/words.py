"""The front-runners of a wide space for people: recipes in words, and a shortlist."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.rounding import at_least
from maiscreen.descriptors.bench.handling import hardest
from maiscreen.descriptors.bench.supply import scarcest
from maiscreen.descriptors.columns import COLUMNS, texts_of
from maiscreen.descriptors.hazards.sodium import with_sodium
from maiscreen.descriptors.hazards.toxicity import (
    HF_FIRST_AID,
    VOLATILE_PA,
    Toxicity,
    toxicity,
    worst,
)
from maiscreen.screen.blends.ingredients import BENCH, Ingredients
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import SLOTS, describe_recipes
from maiscreen.screen.scoring.ranking import places_in_lists

Row = dict[str, object]
T = TypeVar("T", bound=Mapping[str, Any])


def describe_candidate(space: BlendSpace, index: int) -> Row:
    """Describe the candidate behind an index of a wide space.

    Parameters
    ----------
    space : BlendSpace
        Whose space it is.
    index : int
        Place in the space, as in the column ``index``; a limit changes no place.

    Raises
    ------
    InputError
        If there is no such place.
    """
    mixtures = space.mixtures
    if not 0 <= index < mixtures.full_size:
        raise InputError("--index", index, f"give a number from 0 to {mixtures.full_size - 1}")
    recipes = mixtures.at(np.array([index], dtype=np.int64))
    table = pa.Table.from_batches([describe_recipes(space, recipes, {})])
    row: Row = add_names(space, table).to_pylist()[0]
    if row["precursor_2"] is None and row["rejected"]:
        # A precursor by itself has its own reason.
        row["rejected"] = str(
            space.ingredients.rejected[recipes.temperature[0], recipes.ingredient[0, 0]]
        )
    return row


def add_names(space: BlendSpace, ranking: pa.Table) -> pa.Table:
    """Add to front-runners what they are called: ``key``, ``recipe``, ``name`` and the like."""
    ingredients = space.ingredients
    place = {key: i for i, key in enumerate(ingredients.key.tolist())}
    known = ingredient_toxicity(ingredients)
    rows = [_words(row, ingredients, known, place) for row in ranking.to_pylist()]
    for name, doc in _WORDS.items():
        field = pa.field(name, pa.string(), metadata={"unit": "", "doc": doc, "source": ""})
        ranking = ranking.append_column(field, pa.array([row[name] for row in rows], pa.string()))
    return ranking


def number_lists(ranking: pa.Table) -> pa.Table:
    """Assign places to the front-runners among bottles and among cylinders: ``place_in_list``."""
    ranks = ranking["rank"].to_numpy().astype(np.float64)
    places = places_in_lists(ranks, texts_of(ranking["handling"]))
    unit, doc, source = COLUMNS["place_in_list"]
    metadata = {"unit": unit, "doc": doc, "source": source}
    return ranking.append_column(pa.field("place_in_list", places.type, metadata=metadata), places)


_WORDS = {
    "key": "recipe, temperature and exposure",
    "recipe": "mole fractions in the liquid",
    "formula": "the recipe, as halides have their formula",
    "metal": "metals of the layer, by their share of the metal atoms",
    "route": "way to the sodium",
    "vapour": "mole fractions in the vapour",
    "name": "names of the precursors",
    "cas": "their CAS numbers",
    "phases": "metal phases of the layer, by their share of the metal atoms",
    "caution": "what to beware of",
    "danger": "the gravest GHS statement of the precursors; ? derived or from memory",
    "ghs": "GHS statements of each; ? derived or from memory",
    "toxicity": "what they say",
    "hazard_source": "where they come from",
    "with_sodium": "what reactivity guides say of them with sodium, and what the paper did",
    "supply": "class of the part that is hardest to have: bulk, reported, inventoried, unlisted",
    "supply_evidence": "volumes and lists that have each part",
    "handling": "bottle; cylinder where a part of it is a gas at 25 °C",
}


def ingredient_toxicity(precursors: Ingredients) -> Toxicity:
    """Look up GHS statements of the precursors of a wide space, by their CAS numbers."""
    volatile = at_least(np.fmax.reduce(precursors.pressure_pa, axis=0), VOLATILE_PA)
    fluoride = precursors.salt_mol[0] > 0
    metal = np.array(METALS)[precursors.metal]
    return toxicity(precursors.key, precursors.cas, metal, fluoride, volatile)


def _words(row: Row, precursors: Ingredients, known: Toxicity, place: dict[str, int]) -> Row:
    poured = [str(row[f"precursor_{k + 1}"]) for k in SLOTS if row[f"precursor_{k + 1}"]]
    places = [place[one] for one in poured]
    cautions = dict.fromkeys(
        text for p in places for text in str(precursors.caution[p]).split("; ") if text
    )
    recipe = _shares(row, "precursor", "liquid_fraction")
    return {
        "key": f"{recipe} at {row['temperature_c']:g} °C for {row['exposure_s']:g} s",
        "recipe": recipe,
        "formula": recipe,
        "metal": ", ".join(_metals(row)),
        "route": "vapour",
        "vapour": _shares(row, "precursor", "vapour_fraction"),
        "name": " + ".join(str(precursors.name[p]) or "?" for p in places),
        "cas": " + ".join(str(precursors.cas[p]) or "?" for p in places),
        "phases": _shares(row, "phase", "phase_mol"),
        "caution": "; ".join(cautions),
        **_hazards(precursors, known, places),
        "supply": scarcest(str(precursors.supply[p]) for p in places),
        "supply_evidence": _evidence(poured, [str(precursors.supply_evidence[p]) for p in places]),
        "handling": hardest([str(precursors.handling[p]) for p in places]) or None,
    }


def _hazards(precursors: Ingredients, known: Toxicity, places: list[int]) -> Row:
    """State what is known of each precursor of a recipe, and the gravest at a glance."""
    metal = np.array(METALS)[precursors.metal[places]]
    sodium = with_sodium(precursors.key[places], metal).tolist()
    words = [str(known.toxicity[p]) for p in places]
    if len(places) > 1:
        # The words of three precursors are too many: three of each do, and what HF needs.
        acid = [HF_FIRST_AID] if any(HF_FIRST_AID in text for text in words) else []
        words = [_each(precursors, known.danger, places), *acid]
    return {
        "danger": worst(known.danger[places].tolist()),
        "ghs": _each(precursors, known.ghs, places),
        "toxicity": "; ".join(words),
        "hazard_source": _each(precursors, known.source, places),
        # What names a precursor as violent is longer than what holds for all.
        "with_sodium": max(sodium, key=len),
    }


def _each(precursors: Ingredients, texts: NDArray[np.str_], places: list[int]) -> str:
    """Put the texts of precursors one after another, with whose they are unless it is alone."""
    if len(places) == 1:
        return str(texts[places[0]])
    return "; ".join(f"{precursors.key[p]}: {texts[p] or '–'}" for p in places)


def _evidence(poured: Sequence[str], texts: Sequence[str]) -> str:
    """Name each part of a blend before its evidence."""
    if len(poured) == 1:
        return texts[0]
    return " | ".join(f"{one}: {text}" for one, text in zip(poured, texts, strict=True))


def _metals(row: Row) -> list[str]:
    """List the metals of a layer, the one with the largest share first."""
    share: dict[str, float] = {}
    for k in SLOTS:
        for symbol in re.findall("[A-Z][a-z]?", str(row[f"phase_{k + 1}"] or "")):
            if symbol != "Na":
                share[symbol] = share.get(symbol, 0.0) + float(str(row[f"phase_mol_{k + 1}"]))
    return sorted(share, key=lambda symbol: (-share[symbol], symbol))


def _shares(row: Row, what: str, share: str) -> str:
    """Write "0.7 SnCl4 + 0.3 TiCl4"; what is alone needs no number."""
    named = [(row[f"{what}_{k + 1}"], row[f"{share}_{k + 1}"]) for k in SLOTS]
    present = [(one, part) for one, part in named if one]
    if len(present) == 1:
        return str(present[0][0])
    return " + ".join(f"{part:.4g} {one}" for one, part in present)


def best_of_each_set(rows: Iterable[T]) -> list[T]:
    """Keep the best row of each set of precursors: other ratios of the same are no other idea.

    Examples
    --------
    >>> blank = {"precursor_2": None, "precursor_3": None}
    >>> rows = [{"precursor_1": x, "rank": r, **blank} for r, x in enumerate(["A", "A", "B"])]
    >>> [row["rank"] for row in best_of_each_set(rows)]
    [0, 2]
    """
    best: dict[tuple[object, ...], T] = {}
    for row in rows:
        best.setdefault(tuple(row[f"precursor_{k + 1}"] for k in SLOTS), row)
    return list(best.values())


def ingredient_table(space: BlendSpace) -> pa.Table:
    """List the precursors of a wide space, and at each temperature what becomes of them."""
    precursors = space.ingredients
    known = ingredient_toxicity(precursors)
    columns = {
        "formula": pa.array(precursors.key.tolist(), pa.string()),
        "name": pa.array(precursors.name.tolist(), pa.string()),
        "cas": pa.array(precursors.cas.tolist(), pa.string()),
        "kind": pa.array(precursors.kind.tolist(), pa.string()),
        "caution": pa.array(precursors.caution.tolist(), pa.string()),
        "danger": pa.array(known.danger.tolist(), pa.string()),
        "ghs": pa.array(known.ghs.tolist(), pa.string()),
        **{name: _words_or_null(getattr(precursors, name)) for name in BENCH},
    }
    for row, celsius in enumerate(space.temperatures_c):
        at = f"at_{celsius:g}_c"
        columns |= {
            f"vapour_pressure_pa_{at}": pa.array(precursors.pressure_pa[row], from_pandas=True),
            f"delta_g_kj_mol_{at}": pa.array(precursors.delta_g_kj_mol[row], from_pandas=True),
            f"rejected_{at}": pa.array(precursors.rejected[row].tolist(), pa.string()),
        }
    blended = set(space.mixtures.blended)
    columns["in_blends"] = pa.array([i in blended for i in range(len(precursors))])
    return pa.table(columns)


def _words_or_null(texts: NDArray[np.str_]) -> pa.Array:
    return pa.array([text or None for text in texts.tolist()], pa.string())
