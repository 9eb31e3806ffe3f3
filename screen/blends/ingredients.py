"""The precursors of a campaign, each by itself at each temperature: what blends are made of."""

import io
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS, SYMBOLS
from maiscreen.candidates.molecules.molecule import Molecules
from maiscreen.candidates.molecules.space import (
    hydrohalides,
    mixed_halides,
    organohalides,
    oxyhalides,
)
from maiscreen.candidates.precursors.precursor import Precursors
from maiscreen.candidates.reading import limits
from maiscreen.candidates.rounding import at_least
from maiscreen.candidates.snapshot.snapshot import Snapshot, load_snapshot
from maiscreen.descriptors.alloys.kinetics import Process
from maiscreen.descriptors.bench.stability import stability
from maiscreen.descriptors.blends.layer import Precipitate
from maiscreen.descriptors.columns import texts_of
from maiscreen.descriptors.molecules.molecules import MoleculeTable, describe_molecules
from maiscreen.descriptors.reaction.sodium_excess import reaction_energies
from maiscreen.screen.blends.tables import Metals, salts_of
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import T_LIMIT_C
from maiscreen.screen.describe.bench import Bench
from maiscreen.screen.describe.describe import (
    describe_precursors,
    formation_energy_ev_atom,
    halides_of,
)
from maiscreen.screen.describe.interphase import ZERO_CELSIUS_K
from maiscreen.screen.scoring.draws import ANIONS
from maiscreen.screen.scoring.gates import first_rejection, gates

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Strings = NDArray[np.str_]

BENCH = ("supply", "supply_evidence", "handling", "stability")
"""What is told of a precursor for the bench."""


@dataclass(frozen=True, slots=True, eq=False)
class Ingredients:
    """Precursors as arrays: v of them, at t temperatures.

    Attributes
    ----------
    key, name, cas, kind, caution : Strings
        Formula, name, CAS number, which kind of precursor, what to beware of, shape (v,).
    supply, supply_evidence, handling, stability : Strings
        As the columns of :mod:`maiscreen.descriptors.columns`, shape (v,).
    metal : Integers
        Place of M among ``METALS``, shape (v,).
    metal_count, electrons : Floats
        For each molecule, shape (v,).
    salt_mol : Floats
        Sodium in each salt of ``ANIONS`` for a mole of M, shape (5, v).
    organic_cm3 : Floats
        Organic by-products that stay in the layer, for a mole of M, shape (v,).
    energy_kj_mol : Floats
        Energy of the reaction with excess sodium, alloying included, for a mole of molecules:
        solids at 0 K by the snapshot, shape (v,); NaN where it has none.
    pressure_pa, delta_g_kj_mol : Floats
        Vapour pressure, and ΔG° for a mole of molecules, shape (t, v); NaN where not known.
    rejected : Strings
        First gate that rejects and its reason, empty for what passes, shape (t, v).
    """

    key: Strings
    name: Strings
    cas: Strings
    kind: Strings
    caution: Strings
    supply: Strings
    supply_evidence: Strings
    handling: Strings
    stability: Strings
    metal: Integers
    metal_count: Floats
    electrons: Floats
    salt_mol: Floats
    organic_cm3: Floats
    energy_kj_mol: Floats
    pressure_pa: Floats
    delta_g_kj_mol: Floats
    rejected: Strings

    def __len__(self) -> int:
        return len(self.key)

    def joined(self, other: "Ingredients") -> "Ingredients":
        """Append others, of the same temperatures."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Ingredients(*(np.concatenate(pair, axis=-1) for pair in pairs))


def temperatures_c(campaign: Campaign) -> tuple[float, ...]:
    """Return the process temperatures of a campaign, °C, by size."""
    return campaign.space.temperatures_c or (campaign.temperature_c,)


def gather_ingredients(campaign: Campaign, metals: Metals) -> Ingredients:
    """Gather the precursors of a campaign, those that its gates reject among them."""
    halides, molecules = halide_ingredients(campaign), molecule_ingredients(campaign, metals)
    return halides if molecules is None else halides.joined(molecules)


def ingredients_to_bytes(precursors: Ingredients) -> bytes:
    """Write ingredients for another process: arrays alone, no pickle."""
    sink = io.BytesIO()
    np.savez(
        sink,
        allow_pickle=False,
        **{name: getattr(precursors, name) for name in precursors.__slots__},
    )
    return sink.getvalue()


def ingredients_from_bytes(content: bytes) -> Ingredients:
    """Read the ingredients that another process has gathered.

    Raises
    ------
    ValueError
        If it is nothing that :func:`ingredients_to_bytes` wrote.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > limits.MODEL_UNPACKED_BYTES:
                raise ValueError("unpacks to too much")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            # NumPy gives a member that is no array as its bytes.
            precursors = Ingredients(*(np.asarray(arrays[name]) for name in Ingredients.__slots__))
    except Exception as error:
        # Whatever NumPy makes of it, a tokenizer's errors among them: it is not ours.
        raise ValueError(f"holds no ingredients: {error}") from None
    _check_shapes(precursors)
    return precursors


def _check_shapes(precursors: Ingredients) -> None:
    """Check the shapes and types of the arrays."""
    length = precursors.key.shape
    rows = {"salt_mol", "pressure_pa", "delta_g_kj_mol", "rejected"}
    texts = {"key", "name", "cas", "kind", "caution", "rejected", *BENCH}
    for name in Ingredients.__slots__:
        array = getattr(precursors, name)
        kinds = "U" if name in texts else ("i" if name == "metal" else "f")
        if array.dtype.kind != kinds or array.shape[-1:] != length:
            raise ValueError(f"has a wrong {name}")
        if array.ndim != (2 if name in rows else 1):
            raise ValueError(f"has a wrong {name}")


def halide_ingredients(campaign: Campaign) -> Ingredients:
    """Describe the homoleptic halides of a campaign, but for what is dissolved in electrolyte."""
    batch = halides_of(campaign)
    rows = np.flatnonzero(batch.route == "vapour")
    batch = batch.take(rows)
    at = [replace(campaign, temperature_c=t) for t in temperatures_c(campaign)]
    described = [describe_precursors(one, batch) for one in at]
    salt_mol = np.zeros((len(ANIONS), len(batch)))
    for row, halogen in enumerate(HALOGENS):
        salt_mol[row] = np.where(batch.halogen == halogen, batch.halogens_per_metal, 0.0)
    return Ingredients(
        texts_of(described[0]["key"]),
        texts_of(described[0]["name"]),
        texts_of(described[0]["cas"]),
        np.full(len(batch), "homoleptic"),
        texts_of(described[0]["caution"]),
        texts_of(described[0]["supply"]),
        texts_of(described[0]["supply_evidence"]),
        texts_of(described[0]["handling"]),
        texts_of(described[0]["stability"]),
        metal_index(batch.metal),
        batch.metal_count.astype(np.float64),
        batch.halogen_count.astype(np.float64),
        salt_mol,
        np.zeros(len(batch)),
        _energies_kj_mol(campaign, batch),
        _numbers(described, "vapour_pressure_pa"),
        _numbers(described, "delta_g_kj_mol"),
        np.stack([first_rejection(gates(d, c)) for d, c in zip(described, at, strict=True)]),
    )


def _energies_kj_mol(campaign: Campaign, batch: Precursors) -> Floats:
    snapshot = load_snapshot(campaign.snapshot)
    metal = np.array([SYMBOLS.index(one) for one in batch.metal.tolist()], dtype=np.int64)
    counts = np.zeros((len(batch), len(HALOGENS)), dtype=np.int64)
    for column, halogen in enumerate(HALOGENS):
        counts[:, column] = np.where(batch.halogen == halogen, batch.halogen_count, 0)
    energies = formation_energy_ev_atom(batch, snapshot)
    return reaction_energies(snapshot, metal, batch.metal_count, counts, energies).energy_kj_mol


def metal_index(metal: Strings) -> Integers:
    """Return the places of symbols among ``METALS``, shape (n,)."""
    place = {symbol: i for i, symbol in enumerate(METALS)}
    return np.array([place[one] for one in metal.tolist()], dtype=np.int64)


def _numbers(tables: list[pa.Table], name: str) -> Floats:
    return np.stack([table[name].to_numpy().astype(np.float64) for table in tables])


def precipitate(
    campaign: Campaign, precursors: Ingredients, salt_share: float = 1.0
) -> Precipitate:
    """Work out what the precursors leave beside metal phases; the last row is nothing.

    Parameters
    ----------
    campaign : Campaign
        Its fidelity and data.
    precursors : Ingredients
        Of v precursors.
    salt_share : float
        How much of the salt lies in the layer.
    """
    salts, soluble = salts_of(campaign, precursors.salt_mol, salt_share)
    columns = (soluble.value, soluble.std, precursors.organic_cm3)
    return Precipitate(salts.with_nothing(), *(np.append(one, 0.0) for one in columns))


_NOT_KNOWN = {"work": "adhesion", "voigt": "youngs_modulus", "cm3": "volume"}

GROUPS_STAY = "a layer of M, as its groups outlive sodium (space.groups_leave)"
"""Wurtz coupling of R3MCl gives R3M–MR3, of R2MCl2 chains: R. West, J. Organomet. Chem. 300, 327
(1986). Chlorosilane and sodium amalgam give disilane."""


def molecule_ingredients(campaign: Campaign, metals: Metals) -> Ingredients | None:
    """Describe what a campaign asks for beside homoleptic halides; None if that is nothing."""
    snapshot = load_snapshot(campaign.snapshot)
    chosen = molecules_of(campaign, snapshot)
    if not len(chosen):
        return None
    celsius = (*temperatures_c(campaign), T_LIMIT_C)
    kelvin = np.array(celsius) + ZERO_CELSIUS_K
    energies = partial(formation_energy_ev_atom, snapshot=snapshot)
    table = describe_molecules(chosen, kelvin, energies)
    metal = metal_index(chosen.metal)
    count = chosen.metal_count.astype(np.float64)
    pressure = 10.0**table.log10_pa.T
    bench = _bench(table)
    missing = _missing(campaign, table, metals, metal)
    rejected = _rejected(campaign, table, pressure, missing, bench)
    return Ingredients(
        _keys(chosen),
        chosen.name,
        chosen.cas,
        chosen.kind,
        table.caution,
        bench.supply,
        bench.supply_evidence,
        bench.handling,
        bench.stability.word,
        metal,
        count,
        table.electrons.astype(np.float64),
        np.vstack([chosen.halogens.T, 2 * table.sodium_oxide_mol]) / count,
        table.by_product_cm3_mol / count,
        np.full(len(chosen), np.nan),
        pressure[:-1],
        table.delta_g_kj_mol.T[:-1],
        rejected,
    )


def molecules_of(campaign: Campaign, snapshot: Snapshot) -> Molecules:
    """Gather the molecules that a campaign asks for."""
    asked, of = campaign.space, (campaign.metals, campaign.halogens)
    molecules = Molecules.of(())
    if asked.mixed_halides and len(campaign.halogens) > 1:
        molecules = molecules.joined(mixed_halides(snapshot, *of))
    if asked.oxyhalides:
        molecules = molecules.joined(Molecules.of(oxyhalides(*of)))
    if asked.organohalides:
        molecules = molecules.joined(Molecules.of((*organohalides(*of), *hydrohalides(*of))))
    return molecules


def _keys(chosen: Molecules) -> Strings:
    """Name molecules by their formula, and isomers by their name as well."""
    formulas = chosen.formula.tolist()
    several = Counter(formulas)
    named = zip(formulas, chosen.name.tolist(), chosen.cas.tolist(), strict=True)
    return np.array(
        [f if several[f] == 1 else f"{f} ({name or cas})" for f, name, cas in named], dtype=np.str_
    )


def _missing(
    campaign: Campaign, table: MoleculeTable, metals: Metals, metal: NDArray[np.int64]
) -> Strings:
    """Name what is not known of the layers that molecules leave."""
    process = Process(temperatures_c(campaign)[0], campaign.space.exposures_s[0])
    in_time = metals.times.probability(process, campaign.state)
    alloyed = (metals.p_alloy * in_time)[metal] >= 0.5
    row = np.where(alloyed, metal, metal + len(metals.p_alloy))
    words = np.full(len(metal), "", dtype=object)
    for field, name in _NOT_KNOWN.items():
        words[np.isnan(getattr(metals.phases, field)[row])] = name
    words[np.isnan(table.by_product_cm3_mol)] = "volume of the by-product"
    if not campaign.space.groups_leave:
        words[table.molecules.ligands != ""] = GROUPS_STAY
    return words.astype(np.str_)


def _bench(table: MoleculeTable) -> Bench:
    """Tell whether molecules can be bought, whether they last, and what they come in."""
    # No pressure at 25 °C is at hand here: what has no boiling point has none either.
    unknown = np.full(len(table), np.nan)
    lasting = stability(table.molecules.formula, table.isolable)
    return Bench.of(table.molecules.cas, table.boiling_k, table.melting_k, unknown, lasting)


def _rejected(
    campaign: Campaign,
    table: MoleculeTable,
    pressure_pa: Floats,
    missing: Strings,
    bench: Bench,
) -> Strings:
    """Ask the gates at each temperature, shape (t, n)."""
    known = np.isfinite(pressure_pa).any(axis=0)
    reached = np.nanmax(np.where(np.isnan(pressure_pa), -np.inf, pressure_pa), axis=0)
    dry = at_least(reached, campaign.min_vapour_pressure_pa)
    route = np.where(dry, "vapour", np.where(known, "solution", ""))
    answers = []
    for row, celsius in enumerate(temperatures_c(campaign)):
        described = pa.table(
            {
                "isolable": table.isolable,
                "isolable_reason": table.isolable_reason.tolist(),
                "vapour_pressure_pa": pressure_pa[row],
                "temperature_for_pressure_c": np.full(len(missing), np.nan),
                "vapour_pressure_reason": table.pressure_reason[:, row].tolist(),
                "route": route.tolist(),
                "delta_g_kj_mol": table.delta_g_kj_mol[:, row],
                "delta_g_reason": table.delta_g_reason[:, row].tolist(),
                "hazard": table.hazard.tolist(),
                "hazard_reason": table.hazard_reason.tolist(),
                "danger": table.danger.tolist(),
                "missing_attributes": missing.tolist(),
                **bench.columns(),
            }
        )
        tried = gates(described, replace(campaign, temperature_c=celsius))
        answers.append(first_rejection(tried))
    return np.stack(answers)
