"""Structures from SMILES, as far as small molecules need it: atoms, bonds, and what hangs on M.

Weininger, J. Chem. Inf. Comput. Sci. 28, 31 (1988). Aromatic small letters, which the registry
hardly uses for the compounds read here, are not read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from maiscreen.candidates.chemistry.elements import HALOGENS

_TOKEN = re.compile(
    r"\[([A-Z][a-z]?)(@{0,2})(H?)([0-9]*)\]|(Cl|Br|[BCNOPSFI])|(%[0-9]{2}|[0-9])|(.)"
)
_ORDER = {"-": 1, "/": 1, "\\": 1, "=": 2, "#": 3}
_CARBON_VALENCE = 4
MAX_LENGTH = 500
"""Characters of the longest SMILES that is read; longer ones are of no small molecule."""

_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Structure:
    """A molecule without its hydrogen.

    Attributes
    ----------
    atoms : tuple[str, ...]
        Symbols.
    bonds : tuple[tuple[int, int, int], ...]
        Two atoms by index, and the order.
    """

    atoms: tuple[str, ...]
    bonds: tuple[tuple[int, int, int], ...]

    def neighbours(self, atom: int) -> list[tuple[int, int]]:
        """Other atom and order of each bond of an atom."""
        pairs = [(b, order) for a, b, order in self.bonds if a == atom]
        return pairs + [(a, order) for a, b, order in self.bonds if b == atom]


def read_smiles(text: str) -> Structure | None:
    """Read a SMILES; None for ions, labelled atoms, loose parts and aromatic small letters.

    None as well for what is no SMILES, or is longer than :data:`MAX_LENGTH`.

    Examples
    --------
    >>> read_smiles("C[Si](C)(Cl)Cl").atoms
    ('C', 'Si', 'C', 'Cl', 'Cl')
    >>> read_smiles("[Cl-].[Ti+4]") is None
    True
    """
    if len(text) > MAX_LENGTH:
        return None
    atoms: list[str] = []
    bonds: list[tuple[int, int, int]] = []
    branches: list[int] = []
    rings: dict[str, tuple[int, int]] = {}
    last, order = -1, 1
    for bracket, _, _, _, plain, ring, mark in _TOKEN.findall(text):
        symbol = bracket or plain
        if symbol:
            atoms.append(symbol)
            if last >= 0:
                bonds.append((last, len(atoms) - 1, order))
            last, order = len(atoms) - 1, 1
        elif ring:
            other, opened = rings.pop(ring, (-1, 1))
            if other >= 0:
                bonds.append((other, last, max(order, opened)))
            else:
                rings[ring] = last, order
            order = 1
        elif mark in _ORDER:
            order = _ORDER[mark]
        elif mark == "(":
            branches.append(last)
        elif mark == ")" and branches:
            last = branches.pop()
        else:
            return None
    # A ring or branch that stays open, or a ring that closes on its own atom, is none.
    sound = not rings and not branches and all(a != b and min(a, b) >= 0 for a, b, _ in bonds)
    return Structure(tuple(atoms), tuple(bonds)) if sound else None


@dataclass(frozen=True, slots=True)
class Group:
    """A hydrocarbon group on one atom of M.

    Attributes
    ----------
    carbon, hydrogen : int
    pattern : int
        The same for equal structures, as seen from the bond to M.
    """

    carbon: int
    hydrogen: int
    pattern: int


def groups_on(structure: Structure, metal: str) -> list[Group] | None:
    """Split a molecule into M, halogens on M and hydrocarbon groups; None if it is more than that.

    Examples
    --------
    >>> [(g.carbon, g.hydrogen) for g in groups_on(read_smiles("CC[Al](CC)Cl"), "Al")]
    [(2, 5), (2, 5)]
    >>> groups_on(read_smiles("C(Cl)[Si](C)(C)C"), "Si") is None
    True
    """
    seen: set[int] = set()
    groups = []
    for i, symbol in enumerate(structure.atoms):
        near = [structure.atoms[j] for j, _ in structure.neighbours(i)]
        if symbol in HALOGENS and near != [metal]:
            return None
        if symbol not in (metal, "C", *HALOGENS):
            return None
        if symbol == "C" and i not in seen:
            members = _component(structure, i)
            seen.update(members)
            group = _group(structure, members, metal)
            if group is None:
                return None
            groups.append(group)
    return groups


def _component(structure: Structure, start: int) -> list[int]:
    """Atoms of carbon that hang together with one."""
    members, stack = {start}, [start]
    while stack:
        for j, _ in structure.neighbours(stack.pop()):
            if structure.atoms[j] == "C" and j not in members:
                members.add(j)
                stack.append(j)
    return sorted(members)


def _group(structure: Structure, members: Sequence[int], metal: str) -> Group | None:
    anchors = [
        (i, order)
        for i in members
        for j, order in structure.neighbours(i)
        if structure.atoms[j] == metal
    ]
    if len(anchors) != 1 or anchors[0][1] != 1:
        return None
    valence = {i: sum(order for _, order in structure.neighbours(i)) for i in members}
    if max(valence.values()) > _CARBON_VALENCE:
        return None
    hydrogen = sum(_CARBON_VALENCE - used for used in valence.values())
    return Group(len(members), hydrogen, _pattern(structure, members, anchors[0][0]))


def _pattern(structure: Structure, members: Sequence[int], anchor: int) -> int:
    """Refine a number for each atom by those of its neighbours (Morgan, J. Chem. Doc. 5, 107)."""
    inside = set(members)
    value = {i: int(i == anchor) for i in members}
    for _ in range(_ROUNDS):
        # Hashes of tuples of integers are the same in every process.
        value = {
            i: hash(
                (
                    value[i],
                    tuple(sorted((o, value[j]) for j, o in structure.neighbours(i) if j in inside)),
                )
            )
            for i in members
        }
    return hash(tuple(sorted(value.values())))
