"""The Export page: report, workbook, tables, export rows.

In: `Planner`.
Out: the page's parts, drawn.
"""
