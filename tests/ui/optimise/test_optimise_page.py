"""The Optimise page in each of its states: every goal, bad cases, limits of every kind, and what is unknown."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from support.curves import curves_of, root_curves
from support.pages import figures, opened, optimum, read, shown

import mmm_groups as mg
from mmm_groups.evaluation.pymc_comparison import Comparison
from mmm_groups.numerics.labelled import by_name, number_at
from mmm_groups.scenario.goal_inputs import GoalInputs
from mmm_groups.scenario.references import GivenReference
from mmm_groups.scenario.row_limits import AT_REFERENCE, RowLimit, within
from mmm_groups.ui.panels.check_panel import comparison_in_words
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import initial_state

REFERENCE = 4_401_403


def on_curves(planner: Planner, curves: mg.ResponseCurves, name: str) -> Planner:
    """The planner on other curves of as many channels, which take the demo's names; every channel on its own."""
    names = planner.source.channels
    spent = pd.Series(curves.reference_spend.to_numpy(), index=list(names))
    made = mg.ResponseCurves.from_arrays(
        names,
        curves.spend.values,
        curves.response.values,
        reference=by_name(spent) if curves.has_reference else None,
        others_at=None if curves.others_at is None else spent,
    )
    known = replace(made, origin=replace(made.origin, fingerprint=name), joint=curves.joint)
    other = replace(planner, curves=known)
    other.set_board(initial_state(names, {}))
    other.set_goal(budget=60.0)
    return other


def optimised(at: AppTest) -> AppTest:
    at.button(key="optimise").click().run()
    assert not at.exception, at.exception
    assert not at.error, at.error[0].value
    return at


def look_at(at: AppTest, view: str) -> AppTest:
    at.segmented_control(key="result-view").set_value(view).run()
    assert not at.exception, at.exception
    return at


def chart(at: AppTest) -> dict[str, object]:
    spec: dict[str, object] = json.loads(at.get("plotly_chart")[0].proto.spec)
    return spec


def test_a_target_roi_starts_at_the_reference_and_finds_its_budget(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.selectbox(key="goal").set_value("target_roi").run()
    assert at.number_input(key="goal-target_roi").value == 2.17
    assert "The reference spend of €4.40M has an ROI of 2.17." in read(at)
    at.number_input(key="goal-target_roi").set_value(2.3).run()
    optimised(at)
    assert figures(at)["ROI"] == "2.30"
    assert grouped.result is not None
    assert figures(at)["Budget"] == f"€{grouped.result.plan.total / 1e6:.2f}M"
    assert grouped.result.plan.response.mean() / grouped.result.plan.total == pytest.approx(2.3, rel=1e-4)
    assert "the most response at an ROI of at least 2.3" in read(at)


def test_the_reference_is_held_against_a_target_in_the_same_cases(grouped: Planner) -> None:
    grouped.set_goal(GoalInputs(kind="target_roi", utility="conditional_value_at_risk", tail=0.1).with_value(1.5))
    curves = grouped.known_curves
    draws = np.sort(curves.earned_by(by_name(curves.reference_spend)))
    worst = draws[: round(0.1 * len(draws))].mean() / curves.reference_spend.sum()
    said = f"The reference spend of €4.40M has an ROI of {worst:.2f} on average in the worst 10 % of cases."
    assert said in read(opened("optimise", grouped))


def test_a_target_marginal_roi_ends_where_money_stops_paying(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.selectbox(key="goal").set_value("target_marginal_roi").run()
    assert "has an mROI of" in read(at)
    at.number_input(key="goal-target_marginal_roi").set_value(1.4).run()
    optimised(at)
    table = optimum(at)
    assert table.loc[table["spend"] > 0, "mroi"].to_numpy() == pytest.approx(1.4, rel=0.02)
    assert (table.loc[table["spend"] == 0, "mroi"] < 1.4).all()


def test_a_target_response_is_reached_for_less(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.selectbox(key="goal").set_value("target_response").run()
    assert at.number_input(key="goal-target_response").value == 9_530_000
    assert "has a response of 9.53M" in read(at)
    optimised(at)
    assert optimum(at)["response"].sum() == pytest.approx(9.53e6, rel=1e-4)
    assert optimum(at)["spend"].sum() < 0.9 * REFERENCE
    assert "is the least money that reaches 9,530,000 sales" in read(at)
    assert "the target takes at least €" in read(at)


def test_a_profit_needs_its_margin_first(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.selectbox(key="goal").set_value("max_profit").run()
    assert "Type the profit that one unit of the outcome leaves" in read(at)
    assert not at.error
    assert at.button(key="optimise").disabled
    at.number_input(key="goal-max_profit").set_value(0.7).run()
    optimised(at)
    table = optimum(at)
    assert table.loc[table["spend"] > 0, "mroi"].to_numpy() == pytest.approx(1 / 0.7, rel=0.02)
    at.text_input(key="max_budget").set_value("3000000").run()
    assert "Inputs changed since this result" in read(at)
    optimised(at)
    assert figures(at)["Budget"] == "€3.00M"
    assert "held by the greatest budget" in read(at)
    assert "Inputs changed since this result" not in read(at)


def test_what_was_typed_for_another_goal_is_kept(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.selectbox(key="goal").set_value("max_profit").run()
    at.number_input(key="goal-max_profit").set_value(0.4).run()
    at.text_input(key="min_budget").set_value("1000000").run()
    at.selectbox(key="goal").set_value("fixed_budget").run()
    at.text_input(key="budget").set_value("2000000").run()
    at.selectbox(key="goal").set_value("target_roi").run()
    assert at.text_input(key="min_budget").value == "1,000,000"
    at.selectbox(key="goal").set_value("max_profit").run()
    assert at.number_input(key="goal-max_profit").value == 0.4
    at.selectbox(key="goal").set_value("fixed_budget").run()
    assert at.text_input(key="budget").value == "2,000,000"


def test_a_goal_out_of_reach_is_told_before_optimising(grouped: Planner) -> None:
    grouped.set_goal(GoalInputs(kind="target_roi").with_value(50.0))
    at = opened("optimise", grouped)
    assert "An ROI of 50 is out of reach: under these limits it is at most" in shown(at.error[0].value)
    assert at.button(key="optimise").disabled
    grouped.set_goal(GoalInputs(kind="target_response").with_value(1e9))
    at = opened("optimise", grouped)
    assert "A response of 1,000,000,000 sales is out of reach" in shown(at.error[0].value)
    grouped.set_goal(GoalInputs(kind="max_profit", min_budget=2e6, max_budget=1e6).with_value(1.0))
    at = opened("optimise", grouped)
    assert "The least budget (2,000,000) exceeds the greatest one (1,000,000)." in shown(at.error[0].value)


def test_planning_for_the_worst_tenth(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.segmented_control(key="utility").set_value("conditional_value_at_risk").run()
    assert "does best on average over the worst 10 %" in read(at)
    optimised(at)
    assert "Planned for the worst 10 % of the cases that the model holds possible" in read(at)
    assert figures(at)["Grouping costs"] == "–"  # a search of its own: asked for below
    at.button(key="grouping").click().run()
    assert figures(at)["Grouping costs"] != "–"
    assert "Deciding channel by channel would bring" in read(at)


def test_presets_hold_every_row_or_the_chosen_ones(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.button(key="preset-±20 %").click().run()
    assert {grouped.row_limit(name) for name in grouped.groups} == {within(20)}
    at.multiselect(key="preset-rows").set_value(["Google"]).run()
    at.button(key="preset-Lock").click().run()
    assert grouped.row_limit("Google") == AT_REFERENCE
    assert grouped.row_limit("Meta") == within(20)
    optimised(at)
    table = optimum(at)
    assert table.loc["Google", "change"] == pytest.approx(0, abs=0.01)
    others = table.drop("Google")
    assert (others["change"].abs() <= 0.2 * others["reference_spend"] * (1 + 1e-6)).all()
    assert number_at(table, "tiktok", "limit_price") > 0
    assert "What the limits are worth" in read(at)
    at.button(key="preset-undo").click().run()
    assert grouped.row_limit("Google") == within(20)
    at.multiselect(key="preset-rows").set_value([]).run()
    at.button(key="preset-Clear").click().run()
    assert grouped.constraints() == []


def test_channels_inside_groups_have_limits_if_wanted(grouped: Planner) -> None:
    grouped.set_limits({"youtube": RowLimit(upper=1e5)})
    at = opened("optimise", grouped)
    assert "Kept, but not used while they are no rows of their own: the limits of youtube." in read(at)
    at.toggle(key="channel-limits").set_value(True).run()
    assert "Kept, but not used" not in read(at)
    rows = at.dataframe[0].value["Group"].tolist()
    assert rows[:6] == ["Meta", "↳ facebook", "↳ instagram", "Google", "↳ search", "↳ youtube"]
    optimised(at)
    assert grouped.result is not None
    assert grouped.result.plan.channel_spends["youtube"] == pytest.approx(1e5)
    assert "held by “youtube at most 100,000”" in shown(read(at))


def test_rows_and_sets_that_clash_are_marked(grouped: Planner) -> None:
    build = mg.ConstraintBuilder
    grouped.set_limits({"Google": RowLimit(lower=3e6), "tv": RowLimit(upper=9e9)})
    grouped.change(
        constraints=(
            build.group_min_spend(["tv", "radio"], 2e6),
            build.group_max_ratio(["tiktok"], 0.9),
        )
    )
    at = opened("optimise", grouped)
    assert "cannot all be met" in shown(at.error[0].value)
    rows = at.dataframe[0].value["Group"].tolist()
    assert "⚠ Google" in rows
    assert "tv" in rows
    text = read(at)
    assert ":red[:material/error: tv + radio at least 2,000,000 (clashes)]" in text
    assert ":material/rule: tiktok at most 90 % of the total" in text
    at.button(key="drop-0").click().run()
    assert not at.error
    assert "Google" in at.dataframe[0].value["Group"].tolist()


def test_a_row_with_a_minimum_above_its_maximum_is_marked_and_kept(grouped: Planner) -> None:
    grouped.set_limits({"Meta": RowLimit(lower=2.0, upper=1.0)})
    at = opened("optimise", grouped)
    assert "The limits of Meta cannot be met: the minimum (2) exceeds the maximum (1)" in shown(at.error[0].value)
    assert "⚠ Meta" in at.dataframe[0].value["Group"].tolist()
    assert at.dataframe[0].value["Minimum"].iloc[0] == 2.0


def test_a_limit_on_a_set_is_added_and_its_faults_are_told(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.button(key="add-limit").click().run()
    assert "Choose at least one channel or group." in shown(at.error[0].value)
    at.selectbox(key="limit-kind-0").set_value("ratio").run()
    at.multiselect(key="limit-names-0").set_value(["Google"]).run()
    at.multiselect(key="limit-others-0").set_value(["Meta", "tv"]).run()
    at.button(key="add-limit").click().run()
    assert "Type the least ratio, the greatest one, or both." in shown(at.error[0].value)
    at.number_input(key="limit-least-0").set_value(0.2).run()
    at.number_input(key="limit-most-0").set_value(0.5).run()
    at.button(key="add-limit").click().run()
    assert not at.error
    text = read(at)
    assert "Google at least 0.2 times Meta + tv; Google at most 0.5 times Meta + tv" in text
    optimised(at)
    spends = optimum(at)["spend"]
    assert spends["Google"] <= 0.5 * (spends["Meta"] + spends["tv"]) * (1 + 1e-6)
    at.selectbox(key="limit-kind-1").set_value("max_ratio").run()
    at.multiselect(key="limit-names-1").set_value(["tiktok"]).run()
    at.number_input(key="limit-value-1").set_value(120.0).run()
    at.button(key="add-limit").click().run()
    assert "A share of the total is at most 100 %; you typed 120." in shown(at.error[0].value)


def test_money_is_read_as_it_is_typed(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    reference = float(grouped.known_curves.reference_spend.sum())
    for text, budget in (("4.2M", 4.2e6), ("3,900k", 3.9e6), ("-10 %", 0.9 * reference), ("€4,000,000", 4e6)):
        at.text_input(key="budget").set_value(text).run()
        assert grouped.budget == pytest.approx(budget)
    at.text_input(key="budget").set_value("a lot").run()
    assert "“a lot” is no amount. Type it like 1,200,000, 1.2M or 400k" in read(at)
    assert at.text_input(key="budget").value == "4,000,000"


def test_a_budget_per_week_is_asked_about(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.text_input(key="budget").set_value("340k").run()
    assert "€340,000 for the whole window is 7.7 % of the reference spend" in read(at)
    assert shown(at.button(key="meant-per period").label) == "Per week: €4.42M"
    at.button(key="meant-per period").click().run()
    assert grouped.budget == 340_000 * 13
    assert "Is that what you mean?" not in read(at)
    at.text_input(key="budget").set_value("340k").run()
    at.button(key="meant-as-typed").click().run()
    assert grouped.budget == 340_000
    assert "Is that what you mean?" not in read(at)


def test_typed_budgets_and_freedoms_are_compared(grouped: Planner) -> None:
    at = optimised(opened("optimise", grouped))
    look_at(at, "budgets")
    at.text_input(key="typed-budgets").set_value("3M; 4M; +10 %").run()
    at.text_input(key="typed-freedoms").set_value("free; 30; 10").run()
    budgets, freedoms = (table.value for table in at.dataframe if "Against the plan" in table.value)
    assert budgets["Budget"].tolist() == pytest.approx([3e6, 4e6, 1.1 * grouped.known_curves.reference_spend.sum()])
    groups = list(grouped.groups)
    assert budgets[groups].sum(axis=1).tolist() == pytest.approx(budgets["Budget"].tolist())
    assert freedoms["Budget"].tolist() == pytest.approx([grouped.budget] * 3)
    assert freedoms["Response"].is_monotonic_decreasing
    assert freedoms["Against the plan"].iloc[0] == pytest.approx(0, abs=1e-3 * freedoms["Response"].iloc[0])
    at.text_input(key="typed-freedoms").set_value("much").run()
    assert "“much” is no change. Type percentages such as 30, or “free”" in read(at)
    at.text_input(key="typed-budgets").set_value("9bn").run()
    assert "the curves are known up to" in read(at)
    at.text_input(key="typed-budgets").set_value("").run()
    at.text_input(key="typed-freedoms").set_value("").run()
    at.text_input(key="budget").set_value("+20 %").run()
    optimised(at)
    at.text_input(key="typed-freedoms").set_value("30; 10").run()
    assert "The reference is €4.40M: no plan of €5.28M keeps within ± 10 % of it" in read(at)
    at.text_input(key="typed-freedoms").set_value("10; 5").run()
    assert "So there is nothing to compare. Type larger changes" in read(at)


def test_a_change_in_percent_of_nothing_is_asked_about(grouped: Planner) -> None:
    spends = {name: 0.0 if name == "tiktok" else 500_000.0 for name in grouped.channels}
    grouped.change(reference=GivenReference(spends=spends))
    grouped.ask_again()
    at = opened("optimise", grouped)
    at.button(key="preset-±20 %").click().run()
    assert "tiktok spent nothing in the reference" in read(at)
    assert grouped.row_limit("tiktok") == RowLimit()
    assert grouped.row_limit("tv") == within(20)
    at.text_input(key="unspent-most").set_value("5 %").run()
    assert grouped.row_limit("tiktok") == RowLimit(upper=0.05 * grouped.budget)
    assert "spent nothing in the reference" not in read(at)
    at.button(key="preset-±30 %").click().run()
    at.button(key="unspent-nothing").click().run()
    assert grouped.row_limit("tiktok") == RowLimit(upper=0.0)


def test_committed_money_stays_and_only_the_extra_is_placed(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.button(key="preset-Commit").click().run()
    at.text_input(key="budget").set_value("+10 %").run()
    optimised(at)
    change = optimum(at)["change"]
    assert (change >= -0.01).all()
    assert change.sum() == pytest.approx(0.1 * grouped.known_curves.reference_spend.sum())


def test_a_group_may_be_off_or_at_least_so_much_and_in_steps(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    for number, (kind, amount) in enumerate((("off_or_least", 900_000.0), ("steps", 50_000.0))):
        at.selectbox(key=f"limit-kind-{number}").set_value(kind).run()
        at.multiselect(key=f"limit-names-{number}").set_value(["Meta"]).run()
        at.number_input(key=f"limit-value-{number}").set_value(amount).run()
        at.button(key="add-limit").click().run()
    said = read(at)
    assert "Meta nothing or at least 900,000" in said
    assert "Meta in steps of 50,000" in said
    optimised(at)
    spend = optimum(at)["spend"]["Meta"]
    assert spend == 0 or spend >= 900_000
    assert spend % 50_000 == pytest.approx(0, abs=1e-3)
    at.number_input(key="edit-1-step").set_value(40_000.0).run()
    assert "Meta in steps of 40,000" in read(at)


def test_the_charts_of_a_result(grouped: Planner) -> None:
    at = optimised(opened("optimise", grouped))
    assert grouped.result is not None
    plan = grouped.result.plan
    look_at(at, "response")
    bars = chart(at)["data"][0]  # type: ignore[index]
    assert bars["x"][0] == "Reference"
    assert bars["x"][-1] == "Optimised"
    notes = [note["text"] for note in chart(at)["layout"]["annotations"]]  # type: ignore[index]
    assert notes[0] == "9.53M"
    assert notes[bars["x"].index("tiktok")].startswith("+")
    assert notes[bars["x"].index("display")].startswith("−")
    look_at(at, "budgets")
    lines = {line["name"]: line for line in chart(at)["data"]}  # type: ignore[attr-defined]
    assert {"Response", "ROI", "mROI", "interval"} <= set(lines)
    assert "Every point is the best plan for its budget" in read(at)
    look_at(at, "certainty")
    names = [line.get("name") for line in chart(at)["data"]]  # type: ignore[attr-defined]
    assert names[-3:] == ["median draw", "Reference", "Plan"]
    assert "best in 94 % of them" in read(at)
    assert plan is grouped.result.plan


def test_the_result_says_what_is_proven_and_what_is_promised_too_much(grouped: Planner) -> None:
    at = optimised(opened("optimise", grouped))
    text = read(at)
    assert "With the same money as the reference spend, the plan brings" in text
    assert "Proven to be the best: under these limits no plan can bring more than" in text
    assert "Chosen on one half of the model's draws and scored on the other, plans like this bring +" in text
    assert "is how much a plan that was chosen for looking best promises too much" in text
    assert "Deciding channel by channel would bring" in text
    modes = next(table.value for table in at.dataframe if "over_plan" in table.value.columns)
    assert modes["over_plan"].iloc[0] < 0 < modes["over_plan"].iloc[-1]
    assert "**The grouped plan does not beat the best channel plan.**" in text


def test_curves_without_draws_can_only_be_planned_for_the_average(grouped: Planner) -> None:
    drawn = root_curves([3.0, 1.0, 2.0] * 3, draws=1)
    curves = mg.ResponseCurves.from_arrays(drawn.channels, drawn.spend.values, drawn.response.values)
    at = opened("optimise", on_curves(grouped, curves, "bare roots"))
    assert "Only the average can be planned for: the file holds no draws" in read(at)
    assert at.segmented_control(key="utility").disabled
    at.selectbox(key="goal").set_value("target_response").run()
    assert "Type the response that the plan must reach." in read(at)
    assert "there is no reference figure to hold it against" in read(at)
    at.number_input(key="goal-target_response").set_value(20.0).run()
    optimised(at)
    assert optimum(at)["spend"].sum() == pytest.approx(400 / 42, rel=0.01)
    look_at(at, "response")
    assert "There is nothing to compare the response with: the file does not say what was spent." in read(at)
    look_at(at, "certainty")
    assert "The stability of the advice" in read(at)  # why there is none
    look_at(at, "budgets")
    assert "interval" not in [line.get("name") for line in chart(at)["data"]]  # type: ignore[attr-defined]
    assert "preset-Lock" not in [button.key for button in at.button]
    assert list(at.dataframe[0].value.columns) == ["Group", "Minimum", "Maximum"]
    assert "nan" not in read(at).lower()


def test_channels_that_do_not_add_up_are_searched_and_said_so(grouped: Planner) -> None:
    at = opened("optimise", on_curves(grouped, curves_of([0.05, 0.08, 0.06] * 3), "joint"))
    optimised(at)
    text = read(at)
    assert "searched from several starts and the best one kept; there is no proof" in text
    assert figures(at)["Grouping costs"] == "–"
    look_at(at, "response")
    assert "“acting together” is what the groups' changes bring only jointly" in read(at)
    look_at(at, "certainty")
    assert "The stability of the advice is not available: the channels of this model do not add up" in read(at)
    look_at(at, "budgets")
    assert not at.get("plotly_chart")
    at.button(key="frontier").click().run()
    assert not at.exception
    assert "Every point is the best plan for its budget" in read(at)


def test_limits_that_leave_one_budget_have_no_frontier(grouped: Planner) -> None:
    at = opened("optimise", grouped)
    at.button(key="preset-Lock").click().run()
    grouped.set_goal(budget=float(grouped.known_curves.reference_spend.sum()))
    optimised(at.run())
    look_at(at, "budgets")
    assert "The limits leave this one budget only" in read(at)


def test_a_file_of_curves_cannot_be_verified_and_a_foreign_model_is_refused(grouped: Planner) -> None:
    at = optimised(opened("optimise", grouped))
    assert {"Verify on the model itself", "Compare with PyMC-Marketing's optimiser"} <= {b.label for b in at.button}
    curves = grouped.known_curves
    grouped.curves = replace(curves, origin=replace(curves.origin, model_hash="another", fingerprint="foreign"))
    at = optimised(opened("optimise", grouped))
    at.button(key="verify").click().run()
    assert "These curves were not read from the model 'demo_model'" in shown(at.error[0].value)


def test_the_comparison_says_that_theirs_decides_channel_by_channel(grouped: Planner) -> None:
    grouped.optimise()
    result = grouped.result
    assert result is not None
    best = result.report.best_channel_plan
    theirs = Comparison(result.plan, best.channel_spends, 100.0, 110.0, (), "", 28.0)
    said = comparison_in_words(theirs, result)
    assert "decides channel by channel, while this plan keeps the splits inside its groups" in said
    assert f"our optimiser reaches {best.utility:,.0f} sales. It took 28.0 s, this plan" in said
    alone = replace(grouped)
    alone.set_board(initial_state(grouped.source.channels, {}))
    alone.optimise()
    assert alone.result is not None
    said = comparison_in_words(replace(theirs, plan=alone.result.plan), alone.result)
    assert "channel by channel" not in said


def test_limits_on_sets_are_edited_where_they_stand(grouped: Planner) -> None:
    build = mg.ConstraintBuilder
    grouped.change(
        constraints=(
            build.group_min_spend(["tv", "radio"], 1e6),
            build.group_max_ratio(["tiktok"], 0.07),
            build.ratio_between(["tv"], ["radio"], max=2.0),
        )
    )
    at = opened("optimise", grouped)
    at.number_input(key="edit-0-amount").set_value(1_200_000.0).run()
    at.number_input(key="edit-1-ratio").set_value(12.5).run()
    at.number_input(key="edit-2-min").set_value(0.5).run()
    assert not at.exception, at.exception
    assert "tv + radio at least 1,200,000" in read(at)
    assert "tiktok at most 12.5 % of the total" in read(at)
    assert "tv at least 0.5 times radio; tv at most 2 times radio" in read(at)
    at.number_input(key="edit-2-min").set_value(3.0).run()  # more than the greatest: refused, and told
    assert "The limit stays as it was" in at.toast[0].value
    assert at.number_input(key="edit-2-min").value == 0.5
    at.number_input(key="edit-0-amount").set_value(9e6).run()
    assert "(clashes)" in read(at)
