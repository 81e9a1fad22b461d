"""Linked sliders with which a planner splits money, always adding up to 100 %.

In: names and tenths of a percent.
Out: tenths and locks that the browser sent.
"""
