"""Exports of battery cyclers: from voltage and current to cycles to failure.

Way in: a text that Neware, BioLogic or Arbin software wrote. Way out: the cycles of the cell, how
many it made before it failed, by a rule that is written down, and what shows it. docs/cyclers.md.
"""
