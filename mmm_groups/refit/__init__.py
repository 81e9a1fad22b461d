"""A second opinion: the model fitted again with one channel per group.

In: `FittedModel` and groups.
Out: a fitted group model, and what is at stake between both answers.
"""
