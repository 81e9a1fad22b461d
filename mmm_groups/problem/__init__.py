"""What is asked: goal, utility and constraints, stated over the groups.

In: `GroupCurves` and what the planner states.
Out: `BudgetProblem`, refused with an irreducible infeasible subset of its limits where it cannot be met.
"""
