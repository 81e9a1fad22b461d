"""A plan in forms that people open: an Excel workbook, and an HTML page that needs no network. This folder draws."""

from mmm_groups.report.html_page import report_html
from mmm_groups.report.workbook import workbook
from mmm_groups.tables.spreadsheet import read_table, write_table

__all__ = ["read_table", "report_html", "workbook", "write_table"]
