"""Numbers alone: piecewise linear curves, intervals, rounding to the cent.

In: arrays.
Out: arrays; knows neither channels nor money.
"""
