"""Which screen a campaign asks for."""

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.halides import Halides
from maiscreen.screen.screens.screen import Screen, in_this_process


def screen_of(campaign: Campaign) -> Screen:
    """Return the screen of a campaign whose own data are pinned, the same in a process."""
    return in_this_process(Blends if campaign.space.is_wide else Halides, campaign)
