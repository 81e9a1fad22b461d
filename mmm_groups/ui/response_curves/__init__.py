"""The Response curves page: every group's curve, and what the method changes.

In: `Planner`.
Out: the parts of the page.
"""
