"""Every figure in its own measure: worth in money and sentences, against closed forms and enumeration."""

import math
import re

import numpy as np
import pytest
from support.curves import root_curves, s_curve, uncertain

import mmm_groups as mg
from mmm_groups.display.plan_words import bound_in_words
from mmm_groups.evaluation.decision_levels import BY_CHANNEL, PLAN, decision_levels
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.explain import sentences_of
from mmm_groups.plan.measures import marginal_utility
from mmm_groups.plan.split import split_plan, split_prices
from mmm_groups.plan.what_if import moved_plan
from mmm_groups.plan.worth import budget_worth, group_worth
from mmm_groups.problem.utilities import ConditionalValueAtRisk

BOTH = mg.ChannelGroups({"Both": ["c0", "c1"]})
WORST = mg.ConditionalValueAtRisk(0.2)


def planned(method: str = "sum", total: float = 30.0) -> mg.Plan:
    curves = root_curves([3.0, 1.0, 2.0], points=3000, top=400.0)
    return mg.optimize(curves, goal=mg.FixedBudget(total), groups=BOTH, method=method)  # type: ignore[arg-type]


def test_a_large_cost_of_grouping_is_worth_the_budget_that_makes_up_for_it() -> None:
    # Even shares earn 4 sqrt(x / 2) in Both, so the best plan of x earns sqrt(12 x); channel by channel sqrt(14 x).
    report = mg.consistency(planned())
    assert report.cost_of_grouping_money == pytest.approx(30 * 14 / 12 - 30, rel=2e-3)


def test_with_a_blended_curve_the_worth_is_that_of_what_the_channels_earn() -> None:
    # Both is taken for 2 sqrt(x) and gets half; its channels earn 4 sqrt(x / 2), and all of them 3.41 sqrt(total).
    plan, each = planned("weighted_average"), 2 + math.sqrt(2)
    report = mg.consistency(plan)
    assert report.cost_of_grouping == pytest.approx(math.sqrt(30 * 14) - each * math.sqrt(30), rel=2e-3)
    assert report.cost_of_grouping_money == pytest.approx(30 * 14 / each**2 - 30, rel=2e-3)
    assert "no plan can bring more than 15.5 response by the groups' curves" in bound_in_words(plan, "€")
    both = "On its channels' own curves this plan brings 18.7 response; the groups' curves predict 15.5."
    assert both in bound_in_words(plan, "€")
    assert "more response by the groups' curves:" in sentences_of(plan)[0]
    moved = moved_plan(plan, {"Both": 20.0, "c2": 10.0})
    earned = 4 * math.sqrt(10) + 2 * math.sqrt(10)  # more: the plan was not chosen by this
    assert moved.worth == pytest.approx(earned**2 / each**2 - 30, rel=1e-2)


def test_a_plan_split_otherwise_is_priced_from_what_it_earns() -> None:
    # Shares of 0.9 and 0.1 earn sqrt(10 x) in Both at the 20 of 30 that even shares gave it; the best plan sqrt(14 x).
    plan = split_plan(planned(), {"Both": {"c0": 0.9, "c1": 0.1}})
    assert plan.spends["Both"] == pytest.approx(20, rel=1e-2)
    now = math.sqrt(200) + 2 * math.sqrt(10)
    assert budget_worth(plan, now + 1) == pytest.approx(((now + 1) ** 2 - now**2) / 14, rel=1e-2)


def test_what_no_budget_earns_is_worth_no_budget() -> None:
    plan = planned()
    assert math.isnan(budget_worth(plan, 1e6))
    assert budget_worth(plan, plan.delivered) == 0.0


def test_the_budget_of_a_jump_is_found_on_s_shaped_curves() -> None:
    plan = mg.optimize(s_curve(), goal=mg.FixedBudget(30.0))
    wanted = plan.utility * 1.7
    more = budget_worth(plan, wanted)
    totals = np.linspace(30, 30 + 2 * more, 61)
    earned = [mg.optimize(s_curve(), goal=mg.FixedBudget(total)).utility for total in totals]
    assert np.interp(wanted, earned, totals) == pytest.approx(30 + more, rel=2e-3)


def test_money_for_a_group_is_solved_for_along_its_split() -> None:
    plan = planned()
    spend = float(plan.spends["Both"])
    assert group_worth(plan, "Both", 2.0) == pytest.approx((4 * math.sqrt(spend / 2) + 2) ** 2 / 8 - spend, rel=1e-3)
    assert group_worth(plan, "Both", -2.0) == pytest.approx((4 * math.sqrt(spend / 2) - 2) ** 2 / 8 - spend, rel=1e-3)
    assert math.isnan(group_worth(plan, "Both", 1e6))


def test_the_worst_cases_are_priced_in_the_worst_cases() -> None:
    curves = uncertain(3, draws=40, points=200)
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups=BOTH, utility=WORST)
    report = mg.consistency(plan)

    def worst(budget: float) -> float:
        """Best worst cases by trying many: Both takes the first money, evenly split, c2 the rest."""
        found = []
        for both in np.linspace(max(budget - 99.9, 0.0), budget, 801):
            spends = {"c0": both / 2, "c1": both / 2, "c2": budget - both}
            found.append(np.sort(curves.earned_by(spends))[:8].mean())
        return float(max(found))

    assert worst(60.0) == pytest.approx(plan.delivered, rel=1e-4)
    assert worst(60.0 + report.cost_of_grouping_money) == pytest.approx(
        plan.delivered + report.cost_of_grouping, rel=1e-4
    )
    table = decision_levels(report)
    assert table.loc[BY_CHANNEL, "over_plan"] == pytest.approx(report.cost_of_grouping)
    assert table.loc[PLAN, "utility"] == pytest.approx(plan.delivered)
    prices = split_prices(plan, "Both", {"c0": 0.4, "c1": 0.6})
    other = by_name(plan.channel_spends) | {"c0": 0.4 * plan.spends["Both"], "c1": 0.6 * plan.spends["Both"]}
    assert prices.over_best == pytest.approx(plan.delivered - np.sort(curves.earned_by(other))[:8].mean(), rel=1e-9)


@pytest.mark.parametrize(("utility", "seed"), [*((WORST, seed) for seed in range(6)), (mg.Quantile(0.2), 0)])
def test_no_sentence_calls_more_less(utility: ConditionalValueAtRisk, seed: int) -> None:
    curves = uncertain(4, draws=30, seed=seed, points=60)
    plan = mg.optimize(curves, goal=mg.FixedBudget(40.0), utility=utility)
    for name, said in zip(plan.groups.index, sentences_of(plan)[1:], strict=True):
        step = 1e-6 * plan.total
        more = by_name(plan.spends) | {name: plan.spends[name] + step}
        slope = (utility.of(curves.earned_by(more)) - plan.utility) / step
        assert marginal_utility(plan)[name] == pytest.approx(slope, rel=0.05, abs=1e-3)
        for mroi, elsewhere in re.findall(r"brings only ([\d.]+).*?, less than the ([\d.]+) elsewhere", said):
            assert float(mroi) < float(elsewhere)
        assert "worst 20 % of cases" in said or "exceeded in 80 % of cases" in said


def test_a_target_that_other_shares_miss_is_not_called_reached() -> None:
    curves = root_curves([3.0, 1.0, 2.0], points=2000, top=400.0)
    for goal, missed in (
        (mg.TargetRoi(0.5), r"earns an ROI of 0\.3\d, below 0\.5\. Optimise again"),
        (mg.TargetResponse(20.0), r"brings 1\d\.\d response, below 20\. Optimise again"),
    ):
        plan = mg.optimize(curves, goal=goal, groups=BOTH)
        assert "present shares" not in sentences_of(plan)[0]
        said = sentences_of(split_plan(plan, {"Both": {"c0": 0.1, "c1": 0.9}}))[0]
        assert re.search(missed, said), said
