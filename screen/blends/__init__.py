"""The wide space: ingredients once, recipes as arrays, the best with their errors.

Way in: a campaign with a table [space]. Way out: a table of all candidates and the ranking of the
front-runners. docs/space.md.
"""
