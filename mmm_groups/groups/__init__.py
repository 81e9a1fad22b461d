"""Channel groups: which channels are decided as one, how their money is split, and their combined curves.

In: `ResponseCurves`, groups, a method and a split.
Out: `GroupCurves`, per posterior draw.
"""
