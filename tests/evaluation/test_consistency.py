"""The report on a plan, against direct computation and against PyMC-Marketing itself."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import CurvesError, SplitError
from mmm_groups.numerics.labelled import by_name, number_at

C = mg.ConstraintBuilder


@pytest.fixture(scope="module")
def plan(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> mg.Plan:
    return mg.optimize(
        demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms, constraints=[C.group_max_spend(["tiktok"], 4e5)]
    )


def test_a_sound_plan_holds(plan: mg.Plan) -> None:
    report = mg.consistency(plan)
    assert report.holds
    assert [check.name for check in report.checks] == [
        "Money is conserved",
        "Every limit is met",
        "Groups and channels promise the same response",
        "The grouped plan does not beat the best channel plan",
    ]
    assert "the budget is 4,400,000." in report.checks[0].finding


def test_the_cost_of_grouping_is_the_distance_to_the_channel_optimum(
    plan: mg.Plan, demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    alone = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), constraints=[C.group_max_spend(["tiktok"], 4e5)])
    report = mg.consistency(plan)
    assert report.cost_of_grouping == pytest.approx(alone.utility - plan.utility, rel=1e-6)
    assert report.cost_of_grouping > 0
    more = 4.4e6 + report.cost_of_grouping_money
    larger = mg.optimize(
        demo_curves, goal=mg.FixedBudget(more), groups=platforms, constraints=[C.group_max_spend(["tiktok"], 4e5)]
    )
    assert larger.utility == pytest.approx(alone.utility, abs=1e-3 * report.cost_of_grouping)
    assert more > 4.4e6 + report.cost_of_grouping / plan.shadow_prices["budget"]  # money brings less and less


def test_constraints_on_groups_hold_for_the_channel_optimum(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms, constraints=[C.lock("Meta", 9e5)])
    best = mg.consistency(plan).best_channel_plan
    assert best.spends[["facebook", "instagram"]].sum() == pytest.approx(9e5)


def test_channels_on_their_own_cost_nothing(demo_curves: mg.ResponseCurves) -> None:
    report = mg.consistency(mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6)))
    assert report.cost_of_grouping == pytest.approx(0, abs=1)
    assert (report.aggregation_error.abs() < 1).all()


def test_the_uplift_is_drawn_from_the_same_draws(plan: mg.Plan, demo_curves: mg.ResponseCurves) -> None:
    report = mg.consistency(plan)
    ours = demo_curves.response_at(by_name(plan.channel_spends)).sum("channel")
    past = demo_curves.response_at(by_name(demo_curves.reference_spend)).sum("channel")
    np.testing.assert_allclose(report.uplift, ours - past)
    assert report.probability_better == float(((ours - past) > 0).mean())
    low, high = report.uplift_interval
    assert low < float(report.uplift.mean()) < high


def test_lost_money_is_noticed(plan: mg.Plan) -> None:
    spends = plan.spends.copy()
    spends["Meta"] += 10.0
    report = mg.consistency(replace(plan, spends=spends))
    assert not report.holds
    assert [check.name for check in report.checks if not check.holds] == ["Money is conserved", "Every limit is met"]


def test_a_broken_limit_is_noticed(plan: mg.Plan) -> None:
    spends = plan.spends + pd.Series({"Meta": -1e5, "tiktok": 1e5}).reindex(plan.spends.index, fill_value=0.0)
    broken = [check for check in mg.consistency(replace(plan, spends=spends)).checks if not check.holds]
    assert [check.name for check in broken] == ["Every limit is met"]
    assert "tiktok at most 400,000" in broken[0].finding


@pytest.mark.pymc
def test_pymc_marketing_agrees(
    plan: mg.Plan, demo: mg.FittedModel, model_evaluation: Callable[[np.ndarray], np.ndarray]
) -> None:
    truth = model_evaluation(plan.channel_spends.to_numpy()).sum(axis=1)
    np.testing.assert_allclose(plan.response, truth, rtol=1e-4)
    steps: list[str] = []
    report = mg.consistency(plan).verify_with(demo, steps.append)
    assert steps == ["Starting PyMC-Marketing and compiling the model", "Evaluating this plan in every draw"]
    assert report.checks[-1].name == "The model itself agrees"
    assert report.checks[-1].holds
    assert f"{truth.mean():,.0f}" in report.checks[-1].finding


def test_another_model_cannot_verify(plan: mg.Plan, demo: mg.FittedModel) -> None:
    with pytest.raises(CurvesError, match="were not read from the model"):
        mg.consistency(plan).verify_with(replace(demo, file=replace(demo.file, sha256="0" * 64)))


def test_another_split_keeps_the_groups_money(plan: mg.Plan) -> None:
    again = mg.split_plan(plan, {"Google": {"search": 0.5, "youtube": 0.5}})
    pd.testing.assert_series_equal(again.spends, plan.spends)
    assert again.channel_spends["search"] == pytest.approx(0.5 * plan.spends["Google"])
    assert (
        again.channel_spends[["tv", "radio", "outdoor"]].to_dict()
        == plan.channel_spends[["tv", "radio", "outdoor"]].to_dict()
    )
    assert again.utility == pytest.approx(float(again.response.mean()), rel=1e-6)
    assert again.utility > plan.utility  # YouTube is under-spent
    assert again.upper_bound >= again.utility
    assert mg.consistency(again).checks[0].holds


def test_a_split_that_breaks_a_channels_limit_is_refused(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    plan = mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4.4e6),
        groups=platforms,
        constraints=[C.spend_bounds("youtube", upper=4.2e5)],
    )
    with pytest.raises(SplitError, match=r"would break: youtube at most 420,000.*optimise again"):
        mg.split_plan(plan, {"Google": {"search": 0.5, "youtube": 0.5}})


def test_without_history_there_is_no_uplift() -> None:
    known = root_curves([1.0, 2.0])
    curves = mg.ResponseCurves.from_arrays(known.channels, known.spend.values, known.response.values)
    report = mg.consistency(mg.optimize(curves, goal=mg.FixedBudget(50)))
    assert report.holds
    assert np.isnan(report.uplift).all()
    assert np.isnan(report.probability_better)


@pytest.mark.pymc
def test_pymc_marketings_own_optimiser_agrees_under_the_same_limits(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups, demo: mg.FittedModel
) -> None:
    plan = mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4.4e6),
        groups=platforms,
        split="marginal_roi",
        constraints=[C.group_max_spend(["Meta"], 9e5), C.group_min_ratio(["Offline"], 0.4), C.lock("radio", 1e5)],
    )
    found = mg.consistency(plan).compare_with(demo)
    assert found.broken == ()
    assert found.their_spends.sum() == pytest.approx(4.4e6, rel=1e-6)
    assert found.their_spends["radio"] == pytest.approx(1e5, rel=1e-4)
    # The curves' chords may cost a few millionths against a solver on the smooth curves.
    assert found.our_response >= found.their_response * (1 - 1e-5)
    assert found.our_response == pytest.approx(float(plan.response.mean()), rel=1e-4)
    assert "PyMC-Marketing's optimiser reaches" in found.sentence


def test_groups_are_priced_one_by_one(plan: mg.Plan, demo_curves: mg.ResponseCurves) -> None:
    table = mg.consistency(plan).by_group
    assert (table["split_loss"] >= -1e-6 * plan.utility).all()
    assert table.loc["display", "split_loss"] == pytest.approx(0, abs=1e-3)
    more = plan.spends["Google"] + number_at(table, "Google", "split_loss_money")
    google = plan.problem.group_curves.draws_along("Google", np.array([plan.spends["Google"], more])).mean(axis=0)
    assert google[1] - google[0] == pytest.approx(table.loc["Google", "split_loss"], rel=1e-3)
    # Google's best split, by trying many.
    money = float(plan.spends["Google"])
    earned = [
        float(
            demo_curves.response_at(by_name(plan.channel_spends) | {"search": s * money, "youtube": (1 - s) * money})
            .sel(channel=["search", "youtube"])
            .sum("channel")
            .mean()
        )
        for s in np.linspace(0, 1, 401)
    ]
    now = float(plan.channel_response.sel(channel=["search", "youtube"]).sum("channel").mean())
    assert table.loc["Google", "split_loss"] == pytest.approx(max(earned) - now, rel=1e-3)
