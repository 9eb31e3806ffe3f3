"""The surrogates: four attributes of an interphase, each at its best fidelity."""
