"""The Group channels page: the board and the ways to make groups.

In: `Planner`.
Out: the parts of the page.
"""
