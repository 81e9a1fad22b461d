"""What one session has open and has typed, and what was worked out of it.

In: a source of curves and the planner's steps.
Out: `Planner`, its scenario and its result.
"""
