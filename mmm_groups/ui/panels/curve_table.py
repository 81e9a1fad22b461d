"""The plotted curves as a table for a file."""

from collections.abc import Sequence

import pandas as pd

from mmm_groups.display.charts.curves import GroupChart
from mmm_groups.groups.curve_with_interval import curve_table
from mmm_groups.model.calendar import one_period
from mmm_groups.ui.planner.planner import Planner


def curves_in_rows(planner: Planner, charts: Sequence[GroupChart]) -> pd.DataFrame:
    """Every line of charts, one row a point, in the unit of time that is shown; a column says which."""
    table = pd.concat(
        [
            curve_table({**chart.lines, **{member.name: member for member in chart.members}}, chart.name)
            for chart in charts
        ],
        ignore_index=True,
    )
    shown = f"per {one_period(planner.source.frequency)}" if planner.curve_choice.per_period else "whole window"
    table.insert(2, "money_and_response", shown)
    return table
