"""Plotly figures of curves, results and comparisons.

In: results of the pipeline.
Out: `plotly.graph_objects.Figure`, the same on screen and in reports.
"""
