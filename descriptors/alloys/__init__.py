"""Na–M alloys: phases, ladder of plateaus, volumes, states of the layer.

Way in: a snapshot and metals. Way out: what the metal becomes as formed and in operation, at
which voltage, how likely, how voluminous; joint compounds of several metals too.
docs/attributes.md.
"""
