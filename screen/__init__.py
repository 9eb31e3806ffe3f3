"""A campaign as a value, and the choice: gates, desirability, ranking, the paper."""

from maiscreen.screen.campaign import Campaign
from maiscreen.screen.explain import explain
from maiscreen.screen.paper import validate

__all__ = ["Campaign", "explain", "validate"]
