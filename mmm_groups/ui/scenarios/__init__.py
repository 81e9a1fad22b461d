"""The Scenarios page: save, open, share, compare.

In: `Planner`.
Out: the parts of the page.
"""
