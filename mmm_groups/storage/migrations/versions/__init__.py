"""One module a step, in order.

In: the tables of the step before.
Out: the tables of this step.
"""
