"""The plan: its spends, its split, other budgets, what-if moves, and why it is so.

In: a problem and the optimizer's decisions.
Out: `Plan`, its frontier, and its explanations.
"""
