"""What stands around every page: title, step bar, settings, present mode.

In: `Planner` and the page's name.
Out: the frame on the screen.
"""
