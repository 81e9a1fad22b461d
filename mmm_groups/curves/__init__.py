"""Response curves of channels: read from a model, from a file of another tool, split into sub-channels.

In: `FittedModel`, or a file.
Out: `ResponseCurves`, per posterior draw.
"""
