"""What a simulation says of a phase, as data, and how far it is trusted.

Labels are read, planned, compared between potentials and with experiment, and weighed: a failed
check or a second opinion widens the error. docs/potential.md.
"""
