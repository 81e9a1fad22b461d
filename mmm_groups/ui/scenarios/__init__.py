"""The Scenarios page: save, open, share, compare.

In: `Planner`.
Out: the page's parts, drawn.
"""
