"""The training tables of the learned models, from the wheel that the snapshot is built from."""

import csv
import io
import zipfile
from collections.abc import Mapping

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.training_data import ENERGIES, MODULI

_ELASTICITY = "crabnet/data/matbench/elasticity_log10({}_VRH).csv"


def training_files(
    archive: zipfile.ZipFile, energies: Mapping[str, float], volumes: Mapping[str, float]
) -> dict[str, bytes]:
    """Make the tables of moduli and energies.

    Parameters
    ----------
    archive : ZipFile
        The wheel.
    energies : Mapping
        Formation energy by formula as in CritExam__Ef, eV/atom.
    volumes : Mapping
        Volume by formula as in OQMD_Volume_per_atom, Å3/atom.

    Returns
    -------
    dict
        Content by name of file; the same wheel gives the same bytes.

    Raises
    ------
    InputError
        If the rows of bulk and shear modulus do not go together.
    """
    return {"moduli.csv": _moduli(archive), "energies.csv": _energies(energies, volumes)}


def _moduli(archive: zipfile.ZipFile) -> bytes:
    """Put K and G of each row side by side, out of their logarithms, in the order of the source."""
    bulk, shear = (_rows(archive, _ELASTICITY.format(letter)) for letter in "KG")
    if [formula for formula, _ in bulk] != [formula for formula, _ in shear]:
        raise InputError("wheel", "elasticity_log10", "has rows of K and G that do not go together")
    pairs = zip(bulk, shear, strict=True)
    return _to_csv(
        MODULI.names,
        [(f, f"{10**log_k:.11g}", f"{10**log_g:.11g}") for (f, log_k), (_, log_g) in pairs],
    )


def _rows(archive: zipfile.ZipFile, name: str) -> list[tuple[str, float]]:
    with archive.open(name) as file:
        lines = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))
        return [(line["formula"], float(line["target"])) for line in lines]


def _energies(energies: Mapping[str, float], volumes: Mapping[str, float]) -> bytes:
    """Sort the energies by formula and look their volumes up by composition."""
    of_key = dict(zip(compositions(list(volumes)).key.tolist(), volumes.values(), strict=True))
    formulas = sorted(energies)
    keys = compositions(formulas).key.tolist()
    cells = [
        (f, f"{round(energies[f], 6) + 0.0:.6f}", f"{of_key[k]:.4f}" if k in of_key else "")
        for f, k in zip(formulas, keys, strict=True)
    ]
    return _to_csv(ENERGIES.names, cells)


def _to_csv(names: list[str], rows: list[tuple[str, str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return buffer.getvalue().encode()
