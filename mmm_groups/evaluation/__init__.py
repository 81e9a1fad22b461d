"""How far a plan can be trusted: consistency, stability, PyMC-Marketing's own answer.

In: `Plan`.
Out: reports whose every figure has a unit.
"""
