"""The Export page: report, workbook, tables, export rows.

In: `Planner`.
Out: the parts of the page.
"""
