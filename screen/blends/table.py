"""One task of a wide space: from indices to a table of candidates, and that as a file."""

import io
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from maiscreen.candidates.molecules.mixtures import MOST_IN_A_BLEND, NOTHING, Recipes
from maiscreen.descriptors.blends.vapour import thickness_um
from maiscreen.descriptors.columns import LOGARITHMIC, WIDE_COLUMNS, wide_column
from maiscreen.screen.blends.blends import (
    Blends,
    blend_score,
    evaluate_recipes,
    layer_attributes,
    likely_alloys,
    metal_phases,
)
from maiscreen.screen.blends.bound import optimistic_score
from maiscreen.screen.blends.space import REJECTIONS, BlendSpace

BLOCK = 1 << 18
"""Candidates at a time: enough that what NumPy spends on a call hardly counts, even for the tenth
of them that gates let pass, and arrays of 2 MiB, which a processor's cache still holds."""

SLOTS = range(MOST_IN_A_BLEND)

Seconds = MutableMapping[str, float]


@contextmanager
def _time_stage(seconds: Seconds, stage: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - begun


def describe_blends(
    space: BlendSpace, start: int, stop: int, seconds: Seconds | None = None
) -> pa.Table:
    """Describe the candidates from number ``start`` up to ``stop``.

    Parameters
    ----------
    space : BlendSpace
        What is screened.
    start, stop : int
        Numbers in its wide space.
    seconds : mapping, optional
        Where the time of each stage is added up.

    Returns
    -------
    pa.Table
        One row for each, columns :data:`~maiscreen.descriptors.columns.WIDE_COLUMNS`; what a gate
        rejects has no attributes and no score.
    """
    spent: Seconds = {} if seconds is None else seconds
    with _time_stage(spent, "prepare"):
        _ = space.tables, space.reacting
    edges = [*range(start, stop, BLOCK), stop]
    blocks = [_block(space, a, b, spent) for a, b in pairwise(edges)]
    return pa.Table.from_batches(blocks, schema(space))


def _block(space: BlendSpace, start: int, stop: int, seconds: Seconds) -> pa.RecordBatch:
    with _time_stage(seconds, "decode"):
        recipes = space.mixtures.slice(start, stop)
    return describe_recipes(space, recipes, seconds)


def describe_recipes(space: BlendSpace, recipes: Recipes, seconds: Seconds) -> pa.RecordBatch:
    """Describe recipes; see :func:`describe_blends`."""
    with _time_stage(seconds, "vapour and gates"):
        blends = evaluate_recipes(space, recipes)
        rows = np.flatnonzero(blends.rejected == 0)
        passed = blends.take(rows)
    columns = _recipe(space, blends)
    with _time_stage(seconds, "layer and attributes"):
        alloyed = likely_alloys(space, passed)
        attributes = layer_attributes(space, passed, alloyed)
    with _time_stage(seconds, "score"):
        scores = blend_score(space, {name: one.value for name, one in attributes.items()})
        best = optimistic_score(space, passed, alloyed, attributes)
    with _time_stage(seconds, "table"):
        missing = np.isnan(scores)
        columns["rejected"] = _rejections(blends.rejected, rows[missing])
        given = {"score": scores, "score_optimistic": best}
        given |= {n: 10.0**v.value if n in LOGARITHMIC else v.value for n, v in attributes.items()}
        for name, values in given.items():
            columns[name] = _sparse(values, rows, len(blends))
        columns |= _phases(space, blends, passed, alloyed, rows)
        arrays = [columns[name] for name in WIDE_COLUMNS]
        return pa.RecordBatch.from_arrays(arrays, schema=schema(space))


def schema(space: BlendSpace) -> pa.Schema:
    """Return the columns of the table of all candidates, with unit, meaning and source."""
    words, whole = pa.dictionary(pa.int32(), pa.string()), pa.int64()
    types = {"index": whole, "rejected": words}
    types |= {f"{stem}_{k + 1}": words for stem in ("precursor", "phase") for k in SLOTS}
    fields = []
    for name in WIDE_COLUMNS:
        unit, doc, source = wide_column(name)
        metadata = {"unit": unit, "doc": doc, "source": source}
        fields.append(pa.field(name, types.get(name, pa.float64()), metadata=metadata))
    return pa.schema(fields)


def _recipe(space: BlendSpace, blends: Blends) -> dict[str, Any]:
    recipes, keys = blends.recipes, pa.array(space.ingredients.key.tolist(), pa.string())
    exposure = np.array(space.settings.exposures_s)[recipes.exposure]
    columns = {
        "index": pa.array(recipes.index),
        "temperature_c": np.array(space.temperatures_c)[recipes.temperature],
        "exposure_s": exposure,
        "thickness_um": thickness_um(exposure),
        "vapour_pressure_pa": blends.pressure_pa,
        "electrons": blends.electrons,
        "delta_g_kj_mol": blends.delta_g_kj_mol,
        "reduction_potential_v": blends.potential_v,
        "reaction_energy_kj_mol": blends.energy_kj_mol,
    }
    for k in SLOTS:
        columns[f"precursor_{k + 1}"] = _words(recipes.ingredient[k], keys)
        columns[f"liquid_fraction_{k + 1}"] = recipes.fraction[k]
        columns[f"vapour_fraction_{k + 1}"] = blends.vapour_fraction[k]
    floats = (n for n, one in columns.items() if isinstance(one, np.ndarray))
    return columns | {name: pa.array(columns[name], from_pandas=True) for name in list(floats)}


def _phases(
    space: BlendSpace,
    blends: Blends,
    passed: Blends,
    alloyed: NDArray[np.bool_],
    rows: NDArray[np.intp],
) -> dict[str, Any]:
    phase, amount = metal_phases(space, passed, alloyed)
    # A dictionary must hold every word once: Arrow 26 writes whatever lies in memory behind the
    # words of a Parquet dictionary that has doubles.
    words, unique = np.unique(space.phase_formulas, return_inverse=True)
    names, columns = pa.array(words.tolist(), pa.string()), {}
    for k in SLOTS:
        place = np.full(len(blends), NOTHING, dtype=np.int64)
        place[rows] = np.where(phase[k] == NOTHING, NOTHING, unique[phase[k]])
        columns[f"phase_{k + 1}"] = _words(place, names)
        columns[f"phase_mol_{k + 1}"] = _sparse(amount[k], rows, len(blends))
    return columns


def _words(place: NDArray[np.int64], words: pa.Array) -> pa.DictionaryArray:
    """Name places, null for none."""
    indices = pa.array(place.astype(np.int32), mask=place == NOTHING)
    return pa.DictionaryArray.from_arrays(indices, words)


def _rejections(code: NDArray[np.int64], lacking: NDArray[np.intp]) -> pa.DictionaryArray:
    """Name the gates that reject; what lacks a score is rejected for its attributes."""
    code = code.copy()
    code[lacking] = REJECTIONS.index("attributes")
    return _words(np.where(code == 0, NOTHING, code), pa.array(REJECTIONS, pa.string()))


def _sparse(values: NDArray[np.float64], rows: NDArray[np.intp], size: int) -> pa.Array:
    """Spread the values of some rows over all, null for the others and for what is not known."""
    spread = np.full(size, np.nan)
    spread[rows] = values
    return pa.array(spread, from_pandas=True)


_ON_GRID = ("temperature_c", "exposure_s", "thickness_um")


def part_bytes(table: pa.Table) -> bytes:
    """Return the bytes of a part: text and grids by dictionary, measured numbers as they are."""
    few = [name for name in table.column_names if _repeats(table.schema.field(name))]
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=1, use_dictionary=few)
    return sink.getvalue()


def _repeats(column: pa.Field) -> bool:
    """Tell columns of few distinct values."""
    on_grid = column.name.startswith("liquid_fraction") or column.name in _ON_GRID
    return on_grid or pa.types.is_dictionary(column.type)
