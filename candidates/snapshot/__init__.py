"""Snapshots: versioned tables of computed phases.

A snapshot is read, checked, compared with another and pinned by the digest of its files, so that
a campaign says exactly which data it stands on. Way in: the embedded tables or a folder. Way out:
:class:`~maiscreen.candidates.snapshot.snapshot.Snapshot`. docs/data.md.
"""
