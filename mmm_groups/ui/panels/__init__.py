"""Parts of the screen that several pages show.

In: `Planner`.
Out: drawn curve, tables, checks and jobs.
"""
