"""Export: the channel plan as a file for a spreadsheet."""

import streamlit as st

from mmm_groups.errors import MmmGroupsError
from mmm_groups.export import plan_csv, plan_table
from mmm_groups.ui.check_panel import check_panel
from mmm_groups.ui.format import money, plain
from mmm_groups.ui.page import next_step, open_page, stop_with
from mmm_groups.ui.tables import export_view

HERE = "pages/5_Export.py"

planner = open_page(HERE, "The plan by channel, ready for a spreadsheet.", needs_plan=True)

try:
    final = planner.final()
    plan = final.plan
    table = plan_table(plan)
    st.download_button(
        "Download CSV",
        plan_csv(plan),
        file_name=planner.file_name("plan", "csv"),
        mime="text/csv",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )
    total = money(table["spend"].sum(), planner.currency)
    st.caption(plain(f"{planner.window_and_dates}. Amounts add up to {total}, to the cent."))
    export_view(table, key="export")
    check_panel(planner, final)
except MmmGroupsError as error:
    stop_with(error)

next_step(HERE)
