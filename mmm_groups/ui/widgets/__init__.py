"""Board, sliders and downloads: components that know no planner.

In: plain values.
Out: a widget on the screen, and what the browser sent back.
"""
