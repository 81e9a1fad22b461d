"""Work in progress: kept at each step, found again, saved under a name.

In: `Planner`.
Out: rows in the store, and a planner out of them.
"""
