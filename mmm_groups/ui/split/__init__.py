"""The Split page: sliders that share a group's money out.

In: `Planner`.
Out: the parts of the page.
"""
