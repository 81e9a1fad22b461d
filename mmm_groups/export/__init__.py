"""A plan that leaves: tables, report, workbook, HTML, JSON.

In: `Plan` and the scenario it came from.
Out: frames, text and bytes, with money to the cent.
"""
