"""A precursor that is no homoleptic halide: one frozen record, and the same as arrays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS

KINDS = ("mixed_halide", "oxyhalide", "organohalide", "hydrohalide")

Ligands = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, order=True)
class Molecule:
    """M, halogens, and oxygen, hydrogen or hydrocarbon groups beside them.

    Attributes
    ----------
    formula : str
        As a chemist writes it: ``VOCl3``, ``(CH3)3SnCl``, ``SiHCl3``. Isomers of a group have a
        prefix, ``(i-C4H9)2AlCl``.
    kind : str
        One of :data:`KINDS`.
    metal : str
    metal_count : int
    halogens : tuple[int, int, int, int]
        F, Cl, Br, I.
    oxygen : int
    ligands : tuple[tuple[str, int], ...]
        Group and count, carbon groups before hydrogen: ``(("CH3", 2), ("H", 1))``.
    name, cas : str
        Empty where the compound is not registered.
    """

    formula: str
    kind: str
    metal: str
    metal_count: int
    halogens: tuple[int, int, int, int]
    oxygen: int
    ligands: Ligands = ()
    name: str = ""
    cas: str = ""


def write_formula(
    metal: str, metal_count: int, halogens: Iterable[int], oxygen: int, ligands: Ligands = ()
) -> str:
    """Write a formula: carbon groups, M, H, O, then the halogens from F to I.

    Examples
    --------
    >>> write_formula("Sn", 1, (0, 1, 0, 0), 0, (("CH3", 3),))
    '(CH3)3SnCl'
    >>> write_formula("V", 1, (0, 3, 0, 0), 1), write_formula("Si", 1, (0, 3, 0, 0), 0, (("H", 1),))
    ('VOCl3', 'SiHCl3')
    """
    carbon = [(group, n) for group, n in ligands if group != "H"]
    # One group alone needs no brackets: CH3SiCl3.
    bare = len(carbon) == 1 and carbon[0][1] == 1 and "-" not in carbon[0][0]
    head = "".join(g if bare else f"({g}){_count(n)}" for g, n in carbon)
    tail = [(metal, metal_count), ("H", dict(ligands).get("H", 0)), ("O", oxygen)]
    tail += list(zip(HALOGENS, halogens, strict=True))
    return head + "".join(symbol + _count(n) for symbol, n in tail if n)


def _count(n: int) -> str:
    return "" if n == 1 else str(n)


@dataclass(frozen=True, slots=True, eq=False)
class Molecules:
    """Molecules as arrays, all of shape (n,) but ``halogens``.

    Attributes
    ----------
    formula, kind, metal : ndarray of str
    metal_count : ndarray of int
    halogens : ndarray of int, shape (n, 4)
        F, Cl, Br, I.
    oxygen : ndarray of int
    ligands : ndarray of str
        ``CH3:2 H:1``; empty for none.
    name, cas : ndarray of str
    """

    formula: NDArray[np.str_]
    kind: NDArray[np.str_]
    metal: NDArray[np.str_]
    metal_count: NDArray[np.int64]
    halogens: NDArray[np.int64]
    oxygen: NDArray[np.int64]
    ligands: NDArray[np.str_]
    name: NDArray[np.str_]
    cas: NDArray[np.str_]

    @classmethod
    def of(cls, records: Iterable[Molecule]) -> "Molecules":
        """Gather records into arrays."""
        rows = list(records)

        def text(values: Iterable[str]) -> NDArray[np.str_]:
            return np.array(list(values), dtype=np.str_)

        return cls(
            text(m.formula for m in rows),
            text(m.kind for m in rows),
            text(m.metal for m in rows),
            np.array([m.metal_count for m in rows], dtype=np.int64),
            np.array([m.halogens for m in rows], dtype=np.int64).reshape(-1, len(HALOGENS)),
            np.array([m.oxygen for m in rows], dtype=np.int64),
            text(" ".join(f"{group}:{n}" for group, n in m.ligands) for m in rows),
            text(m.name for m in rows),
            text(m.cas for m in rows),
        )

    def __len__(self) -> int:
        return len(self.metal)

    def __iter__(self) -> Iterator[Molecule]:
        """Go through the records."""
        columns = [getattr(self, name).tolist() for name in self.__slots__]
        for formula, kind, metal, count, halogens, oxygen, ligands, name, cas in zip(
            *columns, strict=True
        ):
            groups = tuple(read_ligands(ligands))
            fluorine, chlorine, bromine, iodine = halogens
            counts = (fluorine, chlorine, bromine, iodine)
            yield Molecule(formula, kind, metal, count, counts, oxygen, groups, name, cas)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> "Molecules":
        """Choose some of them, by index, mask or slice."""
        return Molecules(*(getattr(self, name)[index] for name in self.__slots__))

    def joined(self, other: "Molecules") -> "Molecules":
        """Append others."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Molecules(*(np.concatenate(pair) for pair in pairs))


def read_ligands(text: str) -> list[tuple[str, int]]:
    """Read what :class:`Molecules` keeps of the groups.

    Examples
    --------
    >>> read_ligands("CH3:2 H:1")
    [('CH3', 2), ('H', 1)]
    """
    pairs = (part.rsplit(":", 1) for part in text.split())
    return [(group, int(n)) for group, n in pairs]
