"""A library for separable programs: presolve, simplex, branch and bound, tie breaking.

In: arrays (`program.Program`: curves, rows, bounds).
Out: the best point, its prices, and a proven bound; knows no channel.
"""
