"""What is asked: goal, utility and constraints, stated over the groups.

In: `GroupCurves` and what the planner states.
Out: `BudgetProblem`, refused with the smallest clashing set where it cannot be met.
"""
