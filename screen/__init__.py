"""A campaign as a value, and the choice: gates, desirability, ranking, the paper."""

from maiscreen.screen.advice.explain import explain
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.validate import validate

__all__ = ["Campaign", "explain", "validate"]
