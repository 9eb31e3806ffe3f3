"""A campaign as a value: settings, their checks, TOML, the plan of tasks.

Way in: a TOML file, keywords, or KEY=VALUE. Way out: a frozen
:class:`~maiscreen.screen.campaign.campaign.Campaign`, from which the fingerprint and the tasks
follow. docs/campaign.md.
"""
