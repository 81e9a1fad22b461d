"""What the curve charts draw: colours, dashes, hover, bounds, and twenty groups at once."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.display.charts.curves import GroupChart, group_figure, overview_figure
from mmm_groups.display.charts.frame import config_for, file_name
from mmm_groups.display.charts.words import ChartWords
from mmm_groups.display.number_style import NumberStyle
from mmm_groups.display.presentation import Presentation, presented
from mmm_groups.groups.curve_with_interval import Quantity, curve_with_interval, member_curves

BLUE = "#2F5DDE"
WORDS = ChartWords(quantity="response", target="sales", currency="€", period="", mass=0.94)


@pytest.fixture
def chart() -> GroupChart:
    curves = mg.group_curves(
        root_curves([3.0, 1.0], draws=21), mg.ChannelGroups({"A": ["c0", "c1"]}), split={"A": {"c0": 0.5, "c1": 0.5}}
    )
    spend = np.linspace(0, 60, 61)
    marks = {
        "Reference": pd.Series({"spend": 20.0, "response": 12.6, "roi": 0.63, "mroi": 0.31}),
        "Optimised": pd.Series({"spend": 30.0, "response": 15.5, "roi": 0.52, "mroi": 0.26}),
    }
    lines = {"Sum": curve_with_interval(curves, "A", spend)}
    return GroupChart("A", BLUE, lines, member_curves(curves, "A", spend), marks, (10.0, 50.0))


def test_history_ends_where_the_dashes_begin(chart: GroupChart) -> None:
    figure = group_figure(chart, WORDS, 400)
    solid, dashed = (trace for trace in figure.data if trace.name == "A")
    assert (solid.line.dash, dashed.line.dash) == ("solid", "dash")
    assert {solid.line.color, dashed.line.color} == {BLUE}
    assert solid.x[-1] == dashed.x[0] == pytest.approx(20)  # history spent 10 on each of two channels
    assert dashed.x[-1] == 60
    band = next(trace for trace in figure.data if trace.name == "94 % interval")
    assert max(band.y) > max(dashed.y) > min(band.y[61:])


def test_methods_share_the_colour_and_differ_in_dashes(chart: GroupChart) -> None:
    curve = chart.lines["Sum"]
    three = replace(chart, lines={"Sum": curve, "Weighted average": curve, "Re-estimated": curve})
    lines = {trace.name: trace.line for trace in group_figure(three, WORDS, 400).data if trace.name in three.lines}
    assert {line.color for line in lines.values()} == {BLUE}
    assert [line.dash for line in lines.values()] == ["solid", "dash", "dot"]


def test_hover_tells_spend_response_roi_mroi_and_interval(chart: GroupChart) -> None:
    figure = group_figure(chart, WORDS, 400)
    line = next(trace for trace in figure.data if trace.name == "A")
    curve = chart.lines["Sum"]
    rows = line.text[16].split("<br>")
    assert rows[0] == "<b>A, sum</b>"
    assert rows[1] == "Spend €16"
    assert rows[2].startswith(f"Response {curve.response.mean[16]:.1f} (")
    assert rows[3].startswith(f"ROI {curve.roi.mean[16]:.2f} ({curve.roi.low[16]:.2f} to {curve.roi.high[16]:.2f})")
    assert rows[4].startswith(f"mROI {curve.mroi.mean[16]:.2f} (")
    assert line.text[0].split("<br>")[3] == "ROI –"


@pytest.mark.parametrize(
    ("quantity", "period", "title"),
    [
        ("response", "", "Incremental sales (tail included)"),
        ("response", "week", "Incremental sales per week (tail included)"),
        ("roi", "week", "ROI: sales per €"),
        ("mroi", "", "mROI: sales per next €"),
    ],
)
def test_titles_and_marks_follow_what_is_shown(chart: GroupChart, quantity: Quantity, period: str, title: str) -> None:
    words = replace(WORDS, quantity=quantity, period=period)
    figure = group_figure(chart, words, 400)
    assert figure.layout.yaxis.title.text == title
    assert figure.layout.xaxis.title.text == ("Spend per week (€)" if period else "Spend over the window (€)")
    marked = {trace.text[0]: trace for trace in figure.data if trace.mode == "markers+text"}
    assert marked["Optimised"].y[0] == chart.marks["Optimised"][quantity]
    assert marked["Reference"].marker.symbol != marked["Optimised"].marker.symbol
    members = [trace for trace in figure.data if trace.legendgroup == "members"]
    assert [trace.showlegend for trace in members if trace.mode == "lines"] == [True, False]


def test_bounds_beyond_the_chart_are_not_drawn(chart: GroupChart) -> None:
    said = [note.text for note in group_figure(chart, WORDS, 400).layout.annotations]
    assert {"min €10", "max €50"} <= set(said)
    far = [note.text for note in group_figure(replace(chart, bounds=(None, 1e6)), WORDS, 400).layout.annotations]
    assert not any("max" in text for text in far)


def test_a_curve_without_interval_has_no_band(chart: GroupChart) -> None:
    bare = replace(chart, lines={"Sum": chart.members[0]}, members=[])
    names = [trace.name for trace in group_figure(bare, WORDS, 400).data]
    assert "94 % interval" not in names


def test_twenty_groups_have_a_small_chart_each(chart: GroupChart) -> None:
    charts = [replace(chart, name=f"Group <{number}>") for number in range(20)]
    figure = overview_figure(charts, WORDS, columns=4)
    assert [note.text for note in figure.layout.annotations][:2] == ["Group &lt;0&gt;", "Group &lt;1&gt;"]
    assert len({trace.yaxis for trace in figure.data}) == 20
    assert len(figure.layout.annotations) == 20
    ratios = overview_figure(charts, replace(WORDS, quantity="roi"), columns=4)
    followed = [ratios.layout[f"yaxis{number}" if number > 1 else "yaxis"].matches for number in range(1, 21)]
    assert (followed.count(None), len(set(followed))) == (1, 2)  # one leads, all others follow it
    assert {figure.layout[f"yaxis{number}"].matches for number in range(2, 21)} == {None}


def test_members_that_would_lie_on_each_other_are_not_all_named(chart: GroupChart) -> None:
    crowd = [replace(member, name=f"m{number}") for number, member in enumerate([*chart.members] * 8)]
    figure = group_figure(replace(chart, members=crowd), WORDS, 400)
    *members, names = (trace for trace in figure.data if trace.legendgroup == "members")
    assert len(members) == 16
    assert names.text == ("m0", "m1")  # one of each pair of equals
    assert set(names.y) == {trace.y[-1] for trace in members[:2]}
    assert all(f"m{number}" in members[number].hovertext[5] for number in range(16))


def test_file_names_are_plain() -> None:
    assert file_name("US · tv & more", "mROI") == "us_tv_more_mroi"
    assert file_name("··") == "chart"
    options = config_for("Meta", "roi")["toImageButtonOptions"]
    assert (options["format"], options["filename"]) == ("png", "meta_roi")


def test_amounts_in_full_are_digits_and_have_room_between_small_charts(chart: GroupChart) -> None:
    charts = [chart, replace(chart, name="B")]

    def gap() -> float:
        layout = overview_figure(charts, WORDS, columns=2).layout
        return float(layout.xaxis2.domain[0] - layout.xaxis.domain[1])

    short = gap()
    with presented(Presentation(NumberStyle(shortens=False))):
        assert gap() > 1.5 * short
        # d3 writes 12,000,000 as 1.2e+7 where the format has fewer significant digits than the number.
        digits = re.fullmatch(r",\.(\d+)~g", overview_figure(charts, WORDS, columns=2).layout.yaxis.tickformat)
    assert digits is not None
    assert int(digits[1]) >= 12
