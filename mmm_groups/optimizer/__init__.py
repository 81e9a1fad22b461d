"""The best decisions for a stated problem: mean, risk, curves that do not add up, ties.

In: `BudgetProblem`.
Out: spends, prices, and the bound that proves them.
"""
