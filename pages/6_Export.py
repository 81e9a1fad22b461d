"""Export: the plan as a report, a workbook, tables and a document for programs."""

from mmm_groups.ui.export.export_files import plan_report
from mmm_groups.ui.export.export_panel import downloads, preview
from mmm_groups.ui.export.rows_panel import rows_panel
from mmm_groups.ui.frame.page import next_step, open_page
from mmm_groups.ui.panels.check_panel import check_panel

HERE = "pages/6_Export.py"

with open_page(
    HERE, "Take the plan along: to a meeting, into a spreadsheet, to an agency, or into a program.", needs_plan=True
) as planner:
    final = planner.final()
    downloads(planner, final, plan_report(planner, final))
    rows_panel(planner, final)
    preview(planner, final)
    check_panel(planner, final)
    next_step(HERE)
