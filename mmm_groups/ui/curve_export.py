"""The drawn curve as a file."""

from mmm_groups.drawn_curve import curve_table
from mmm_groups.export import inert_csv
from mmm_groups.ui.curve_charts import GroupChart
from mmm_groups.ui.format import one_period
from mmm_groups.ui.state import Planner


def curve_csv(planner: Planner, chart: GroupChart) -> str:
    """Every line of a chart as CSV, in the unit of time that is shown; a column says which."""
    table = curve_table({**chart.lines, **{member.name: member for member in chart.members}}, chart.name)
    shown = f"per {one_period(planner.source.frequency)}" if planner.curve_choice.per_period else "whole window"
    table.insert(2, "money_and_response", shown)
    return inert_csv(table)
