"""Parts of the screen that several pages show.

In: `Planner`.
Out: curve, tables, checks and jobs on the screen.
"""
