"""A plan in forms that people open: an Excel workbook, and an HTML page that needs no network. This folder draws."""

from mmm_groups.report.html_page import report_html
from mmm_groups.report.table_file import read_table, write_table
from mmm_groups.report.workbook import workbook

__all__ = ["read_table", "report_html", "workbook", "write_table"]
