"""Which groups to make: quick ones, suggested ones, and a sweep over candidate groupings.

In: `ResponseCurves`, and a goal for the sweep.
Out: groups, with the reason or the price of each.
"""
