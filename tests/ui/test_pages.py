"""What the planner reads on each page: empty, loaded and in trouble."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.pages import PAGES, figures, opened, optimum, read, shown

import mmm_groups as mg
from mmm_groups.numerics.labelled import by_name
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import add_group, rename_group


def test_the_start_page_says_what_is_open(demo_curves: mg.ResponseCurves) -> None:
    at = opened("start")
    assert at.title[0].value == "Plan media money by group, not by channel"
    assert "**9 channels**, 157 dates from 2023-01-02 to 2025-12-29, outcome **sales**" in read(at)
    assert figures(at)["Reference spend"] == "€4.40M"
    assert figures(at)["Incremental sales"] == "9.53M"
    assert at.dataframe[0].value["spend"].sum() == pytest.approx(demo_curves.reference_spend.sum())


def test_the_currency_is_kept_between_pages() -> None:
    at = opened("start")
    at.segmented_control(key="currency").set_value("$").run()
    assert figures(at)["Reference spend"] == "$4.40M"
    at.switch_page(PAGES["curves"]).run()
    assert figures(at)["Reference"].startswith("$")


def test_another_window_offers_to_read_its_curves() -> None:
    at = opened("start")
    at.number_input(key="window-periods").set_value(26).run()
    assert "have to be read from the model once" in read(at)
    assert "stands here once the curves are read" in read(at)
    assert [button.label for button in at.button if button.label] == ["Read the curves"]
    at.switch_page(PAGES["optimise"]).run()
    assert "have not been read for 2026-01-05 to 2026-06-29 yet" in read(at)


def test_a_file_in_the_models_folder_that_is_no_model_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.nc").write_text("not a model")
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path))
    at = opened("start")
    at.selectbox(key="model").set_value("notes.nc").run()
    assert "'notes.nc' is not a netCDF-4 file" in shown(at.error[0].value)
    assert figures(at)["Reference spend"] == "€4.40M"  # the demo is still open


@pytest.mark.parametrize("name", ["group", "curves", "optimise"])
def test_pages_open_cold(name: str) -> None:
    assert not opened(name).error


@pytest.mark.parametrize("name", ["split", "export"])
def test_without_a_plan_pages_say_where_to_go(name: str) -> None:
    assert "There is no optimised plan yet" in read(opened(name))


def test_the_group_page_shows_the_touched_group(grouped: Planner) -> None:
    grouped.touched = "Google"
    at = opened("group", grouped)
    assert at.subheader[0].value == "Google"
    assert figures(at) == {"Reference": "€736k", "Brings": "2.42M", "ROI": "3.28", "mROI": "2.70"}
    assert "historical split: search 69 %, youtube 31 %" in read(at)


def test_tiles_are_in_the_unit_of_time_of_the_axis(grouped: Planner) -> None:
    grouped.touched = "Google"
    grouped.curve_choice = replace(grouped.curve_choice, per_period=True)
    spend = 736e3 / grouped.known_curves.periods
    shown_figures = figures(opened("group", grouped))
    assert list(shown_figures) == ["Reference per week", "Brings per week", "ROI", "mROI"]
    assert shown_figures["Reference per week"] == f"€{spend / 1e3:.1f}k"
    assert shown_figures["ROI"] == "3.28"


def test_a_group_with_the_name_of_a_channel_is_explained(grouped: Planner) -> None:
    grouped.set_board(add_group(grouped.board, "tv", ["radio"]))
    assert "'tv' bears the name of a channel" in shown(opened("group", grouped).error[0].value)


def test_optimising_shows_the_plan_and_its_reasons(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    assert "These limits can be met" in read(at)
    at.button(key="optimise").click().run()
    plan = grouped.result
    assert plan is not None
    assert figures(at)["Grouping costs"]
    assert figures(at)["P(better)"] == "100 %"
    table = optimum(at)
    assert table["spend"].sum() == pytest.approx(4_401_403)
    assert "**Google** gains" in read(at)
    assert "Inputs changed" not in read(at)


def test_a_changed_budget_marks_the_result_as_stale(planned: Planner) -> None:
    at = opened("optimise", planned)
    at.text_input(key="budget").set_value("5000000").run()
    assert "Inputs changed since this result" in read(at)
    assert optimum(at)["spend"].sum() == pytest.approx(4_401_403)  # still there, marked
    at.switch_page(PAGES["split"]).run()
    assert "changed since the last optimum" in read(at)
    at.button(key="optimise-again").click().run()
    assert at.dataframe[0].value["spend"].sum() == pytest.approx(5e6)


def test_impossible_limits_are_told_before_optimising(grouped: Planner) -> None:
    grouped.set_limits({"Google": RowLimit(lower=5e6)})
    at = opened("optimise", grouped)
    assert "cannot all be met: the budget is 4,401,403.27; Google at least 5,000,000" in shown(at.error[0].value)
    assert at.button(key="optimise").disabled


def test_equal_bounds_lock(grouped: Planner) -> None:
    grouped.set_limits({"Google": RowLimit(lower=1e6, upper=1e6)})
    grouped.optimise()
    at = opened("optimise", grouped)
    assert optimum(at).loc["Google", "spend"] == pytest.approx(1e6)
    assert optimum(at).loc["Google", "binding"] == "Google locked at 1,000,000"


def test_limits_of_a_dissolved_group_are_kept_and_named(grouped: Planner) -> None:
    grouped.set_limits({"search": RowLimit(upper=1e5)})
    assert "not used while they are no rows of their own: the limits of search" in read(opened("optimise", grouped))


def test_the_split_page_prices_the_split(planned: Planner) -> None:
    planned.touched = "Google"
    at = opened("split", planned)
    assert figures(at)["Against the historical split"] == "0"
    assert figures(at)["Against the best split"].startswith("−")
    assert at.segmented_control(key="split-rule").value == "historical"
    assert re.search(
        r"These shares bring [\d.k]+ sales less than the best split would. €[\d.k]+ more for Google would make "
        r"up for it. They earn what the historical split earns.",
        read(at),
    )
    whole = planned.known_curves.response_at(by_name(planned.final().plan.channel_spends)).sum("channel").mean()
    assert figures(at)["The whole plan brings"] == f"{float(whole) / 1e6:.1f}M"
    at.segmented_control(key="split-rule").set_value("marginal_roi").run()
    assert "No other split of Google’s money brings more" in read(at)
    assert figures(at)["Against the historical split"].startswith("+")
    assert abs(float(figures(at)["Against the best split"])) < 10
    shares = at.dataframe[0].value.loc[["search", "youtube"], "split"]
    assert shares.sum() == pytest.approx(1)
    at.switch_page(PAGES["optimise"]).run()
    assert "The split was changed since" in read(at)


def test_a_split_that_breaks_a_limit_is_told(planned: Planner) -> None:
    planned.replace_limits({})
    planned.change(constraints=(mg.ConstraintBuilder.group_max_spend(["youtube"], 5e5),))
    planned.optimise()
    planned.set_split(("search", "youtube"), {"search": 0.2, "youtube": 0.8})
    planned.touched = "Google"
    at = opened("split", planned)
    assert "would break: youtube at most 500,000" in shown(at.error[0].value)
    at.segmented_control(key="split-rule").set_value("historical").run()  # and there is a way back
    assert not at.error


def test_the_best_shares_keep_a_channels_limit(planned: Planner) -> None:
    planned.change(constraints=(mg.ConstraintBuilder.group_max_spend(["youtube"], 471_317.0),))
    planned.optimise()
    planned.touched = "Google"
    at = opened("split", planned)
    at.segmented_control(key="split-rule").set_value("marginal_roi").run()
    assert not at.error
    assert "youtube at most" in read(at)
    assert at.dataframe[0].value.loc["youtube", "spend"] == pytest.approx(471_317)


def test_own_shares_begin_where_the_sliders_stand(planned: Planner) -> None:
    planned.touched = "Google"
    at = opened("split", planned)
    at.segmented_control(key="split-rule").set_value("custom").run()
    assert planned.own_shares(("search", "youtube")) == {"search": 0.693, "youtube": 0.307}
    assert at.segmented_control(key="split-rule").value == "custom"
    assert "Your own shares." in read(at)
    planned.set_split(("search", "youtube"), {"search": 0.0, "youtube": 1.0})
    at.run()
    assert re.search(
        r"less than the best split would. .* They bring [\d.]+k sales less than the historical split", read(at)
    )
    at.segmented_control(key="split-rule").set_value("historical").run()
    assert planned.own_shares(("search", "youtube")) is None


def test_moving_a_chip_inside_its_group_changes_nothing(planned: Planner) -> None:
    planned.set_split(("search", "youtube"), {"search": 0.2, "youtube": 0.8})
    google = planned.board.groups[1]
    turned = replace(google, channels=google.channels[::-1])
    planned.set_board(replace(planned.board, groups=(planned.board.groups[0], turned)))
    assert planned.split == {"Meta": "historical", "Google": {"search": 0.2, "youtube": 0.8}}
    assert not planned.is_stale


def test_a_group_without_history_is_split_evenly_and_says_so(grouped: Planner) -> None:
    assert grouped.curves is not None
    spent = grouped.curves.reference_spend.copy()
    spent[["search", "youtube"]] = 0.0
    grouped.curves = replace(grouped.curves, reference_spend=spent)
    assert grouped.split == {"Meta": "historical", "Google": {"search": 0.5, "youtube": 0.5}}
    grouped.touched = "Google"
    assert "an even split (nothing was spent in the reference period" in read(opened("curves", grouped))


def test_names_and_money_are_never_markup(planned: Planner) -> None:
    planned.set_board(rename_group(planned.board, planned.board.groups[1].id, "**b** $x$ <i> :fire:"))
    planned.change_settings(currency="$")
    planned.optimise()
    at = opened("optimise", planned)
    why = next(str(text.value) for text in at.markdown if "more budget" in str(text.value))
    assert re.search(r"(?<!\\)\$", why) is None
    assert "**b** $x$ <i> :fire:" in shown(why)


def test_a_custom_split_comes_back_with_its_channels(planned: Planner) -> None:
    planned.set_split(("search", "youtube"), {"search": 0.2, "youtube": 0.8})
    whole = planned.board
    planned.set_board(add_group(planned.board, "Video", ["youtube"]))
    assert planned.split == {"Meta": "historical"}
    planned.set_board(whole)
    assert planned.split == {"Meta": "historical", "Google": {"search": 0.2, "youtube": 0.8}}


def test_the_export_page_shows_what_is_downloaded(planned: Planner) -> None:
    at = opened("export", planned)
    assert at.dataframe[-1].value["spend"].sum() == pytest.approx(4_401_403)
    assert "add up to €4,401,403, to the cent" in read(at)
    assert "**Money is conserved.**" in read(at)


def test_the_curves_page_tells_what_the_method_changes(grouped: Planner) -> None:
    at = opened("curves", grouped)
    text = read(at)
    assert "What the choice of method changes" in text
    assert re.search(
        r"\*\*Meta\*\* at the reference spend of €1.25M: against the sum, the weighted average promises", text
    )
    table = at.dataframe[-1].value.set_index(["group", "at", "method"])
    assert list(dict.fromkeys(table.index.get_level_values("group"))) == ["Meta", "Google"]
    worth = table.loc[
        ("Meta", "Reference spend", "Weighted average"), ["difference", "money", "money_low", "money_high"]
    ]
    assert worth["difference"] < 0
    assert worth["money_low"] < worth["money"] < worth["money_high"] < 0
    grouped.optimise()
    assert "**Google** at the optimised spend of" in read(opened("curves", grouped))


def test_a_method_that_cannot_be_computed_says_why(grouped: Planner) -> None:
    curves = grouped.known_curves
    short = mg.ResponseCurves.from_arrays(
        curves.channels,
        curves.spend.values,
        curves.response.values,
        curves.historical_spend.tail(14),
        periods=curves.periods,
        fingerprint="short history",
    )
    grouped.curves = short
    grouped.curve_choice = replace(grouped.curve_choice, all_methods=True)
    at = opened("curves", grouped)
    assert "Re-estimated is not drawn: Re-estimation of Meta needs at least 6 historical windows" in read(at)
    assert "the re-estimated curve could not be computed" in read(at)
    assert at.dataframe[-1].value["why_not"].str.contains("Re-estimation of Google needs at least 6").any()


def test_the_view_is_shared_by_the_board_and_the_curves_page(grouped: Planner) -> None:
    at = opened("curves", grouped)
    at.segmented_control(key="quantity-curves").set_value("mroi").run()
    at.segmented_control(key="period-curves").set_value(True).run()
    assert not at.exception
    assert (grouped.curve_choice.quantity, grouped.curve_choice.per_period) == ("mroi", True)
    figure = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["yaxis"]["title"]["text"] == "mROI: sales per next €"
    assert figure["layout"]["xaxis"]["title"]["text"] == "Spend per week (€)"
    at.switch_page(PAGES["group"]).run()
    assert at.segmented_control(key="quantity-touched").value == "mroi"


def test_a_bound_is_drawn_where_it_holds(grouped: Planner) -> None:
    grouped.set_limits({"Meta": RowLimit(lower=1e6, upper=1.5e6)})
    grouped.touched = "Meta"
    layout = json.loads(opened("curves", grouped).get("plotly_chart")[0].proto.spec)["layout"]
    said = {note["text"]: note["x"] for note in layout["annotations"]}
    assert said["min €1.00M"] == 1e6
    assert said["max €1.50M"] == 1.5e6
    grouped.set_limits({"Meta": RowLimit(lower=1e6, upper=1e6)})
    grouped.curve_choice = replace(grouped.curve_choice, per_period=True)
    layout = json.loads(opened("curves", grouped).get("plotly_chart")[0].proto.spec)["layout"]
    assert {note["text"]: note["x"] for note in layout["annotations"]}["locked at €76.9k"] == pytest.approx(1e6 / 13)


def test_groups_are_dissolved_and_brought_back_with_their_limits(grouped: Planner) -> None:
    grouped.set_limits({"Meta": RowLimit(upper=1e6)})
    before = grouped.board
    at = opened("group", grouped)
    at.button(key="quick-Ungroup everything").click().run()
    assert grouped.board.groups == ()
    assert grouped.limits == {}
    at.button(key="undo").click().run()
    assert grouped.board.groups == before.groups
    assert list(grouped.limits.values()) == [RowLimit(upper=1e6)]
    at.button(key="redo").click().run()
    assert (grouped.board.groups, grouped.limits) == ((), {})
    assert at.button(key="redo").disabled


def test_conditional_curves_are_labelled(grouped: Planner) -> None:
    assert "conditional" not in read(opened("curves", grouped))
    curves = grouped.known_curves
    origin = replace(curves.origin, fingerprint="other")
    grouped.curves = replace(curves, others_at=curves.reference_spend, origin=origin)
    assert "conditional: it holds while every other channel keeps its reference spend" in read(
        opened("curves", grouped)
    )
