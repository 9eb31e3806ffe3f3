"""Which screen a campaign asks for."""

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.halides import Halides
from maiscreen.screen.screens.screen import Screen


def screen_of(campaign: Campaign) -> Screen:
    """Make the screen of a campaign whose own data are pinned."""
    return Blends(campaign) if campaign.space.is_wide else Halides(campaign)
