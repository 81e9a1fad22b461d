"""Export: the channel plan as a file for a spreadsheet."""

import streamlit as st

from mmm_groups.errors import MmmGroupsError
from mmm_groups.export import plan_csv, plan_table
from mmm_groups.ui.check_panel import check_panel
from mmm_groups.ui.format import money
from mmm_groups.ui.page import open_page, stop_with

HERE = "pages/5_Export.py"

planner = open_page(HERE, "The plan by channel, ready for a spreadsheet.", needs_plan=True)

try:
    plan = planner.final_plan()
    assert plan is not None
    table = plan_table(plan)
    st.download_button(
        "Download CSV",
        plan_csv(plan),
        file_name=f"plan_{planner.model.name}_{planner.horizon.start:%Y-%m-%d}.csv",
        mime="text/csv",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(
        f"{planner.horizon}, {planner.horizon.periods} dates. Amounts are rounded to cents and add up to "
        f"{money(table['spend'].sum(), planner.currency)}."
    )
    st.dataframe(table, hide_index=True, width="stretch", height="content", key="export")
    check_panel(plan)
except MmmGroupsError as error:
    stop_with(error)
