"""The page Plans over time: any plan brought in, what it delivers week by week, beside the reference and the best.

In: the session's planner.
Out: what is shown, and media plans kept in its scenario.
"""
