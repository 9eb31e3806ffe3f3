"""Learned and tabulated crystal data (F1) in the place of what F0 guesses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import CM3_MOL_PER_A3
from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.precursors.precursor import Precursors
from maiscreen.candidates.snapshot.corrections import shift_ev_atom
from maiscreen.candidates.snapshot.snapshot import VOLUME_RATIO, load_snapshot
from maiscreen.candidates.snapshot.tables import table
from maiscreen.candidates.snapshot.training_data import moduli
from maiscreen.descriptors.alloys.alloying import VOLUME_STD_FRACTION
from maiscreen.descriptors.alloys.records import AlloyStates, StateArrays
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.descriptors.reaction.reduction import GuessedEnergies
from maiscreen.models.predictions.learned import (
    LearnedValues,
    is_modulus_derived,
    own_targets,
    predict_target,
)

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

HALIDE_ENERGY_STD_EV_ATOM = 0.22
"""Error of a learned formation energy of a halide, at least, eV/atom: the root mean square over the
885 binary halides of the snapshot when their whole chemical system is held out (grouped split).
Intervals calibrated on all compounds are a little narrow for them: 87 % within those of 90 %."""

GUESSED_VOLUME = "V(M) + 18.0 x"
"""Source of a volume that is neither measured nor computed."""


def crystal_modulus(
    phase: Strings, table: Estimate, models: tuple[str, ...] = (), snapshot: str = ""
) -> Estimate:
    """Put crystal data in the place of the Hill mean of elements: Young's modulus, GPa.

    Moduli of Materials Project where its table has the composition; else, for compounds, the
    learned one. Elements are never learned: what a model knows of compositions says nothing of
    them. A learned modulus has the error of the table that it was learned from beside its own.

    Parameters
    ----------
    phase : Strings
        Metal phases, shape (n,); an empty one is no phase.
    table : Estimate
        Their moduli at F0.
    models : tuple of str
        Folders of the campaign's own models.
    snapshot : str
        Folder of the campaign's own snapshot, whose moduli come first.

    Returns
    -------
    Estimate
        With fidelity F1 where there was something to put.
    """
    distinct, rows = np.unique(phase, return_inverse=True)
    value, std = np.full((2, len(distinct)), np.nan)
    source = np.full(len(distinct), "", dtype=object)
    _put_tabulated(distinct, value, std, source, snapshot)
    missing = np.isnan(value) & is_compound(distinct)
    if missing.any():
        found = learned_modulus(distinct[missing], models)
        value[missing], std[missing], source[missing] = found.value, found.std, found.source
    there = np.isfinite(value)[rows]
    named = np.char.add(np.char.add(distinct, ": "), source.astype(np.str_))[rows]
    return Estimate(
        np.where(there, value[rows], table.value),
        np.where(there, std[rows], table.std),
        np.where(there, named, table.source),
        np.where(there, "F1", table.fidelity),
        table.shared,
    )


def measured_at(fidelity: str, salts: Estimate) -> Estimate:
    """Count the measured moduli of the salts at a fidelity, which they lower nowhere."""
    return replace(salts, fidelity=np.full(salts.fidelity.shape, fidelity))


def _put_tabulated(
    phase: Strings, value: Floats, std: Floats, source: NDArray[np.object_], snapshot: str
) -> None:
    from maiscreen.candidates.chemistry.formula import compositions

    table = tabulated_moduli(snapshot)
    rows = np.flatnonzero((phase != "") & ~np.isin(phase, list(GASES)))
    for i, key in zip(rows.tolist(), compositions(phase[rows].tolist()).key.tolist(), strict=True):
        entry = table.get(key)
        if entry is not None:
            value[i], std[i] = entry.value, entry.std
            several = f", median of {entry.crystals} crystals" if entry.crystals > 1 else ""
            which = f", {entry.material_id}" if entry.material_id else several
            source[i] = f"Materials Project moduli (DFT){which}"


def learned_modulus(phase: Strings, models: tuple[str, ...] = ()) -> LearnedValues:
    """Predict Young's moduli, GPa: learned as such, or from K and G.

    They come from K and G where the campaign brings its own model of one of them and none of E:
    E = 9KG/(3K + G). Both errors are added up as if they went together, which they nearly do.

    Parameters
    ----------
    phase : Strings
        Formulas of compounds, shape (n,).
    models : tuple of str
        Folders of the campaign's own models.
    """
    if is_modulus_derived(own_targets(models)):
        bulk, shear = (predict_target(f"{k}_modulus_gpa", phase, models) for k in ("bulk", "shear"))
        value = 9 * bulk.value * shear.value / (3 * bulk.value + shear.value)
        # The logarithmic derivatives of E by K and G: G/(3K + G) and 3K/(3K + G).
        of_bulk = shear.value / (3 * bulk.value + shear.value)
        relative = of_bulk * bulk.std / bulk.value + (1 - of_bulk) * shear.std / shear.value
        both = np.char.add(np.char.add("K ", bulk.source), np.char.add(", G ", shear.source))
        modulus = LearnedValues(value, relative * value, both)
    else:
        modulus = predict_target("youngs_modulus_gpa", phase, models)
    return replace(modulus, std=np.hypot(modulus.std, DFT_STD_FRACTION * modulus.value))


def is_compound(formulas: Strings) -> NDArray[np.bool_]:
    """Tell compounds from elements and from nothing, shape (n,).

    Examples
    --------
    >>> is_compound(np.array(["Na15Sn4", "Sn", "Co", "NaSi", ""])).tolist()
    [True, False, False, True, False]
    """
    return np.array([sum(map(str.isupper, one)) > 1 for one in formulas.tolist()], dtype=bool)


def with_learned_volumes(alloys: AlloyStates, models: tuple[str, ...] = ()) -> AlloyStates:
    """Put learned volumes in the place of V(M) + 18.0 x, where they are more certain.

    The model was trained on OQMD's volumes; their bias against Materials Project is taken out as
    it is for those of the snapshot, and what is left of it counts as an error.

    Parameters
    ----------
    alloys : AlloyStates
        Arrays of shape (n,).
    models : tuple of str
        Folders of the campaign's own models.
    """
    return replace(
        alloys,
        as_formed=_with_learned_volume(alloys.as_formed, models),
        in_operation=_with_learned_volume(alloys.in_operation, models),
    )


def _with_learned_volume(state: StateArrays, models: tuple[str, ...]) -> StateArrays:
    guessed = np.flatnonzero((state.volume_source == GUESSED_VOLUME) & (state.formula != ""))
    if not guessed.size:
        return state
    predicted = predict_target("volume_a3_atom", state.formula[guessed], models)
    fraction = np.hypot(predicted.std / predicted.value, VOLUME_STD_FRACTION["OQMD / 0.96"])
    atoms = 1 + state.sodium_per_metal[guessed]
    volume = predicted.value / VOLUME_RATIO["alloy"] * atoms * CM3_MOL_PER_A3
    better = fraction < state.volume_std_fraction[guessed]
    rows = guessed[better]
    source = state.volume_source.astype(object)
    source[rows] = predicted.source[better]
    return replace(
        state,
        volume_cm3_mol_metal=_replace_rows(state.volume_cm3_mol_metal, rows, volume[better]),
        volume_std_fraction=_replace_rows(state.volume_std_fraction, rows, fraction[better]),
        volume_source=source.astype(np.str_),
    )


def _replace_rows(values: Floats, rows: NDArray[np.int64], new: Floats) -> Floats:
    changed = values.copy()
    changed[rows] = new
    return changed


def learned_energies(
    halides: Precursors, wanted: NDArray[np.bool_], models: tuple[str, ...] = ()
) -> GuessedEnergies:
    """Predict the formation energies of halides of which nothing else is known, corrected to 2020.

    Parameters
    ----------
    halides : Precursors
        Shape (n,).
    wanted : NDArray[np.bool_]
        Which of them, shape (n,).
    models : tuple of str
        Folders of the campaign's own models.
    """
    value, std = np.full((2, len(halides)), np.nan)
    source = np.full(len(halides), "", dtype=object)
    rows = np.flatnonzero(wanted)
    if rows.size:
        predicted = predict_target("formation_energy_ev_atom", halides.formula[rows], models)
        metal, halogen = halides.metal[rows], halides.halogen[rows]
        a, b = halides.metal_count[rows], halides.halogen_count[rows]
        value[rows] = predicted.value + shift_ev_atom(metal, halogen, a, b, a + b)
        std[rows] = np.maximum(predicted.std, HALIDE_ENERGY_STD_EV_ATOM)
        source[rows] = predicted.source
    return GuessedEnergies(value, std, source.astype(np.str_))


CLIPPED_GPA = 1.0
"""The table has no modulus below: 1 stands for whatever was less."""

POISSON_RANGE = (0.01, 0.45)
"""Poisson's ratios of isotropic solids [judgement; beryllium has 0.03, gold 0.44]. What lies
outside in the table is a fault of one of the moduli (Na3Tl with 2 and 8 GPa, Na2Te with 10 and
15)."""

GASES = frozenset({"N"})
"""M that is left as a gas: the table's crystal is one of high pressure."""

DFT_STD_FRACTION = 0.25
"""Error of a tabulated modulus beside the spread over polymorphs, as a fraction.

Measured on the 49 elements whose Young's moduli agree within 20 % in two handbooks (Miedema's
table, pymatgen): the medians of the table lie 9 % above the handbooks in the mean; they differ by
31 % in the root mean square and by 11 % in the median (of the logarithm). A few that PBE or the
choice of the crystal gets wrong make the tail (Nb, V, Fe, Tl, Pb, Pu). With 25 %, joined
with the half-spread of the polymorphs, the 90 % interval covers 90 % of these elements; see the
tests. The four salts, compounds with measured moduli, lie within 7 %.
"""


@dataclass(frozen=True, slots=True)
class TabulatedModulus:
    """Young's modulus of one composition.

    Attributes
    ----------
    value, std : float
        GPa.
    crystals : int
        Rows of the table that it is the median of.
    material_id : str
        The crystal, where it is known.
    """

    value: float
    std: float
    crystals: int
    material_id: str = ""


def usable_rows(bulk_gpa: Floats, shear_gpa: Floats) -> NDArray[np.bool_]:
    """Mark the rows whose moduli are physically possible, shape (n,).

    Examples
    --------
    >>> usable_rows(np.array([23.0, 1.0, 2.0]), np.array([14.0, 1.0, 8.0])).tolist()
    [True, False, False]
    """
    poisson = (3 * bulk_gpa - 2 * shear_gpa) / (2 * (3 * bulk_gpa + shear_gpa))
    inside = (poisson >= POISSON_RANGE[0]) & (poisson <= POISSON_RANGE[1])
    return np.asarray((bulk_gpa > CLIPPED_GPA) & (shear_gpa > CLIPPED_GPA) & inside)


@lru_cache(maxsize=8)
def tabulated_moduli(snapshot: str = "") -> Mapping[str, TabulatedModulus]:
    """Return Young's modulus of every composition that has a usable one.

    Parameters
    ----------
    snapshot : str
        Folder of a snapshot, whose moduli come before those of the embedded table.

    Returns
    -------
    mapping of str to Tabulated
        By :attr:`~maiscreen.descriptors.composition.features.Compositions.key`.
    """
    return MappingProxyType({**_embedded_moduli(), **_snapshot_moduli(snapshot)})


def _snapshot_moduli(where: str) -> dict[str, TabulatedModulus]:
    """Return Young's modulus of the material that stands for each composition of a snapshot."""
    snapshot = load_snapshot(where)
    used = {row["material_id"] for row in table(snapshot, "materials").to_pylist() if row["used"]}
    rows = [r for r in table(snapshot, "elasticity").to_pylist() if r["material_id"] in used]
    if not rows:
        return {}
    bulk, shear = (np.array([r[f"{k}_modulus_gpa"] for r in rows]) for k in ("bulk", "shear"))
    young = 9 * bulk * shear / (3 * bulk + shear)
    keys = compositions([row["formula"] for row in rows]).key.tolist()
    return {
        keys[i]: TabulatedModulus(
            float(young[i]), float(DFT_STD_FRACTION * young[i]), 1, rows[i]["material_id"]
        )
        for i in np.flatnonzero(usable_rows(bulk, shear)).tolist()
    }


@cache
def _embedded_moduli() -> Mapping[str, TabulatedModulus]:
    """Return Young's modulus of every composition of the embedded table.

    E = 9KG/(3K + G). The table knows compositions, not crystals: of several rows the median is
    taken, since which of them is the crystal at hand is not said, and a mean would follow the one
    odd crystal (diamond among graphites). Half of the range between them joins the error.
    """
    embedded = moduli()
    bulk, shear = (embedded[f"{kind}_modulus_gpa"].to_numpy() for kind in ("bulk", "shear"))
    good = np.flatnonzero(usable_rows(bulk, shear))
    keys = compositions(embedded["formula"].to_pylist()).key[good]
    young = (9 * bulk * shear / (3 * bulk + shear))[good]
    order = np.lexsort((young, keys))
    distinct, first, count = np.unique(keys[order], return_index=True, return_counts=True)
    # Each composition's moduli lie side by side, rising.
    young = young[order]
    median = (young[first + (count - 1) // 2] + young[first + count // 2]) / 2
    half_range = (young[first + count - 1] - young[first]) / 2
    std = np.hypot(DFT_STD_FRACTION * median, half_range)
    columns = (median.tolist(), std.tolist(), count.tolist())
    rows = map(TabulatedModulus, *columns)
    return MappingProxyType(dict(zip(distinct.tolist(), rows, strict=True)))
