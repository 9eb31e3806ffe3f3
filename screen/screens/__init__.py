"""What a campaign screens: halides, each by itself, or blends; one protocol for both.

Way in: a campaign, its own data pinned. Way out: ``screen_of(campaign)``, whose ``describe``,
``summary`` and ``rank`` are all that a run needs. docs/architecture.md.
"""
