"""The interatomic potentials that make labels, by name."""

from types import MappingProxyType

DEFAULT = "7net-0"
"""The model that comes nearest to the paper's DFT."""


SECOND = "7net-l3i5"
"""The second opinion."""


MODELS = MappingProxyType(
    {
        DEFAULT: "SevenNet_0__11Jul2024/checkpoint_sevennet_0.pth",
        SECOND: "SevenNet_l3i5/checkpoint_l3i5.pth",
    }
)
"""Where the weights of each model lie in sevenn's folder ``pretrained_potentials``.

SevenNet-0 and SevenNet-l3i5: Y. Park, J. Kim, S. Hwang, S. Han, J. Chem. Theory Comput. 20,
4857 (2024), trained on PBE(+U) energies without corrections (MPtrj).
"""
