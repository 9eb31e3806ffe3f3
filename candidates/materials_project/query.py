"""What is asked of the Materials Project: few requests, each for many chemical systems."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.errors import InputError

PBE, R2SCAN = "GGA_GGA+U", "R2SCAN"
"""Thermo types that can be asked for: PBE with the corrections of 2020, r²SCAN without any. The
service's default mixes both, which no hull here may."""

FUNCTIONALS = {PBE: "PBE and PBE+U (GGA/GGA+U mixing)", R2SCAN: "r2SCAN"}

CORRECTIONS = {PBE: "MaterialsProject2020Compatibility", R2SCAN: "none"}

SYSTEMS_PER_REQUEST = 100
"""Chemical systems in a request: an address of some 1,000 characters (servers take 8,000), and
fewer documents than a page holds."""

IDS_PER_REQUEST = 300
"""Material identifiers in a request: an address of some 4,000 characters."""

FIELDS = {
    "thermo": (
        "material_id",
        "composition",
        "nsites",
        "volume",
        "symmetry",
        "thermo_type",
        "energy_type",
        "formation_energy_per_atom",
        "energy_above_hull",
        "energy_per_atom",
        "uncorrected_energy_per_atom",
        "deprecated",
        "builder_meta",
        "entries",
    ),
    "summary": ("material_id", "theoretical", "band_gap", "bulk_modulus"),
    "elasticity": ("material_id", "bulk_modulus", "shear_modulus", "elastic_tensor", "state"),
    "structures": ("material_id", "structure"),
}
"""What is fetched of each document; the rest is several times as much. Structures are asked for
where a thermo document came without its entry."""

ROUTES = {"structures": "summary"}
"""Where documents are, if not under their own name."""


ALWAYS = {"--metals": ("Si", "Ti", "Sn"), "--halogens": ("Cl",)}
"""What every snapshot holds, asked for or not: every campaign is compared with the paper, whose
vapours are SiCl4, TiCl4 and SnCl4."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a snapshot is to hold.

    Attributes
    ----------
    metals, halogens : tuple of str
        M and X of the systems Na–M–X; :data:`ALWAYS` are added, in the order of the elements.
    thermo_type : str
        :data:`PBE` or :data:`R2SCAN`.

    Examples
    --------
    >>> Query(("Ge",), ("Cl",)).metals
    ('Si', 'Ti', 'Ge', 'Sn')
    >>> Query(("Sn",), ("Cl",)).systems[:6]
    ('Cl', 'Cl-Na', 'Cl-Na-Si', 'Cl-Na-Sn', 'Cl-Na-Ti', 'Cl-Si')
    """

    metals: tuple[str, ...] = METALS
    halogens: tuple[str, ...] = HALOGENS
    thermo_type: str = PBE

    def __post_init__(self) -> None:
        for field, chosen, known in (
            ("--metals", self.metals, METALS),
            ("--halogens", self.halogens, HALOGENS),
        ):
            for one in chosen:
                if one not in known:
                    raise InputError(field, one, f"give some of {','.join(known)}")
            also = ALWAYS[field]
            object.__setattr__(self, field[2:], tuple(k for k in known if k in (*chosen, *also)))
            if not chosen:
                raise InputError(field, "", f"is empty; give some of {','.join(known)}")
        if self.thermo_type not in FUNCTIONALS:
            remedy = f"give one of {', '.join(FUNCTIONALS)}"
            raise InputError("--thermo-type", self.thermo_type, remedy)

    @property
    def systems(self) -> tuple[str, ...]:
        """Every chemical system of Na–M–X and what bounds it, as the service writes them."""
        m, x = ("", *self.metals), ("", *self.halogens)
        sets = {frozenset({sodium, a, b} - {""}) for sodium, a, b in product(("", "Na"), m, x)}
        return tuple(sorted("-".join(sorted(one)) for one in sets if one))

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values, for a manifest."""
        return {
            "metals": list(self.metals),
            "halogens": list(self.halogens),
            "thermo_type": self.thermo_type,
            "systems": len(self.systems),
            "fields": {route: list(fields) for route, fields in FIELDS.items()},
        }


def in_batches(items: Sequence[str], size: int) -> list[list[str]]:
    """Cut a sequence into lists of a size, the last one shorter.

    Examples
    --------
    >>> in_batches("abcde", 2)
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    return [list(items[start : start + size]) for start in range(0, len(items), size)]
