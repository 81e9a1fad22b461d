"""The Optimise page: goal, limits, the answer, what-if.

In: `Planner`.
Out: the parts of the page.
"""
