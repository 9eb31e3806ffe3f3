"""The surrogates: four attributes of an interphase, each at its best fidelity."""

from maiscreen.models.retraining.retrain import Report, retrain

__all__ = ["Report", "retrain"]
