"""A fitted PyMC-Marketing model: its file, its history, its window, and its own response.

In: a model file.
Out: `FittedModel`, and what the model answers to a plan.
"""
