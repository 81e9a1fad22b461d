"""The Split page: sliders for the shares of a group's money.

In: `Planner`.
Out: the parts of the page.
"""
