"""Constants of nature, exact since the SI of 2019 (BIPM, The International System of Units, 2019).

The figures of ``scipy.constants``, whose import takes longer than a small command.
"""

AVOGADRO_MOL = 6.02214076e23
"""Particles in a mole."""

ELEMENTARY_CHARGE_C = 1.602176634e-19

BOLTZMANN_J_K = 1.380649e-23

BOLTZMANN_EV_K = BOLTZMANN_J_K / ELEMENTARY_CHARGE_C

ROOM_K = 298.15
"""25 °C: where handbooks have their values, and where a bottle stands and is poured, whatever the
process [judgement]."""

R = BOLTZMANN_J_K * AVOGADRO_MOL
"""J/(mol K)."""

FARADAY_C_MOL = AVOGADRO_MOL * ELEMENTARY_CHARGE_C
"""Charge of a mole of electrons."""

KJ_MOL_PER_EV = FARADAY_C_MOL / 1e3
"""kJ/mol in an electronvolt for each particle."""

CM3_MOL_PER_A3 = AVOGADRO_MOL * 1e-24
"""cm³/mol in a cubic ångström for each particle."""

J_M2_PER_EV_A2 = ELEMENTARY_CHARGE_C * 1e20
"""J/m² in an electronvolt on a square ångström."""
