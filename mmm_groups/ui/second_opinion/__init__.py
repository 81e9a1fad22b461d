"""The Second opinion page: a refit, and what is at stake.

In: `Planner`.
Out: the page's parts, drawn.
"""
