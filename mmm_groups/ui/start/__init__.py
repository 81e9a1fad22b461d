"""The Start page: which model or curves, which window, what was spent.

In: `Planner`.
Out: the parts of the page.
"""
