"""The command line: a file for each command group, with its options, actions and print.

``main`` is the way in. Heavy imports wait inside the actions, so that --help answers at once.
docs/commands.md.
"""
