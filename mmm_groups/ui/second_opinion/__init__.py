"""The Second opinion page: a refit, and what is at stake.

In: `Planner`.
Out: the parts of the page.
"""
