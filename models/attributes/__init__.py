"""The four attributes of an interphase, each at the best fidelity there is.

F2 where a phase has a trusted label, else F1 (crystal data and learned models), else F0
(stoichiometry and tables). Way out: value, standard deviation, fidelity and source.
docs/attributes.md.
"""
