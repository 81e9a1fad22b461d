"""The Optimise page: goal, limits, the answer, what-if.

In: `Planner`.
Out: the page's parts, drawn.
"""
