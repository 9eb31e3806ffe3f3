"""What a process finds under its kernels: decisions, and numbers beside them. Run in a child."""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.snapshot.training_data import energies, moduli
from maiscreen.descriptors.composition.features import features
from maiscreen.models.crystals import network, prototypes, supercell
from maiscreen.models.predictions import learned
from maiscreen.models.simulation import vacancy
from maiscreen.runners.folder.ownership import read_ranking
from maiscreen.runners.kernels import kernels
from maiscreen.runners.runs.campaign import run, run_campaign
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.embedding import embedded_predictions

WIDE = Campaign(
    metals=("Si", "Ti", "Ge", "Sn", "Sb", "Al"),
    halogens=("Cl", "Br", "I"),
    samples=400,
    space=Space(blends=3, ratio_steps=8, temperatures_c=(25, 60), front_runners=100),
)


def digest_of_features() -> str:
    formulas = sorted({*moduli()["formula"].to_pylist(), *energies()["formula"].to_pylist()})
    return hashlib.sha256(features(compositions(formulas)).tobytes()).hexdigest()


def parts_of(table: pa.Table) -> tuple[dict[str, list[object]], dict[str, list[object]]]:
    """Columns that are decisions, and columns of numbers."""
    numbers = [f.name for f in table.schema if pa.types.is_floating(f.type)]
    others = [name for name in table.column_names if name not in numbers]
    return table.select(others).to_pydict(), table.select(numbers).to_pydict()


def rankings(out: Path) -> dict[str, tuple[object, object]]:
    run(Campaign(), out / "default", serially=True)
    run_campaign(WIDE, out / "wide", serially=True)
    return {name: parts_of(read_ranking(out / name)[0]) for name in ("default", "wide")}


def geometry(one: prototypes.Prototype) -> tuple[dict[str, object], dict[str, object]]:
    """Decide what a simulation starts from; no potential is asked."""
    crystal = one.structure()
    rotations, translations = vacancy.symmetry(crystal)
    sites, lattice = crystal.frac_coords, crystal.lattice.matrix
    cell = supercell.supercell(sites, lattice, rotations)
    decided: dict[str, object] = {
        "rotations": rotations.tolist(),
        "cell": cell.matrix.tolist(),
        "shifts": cell.shifts.tolist(),
    }
    numbers: dict[str, object] = {"sites": sites.tolist(), "lattice": lattice.tolist()}
    sodium = sites[[site.specie.symbol == "Na" for site in crystal]]
    if len(sodium):
        acting = network.action(sodium, lattice, rotations, translations)
        found = network.network(sodium, sites, lattice, acting)
        everything = network.hop_orbits(sodium, lattice, acting, network.FARTHEST_A)
        clear = [network.clearance_a(o.first, sodium, sites, lattice) for o in everything]
        decided |= {
            "images": acting.images.tolist(),
            "orbits": [orbit.members for orbit in everything],
            "network": [orbit.members for orbit in found.orbits],
            "counts": [found.dimensions, found.blocked],
            "clear": np.isfinite(clear).tolist(),
        }
        lengths = [orbit.length_a for orbit in everything]
        numbers |= {"lengths": lengths, "cutoff": [found.cutoff_a], "clearance": clear}
    return decided, numbers


def main(out: Path) -> None:
    learned.look_up_predictions = lambda *_: None  # type: ignore[assignment]
    crystals = {one.formula: geometry(one) for one in prototypes.prototypes()}
    ranked = rankings(out)
    found = {
        "kernels": kernels(),
        "decided": {
            "features": digest_of_features(),
            "predictions": embedded_predictions(),
            "rankings": {name: decided for name, (decided, _) in ranked.items()},
            "crystals": {name: decided for name, (decided, _) in crystals.items()},
        },
        "numbers": {
            "rankings": {name: numbers for name, (_, numbers) in ranked.items()},
            "crystals": {name: numbers for name, (_, numbers) in crystals.items()},
        },
    }
    (out / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
