"""Board, sliders and downloads: components that know no planner.

In: plain values.
Out: a drawn widget, and what the browser sent back.
"""
