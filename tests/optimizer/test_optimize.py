"""The optimum against closed forms, enumeration, optimality conditions and PyMC-Marketing's own numbers."""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves, s_shaped
from support.examples import examples
from support.reference import best_by_enumeration, interpolated, square_root_optimum

import mmm_groups as mg
from mmm_groups.errors import ConstraintError, GroupingError, InfeasibleError, MmmGroupsError, SplitError
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.split import best_shares, split_prices
from mmm_groups.problem.constraints import Constraint

C = mg.ConstraintBuilder


def mean_curve(curves: mg.ResponseCurves, place: int, x: float) -> float:
    return interpolated(x, curves.spend.values[place], curves.mean[place])


def enumerated(curves: mg.ResponseCurves, budget: float, steps: int, **rules: object) -> float:
    readers = [partial(mean_curve, curves, place) for place in range(len(curves.channels))]
    return best_by_enumeration(readers, budget, steps, **rules)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("budget", [10.0, 60.0, 150.0])
def test_square_roots_have_a_closed_form(budget: float) -> None:
    scales = [3.0, 1.0, 2.0, 2.5]
    plan = mg.optimize(root_curves(scales, points=3000, top=400), goal=mg.FixedBudget(budget))
    wanted = square_root_optimum(scales, budget)
    # Chords of 3,000 points: their kinks stand about 0.1 apart where the optimum lies, and they run a little below.
    np.testing.assert_allclose(plan.spends, wanted, atol=0.2)
    assert plan.utility == pytest.approx(np.sqrt(budget * np.square(scales).sum()), rel=2e-5)
    assert plan.gap <= 1e-9
    assert plan.shadow_prices["budget"] == pytest.approx(np.sqrt(np.square(scales).sum() / budget) / 2, rel=0.02)


def test_grouped_square_roots_have_a_closed_form() -> None:
    # Along fixed shares w, sum of a_i sqrt(w_i X) is again a square root, with scale sum of a_i sqrt(w_i).
    curves = root_curves([3.0, 1.0, 2.0], points=3000, top=400)
    split = {"A": {"c0": 0.25, "c1": 0.75}}
    plan = mg.optimize(curves, goal=mg.FixedBudget(100), groups=mg.ChannelGroups({"A": ["c0", "c1"]}), split=split)
    scale = 3 * np.sqrt(0.25) + np.sqrt(0.75)
    np.testing.assert_allclose(plan.spends, square_root_optimum([scale, 2.0], 100), atol=0.15)
    assert plan.channel_spends["c0"] == pytest.approx(0.25 * plan.spends["A"])


def test_money_adds_up(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    for budget in (1.0, 1234.56, 4.4e6, 2e7):
        plan = mg.optimize(demo_curves, goal=mg.FixedBudget(budget), groups=platforms)
        assert abs(plan.spends.sum() - budget) <= 1e-9 * budget
        assert abs(plan.channel_spends.sum() - budget) <= 1e-9 * budget
        assert (plan.channel_spends >= 0).all()


def test_marginal_returns_are_equal_inside(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms)
    np.testing.assert_allclose(plan.groups["mroi"], plan.shadow_prices["budget"], rtol=0.01)


def test_no_money_moved_between_two_groups_helps(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms)
    for giver, taker in itertools.permutations(plan.spends.index, 2):
        for amount in (100.0, 20_000.0):
            moved = plan.spends.copy()
            moved[giver] -= amount
            moved[taker] += amount
            assert float(plan.problem.group_curves.response_at(moved).sum("group").mean()) <= plan.utility * (1 + 1e-9)


def test_the_reference_plan_is_not_better(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    goal = mg.FixedBudget(float(demo_curves.reference_spend.sum()))
    for groups in (None, platforms):
        plan = mg.optimize(demo_curves, goal=goal, groups=groups)
        assert plan.utility >= float(plan.reference_response.mean())


@pytest.mark.parametrize("budget", [30.0, 60.0, 90.0, 140.0])
def test_s_shapes_are_solved_globally(budget: float) -> None:
    curves = s_shaped([(10, 40, 3), (9, 30, 4), (6, 20, 2.5)])
    plan = mg.optimize(curves, goal=mg.FixedBudget(budget))
    assert plan.utility >= enumerated(curves, budget, 120, allowed=lambda s: max(s) <= 100) * (1 - 1e-9)
    assert plan.gap <= 1e-5
    assert abs(plan.spends.sum() - budget) <= 1e-9 * budget


def test_a_local_optimum_is_not_good_enough() -> None:
    # Half the money on each of two equal S-shapes is a stationary point, and far from the best plan.
    curves = s_shaped([(10, 40, 4), (10, 40, 4)])
    plan = mg.optimize(curves, goal=mg.FixedBudget(50.0))
    assert plan.utility > 1.4 * sum(mean_curve(curves, i, 25.0) for i in range(2))


money = st.floats(1, 90)


@examples(60)
@given(
    shapes=st.lists(st.tuples(st.floats(1, 10), st.floats(5, 80), st.floats(0.8, 4)), min_size=3, max_size=3),
    budget=st.floats(10, 120),
    cap=st.floats(5, 60),
    floor=st.floats(0, 20),
    ratio=st.floats(0.3, 1),
)
def test_small_constrained_problems_against_enumeration(
    shapes: list[tuple[float, float, float]], budget: float, cap: float, floor: float, ratio: float
) -> None:
    curves = s_shaped(shapes)
    constraints = [
        C.group_max_spend(["c0"], cap),
        C.group_min_spend(["c1", "c2"], floor),
        C.group_max_ratio(["c0", "c1"], ratio),
    ]

    def allowed(spends: tuple[float, ...]) -> bool:
        c0, c1, c2 = spends
        return max(spends) <= 100 and c0 <= cap and c1 + c2 >= floor and c0 + c1 <= ratio * budget

    best = enumerated(curves, budget, 40, allowed=allowed)
    try:
        plan = mg.optimize(curves, goal=mg.FixedBudget(budget), constraints=constraints)
    except InfeasibleError:
        assert best == -np.inf
        return
    assert plan.utility >= best - 1e-6 * abs(best)
    assert plan.upper_bound >= plan.utility
    assert plan.gap <= 1e-3
    assert plan.problem.broken_by(plan.channel_spends) == []


CASES: list[tuple[list[Constraint], Callable[[pd.Series], bool]]] = [
    ([C.group_min_spend(["facebook", "instagram"], 3e6)], lambda s: s["facebook"] + s["instagram"] >= 3e6 - 1),
    ([C.group_max_spend(["tv"], 2e5)], lambda s: s["tv"] <= 2e5 + 1),
    ([C.group_min_ratio(["outdoor", "radio"], 0.1)], lambda s: s["outdoor"] + s["radio"] >= 0.1 * 4.4e6 - 1),
    ([C.group_max_ratio(["search", "youtube"], 0.2)], lambda s: s["search"] + s["youtube"] <= 0.2 * 4.4e6 + 1),
    ([C.spend_bounds("tv", 5e4, 1.5e5)], lambda s: 5e4 - 1 <= s["tv"] <= 1.5e5 + 1),
    ([C.lock("radio", 4e4)], lambda s: abs(s["radio"] - 4e4) <= 1),
    ([C.ratio_between(["search"], ["youtube"], max=0.5)], lambda s: s["search"] <= 0.5 * s["youtube"] + 1),
    ([C.ratio_between(["search"], ["youtube"], min=2.0)], lambda s: s["search"] >= 2 * s["youtube"] - 1),
    (
        [C.ratio_between(["search"], ["youtube"], min=1.5, max=1.5)],
        lambda s: abs(s["search"] - 1.5 * s["youtube"]) <= 1,
    ),
]


@pytest.mark.parametrize(("constraints", "holds"), CASES, ids=[case[0][0].kind for case in CASES])
def test_every_constraint_binds_and_costs(
    demo_curves: mg.ResponseCurves, constraints: list[Constraint], holds: Callable[[pd.Series], bool]
) -> None:
    goal = mg.FixedBudget(4.4e6)
    free = mg.optimize(demo_curves, goal=goal)
    plan = mg.optimize(demo_curves, goal=goal, constraints=constraints)
    assert not holds(free.spends)
    assert holds(plan.spends)
    assert plan.utility < free.utility
    assert abs(plan.spends.sum() - 4.4e6) <= 1e-3


@pytest.mark.parametrize(
    ("make", "sign"),
    [
        (lambda d: C.group_max_spend(["tiktok"], 3e5 + d), 1),
        (lambda d: C.group_min_spend(["display"], 3e5 - d), 1),
        (lambda d: C.lock("tv", 8e5 + d), 1),
    ],
)
def test_a_shadow_price_is_what_loosening_brings(demo_curves: mg.ResponseCurves, make: object, sign: int) -> None:
    goal = mg.FixedBudget(4.4e6)
    before = mg.optimize(demo_curves, goal=goal, constraints=[make(0)])  # type: ignore[operator]
    after = mg.optimize(demo_curves, goal=goal, constraints=[make(20_000)])  # type: ignore[operator]
    price = before.shadow_prices[next(key for key in before.shadow_prices.index if "[" in key)]
    assert price * sign > 0
    # Prices hold at the margin; 20,000 is some kinks of the curve away.
    assert (after.utility - before.utility) / 20_000 == pytest.approx(price, rel=0.1)


def test_the_price_of_the_budget(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    less, more = (mg.optimize(demo_curves, goal=mg.FixedBudget(b), groups=platforms) for b in (4.39e6, 4.41e6))
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms)
    assert plan.shadow_prices["budget"] == pytest.approx((more.utility - less.utility) / 2e4, rel=0.01)


def test_constraints_on_groups_and_on_their_channels(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    constraints = [C.group_max_spend(["Meta"], 9e5), C.spend_bounds("youtube", upper=3e5), C.lock("display", 1e5)]
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms, constraints=constraints)
    assert plan.spends["Meta"] <= 9e5 * (1 + 1e-9)
    assert plan.channel_spends["youtube"] <= 3e5 * (1 + 1e-9)
    assert plan.groups.loc["Google", "binding"] == "youtube at most 300,000"
    assert plan.groups.loc["display", "binding"] == "display locked at 100,000"
    assert plan.groups.loc["tiktok", "binding"] == ""


@pytest.mark.parametrize(
    ("budget", "constraints", "clashing", "words"),
    [
        (
            1e6,
            [C.group_min_spend(["tv"], 7e5), C.group_min_spend(["radio"], 4e5), C.group_max_spend(["search"], 1e5)],
            {"budget", "group_min_spend[tv]", "group_min_spend[radio]"},
            "budget is 1,000,000; tv at least 700,000; radio at least 400,000.*loosen 'tv at least 700,000' by 100,000",
        ),
        (
            1e6,
            [C.group_max_ratio(["Meta"], 0.1), C.lock("facebook", 2e5), C.lock("radio", 1e3)],
            {"budget", "group_max_ratio[Meta]", "lock[facebook]"},
            "Meta at most 10 % of the total; facebook locked at 200,000",
        ),
        (
            1e6,
            [C.group_min_spend(["tv"], 3e5), C.group_max_spend(["tv"], 2e5)],
            {"group_min_spend[tv]", "group_max_spend[tv]"},
            "tv at least 300,000; tv at most 200,000",
        ),
        (1e6, [C.group_min_spend(["tiktok"], 5e7)], {"group_min_spend[tiktok]", "curve_end[tiktok]"}, "known up to"),
        (1e9, [], None, "budget is 1,000,000,000, but the curves are known up to .* in all. Lower the budget"),
    ],
)
def test_impossible_problems_name_the_smallest_clash(
    demo_curves: mg.ResponseCurves,
    platforms: mg.ChannelGroups,
    budget: float,
    constraints: list[Constraint],
    clashing: set[str] | None,
    words: str,
) -> None:
    split = {"Offline": {"tv": 0.6, "radio": 0.3, "outdoor": 0.1}}
    groups = platforms if clashing is None or "lock[facebook]" in clashing or not constraints else None
    with pytest.raises(InfeasibleError, match=words) as caught:
        mg.optimize(
            demo_curves,
            goal=mg.FixedBudget(budget),
            groups=groups or mg.ChannelGroups({"Meta": ["facebook", "instagram"]}),
            split=split if groups else "historical",
            constraints=constraints,
        )
    if clashing is not None:
        assert set(caught.value.infeasible_subset) == clashing


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: C.group_min_spend(["tvv"], 1.0), "'tvv', which is neither a group nor a channel"),
        (lambda: C.group_min_spend(["Meta", "facebook"], 1.0), r"means \['facebook'\] twice"),
        (lambda: C.ratio_between(["Meta"], ["facebook"], max=1.0), r"\['facebook'\] are in both"),
    ],
)
def test_unknown_names_in_constraints_are_refused(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups, make: object, words: str
) -> None:
    with pytest.raises(ConstraintError, match=words):
        mg.optimize(demo_curves, goal=mg.FixedBudget(1e6), groups=platforms, constraints=[make()])  # type: ignore[operator]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: C.group_min_spend(["tv"], -1.0),
            r"amount of GroupMinSpend is -1\.0; it must be at least 0",
        ),
        (lambda: C.group_max_spend(["tv"], float("nan")), "amount.*finite"),
        (
            lambda: C.group_max_ratio(["tv"], 40.0),
            r"ratio of GroupMaxRatio is 40\.0; it must be at most 1",
        ),
        (lambda: C.group_max_ratio([], 0.4), "channels"),
        (lambda: C.group_max_ratio("tv", 0.4), r"list of names, such as \['tv'\]"),
        (lambda: C.group_max_spend(3, 3), "Give a list of channel or group names, not 3"),  # type: ignore[arg-type]
        (lambda: C.spend_bounds("tv", 3.0, 2.0), r"minimum of 'tv' \(3\) exceeds its maximum \(2\)"),
        (lambda: C.spend_bounds("tv"), "'tv' needs a minimum or a maximum"),
        (lambda: C.ratio_between(["a"], ["b"]), "needs min, max or both"),
        (lambda: C.ratio_between(["a"], ["b"], min=2, max=1), "least ratio 2 exceeds the greatest 1"),
        (lambda: mg.FixedBudget(-5), "total"),
    ],
)
def test_malformed_constraints_are_refused(make: object, words: str) -> None:
    with pytest.raises(ConstraintError, match=words):
        make()  # type: ignore[operator]


def test_the_same_constraint_twice_is_refused(demo_curves: mg.ResponseCurves) -> None:
    twice = [C.lock("tv", 1.0), C.lock("tv", 1.0)]
    with pytest.raises(ConstraintError, match="Stated more than once"):
        mg.optimize(demo_curves, goal=mg.FixedBudget(1e6), constraints=twice)


def test_limits_of_one_kind_on_one_set_hold_together() -> None:
    curves = root_curves([3.0, 1.0, 2.0], points=400, top=100.0)
    caps = [C.group_max_spend(["c0", "c2"], most) for most in (40.0, 25.0)]
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=caps)
    assert plan.spends[["c0", "c2"]].sum() == pytest.approx(25.0)
    assert plan.groups.loc["c0", "binding"] == "c0 + c2 at most 25"
    keys = [limit.key for limit in plan.problem.limits]
    assert len(set(keys)) == len(keys)
    clashing = [C.group_max_spend(["c0"], 5.0), C.group_min_spend(["c0"], 9.0), C.group_min_spend(["c0"], 7.0)]
    with pytest.raises(InfeasibleError, match="c0 at most 5") as caught:
        mg.optimize(curves, goal=mg.FixedBudget(60.0), constraints=clashing)
    assert len(caught.value.infeasible_subset) == 2


def test_channels_that_hurt_are_named_as_the_reason() -> None:
    spend = np.tile(np.linspace(0, 1000, 21), (2, 1))
    hurting = mg.ResponseCurves.from_arrays(["tv", "search"], spend, -spend / (spend + 300) * [[50.0], [80.0]])
    with pytest.raises(InfeasibleError, match="no money earns anything under these limits, because the channels"):
        mg.optimize(hurting, goal=mg.TargetRoi(1.0))
    nothing = [C.lock("tv", 0.0), C.lock("search", 0.0)]
    with pytest.raises(InfeasibleError, match="these limits let nothing be spent"):
        mg.optimize(hurting, goal=mg.TargetRoi(1.0), constraints=nothing)


def test_a_budget_of_nothing(demo_curves: mg.ResponseCurves) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(0))
    assert (plan.spends == 0).all()
    assert plan.utility == 0
    assert plan.gap == 0
    assert plan.groups["roi"].isna().all()


def test_the_plans_tables(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms)
    groups, channels = plan.groups, plan.channels
    assert groups["share"].sum() == pytest.approx(1)
    assert groups["response"].sum() == pytest.approx(float(plan.response.mean()), rel=1e-6)
    assert plan.response.dims == plan.predicted.dims == ("draw",)
    pd.testing.assert_series_equal(
        channels.groupby("group")["spend"].sum()[groups.index], groups["spend"], check_names=False
    )
    assert (groups["response_low"] < groups["response"]).all()
    assert (groups["response"] < groups["response_high"]).all()
    np.testing.assert_allclose(groups["roi"], groups["response"] / groups["spend"])
    np.testing.assert_allclose(groups["change"], groups["spend"] - groups["reference_spend"])
    assert bool(groups.loc["tiktok", "extrapolated"]) == (plan.spends["tiktok"] > demo_curves.largest_spend["tiktok"])


def test_best_shares_by_enumeration() -> None:
    curves = root_curves([3.0, 1.0, 2.0], points=3000, top=400)
    groups = mg.ChannelGroups({"A": ["c0", "c1"]})
    plan = mg.optimize(curves, goal=mg.FixedBudget(100), groups=groups, split={"A": {"c0": 0.5, "c1": 0.5}})
    best = best_shares(plan, "A")
    np.testing.assert_allclose(best, [0.9, 0.1], atol=0.005)  # squared scales 9 : 1
    prices = split_prices(plan, "A", by_name(best))
    money = float(plan.spends["A"])
    assert prices.best == pytest.approx(np.sqrt(10 * money), rel=1e-5)
    assert prices.current == pytest.approx(4 * np.sqrt(money / 2), rel=1e-5)
    assert prices.historical == pytest.approx(prices.current)
    assert prices.over_best < 0


def test_best_shares_respect_limits(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    limit = [C.spend_bounds("youtube", upper=4.2e5), C.lock("tiktok", 2e5)]
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms, constraints=limit)
    best = best_shares(plan, "Google")
    assert best["youtube"] * plan.spends["Google"] == pytest.approx(4.2e5, rel=1e-6)
    assert best.sum() == pytest.approx(1, abs=1e-12)


def test_a_limit_that_is_worth_nothing_holds_nobody() -> None:
    curves = root_curves([3.0, 1.0, 0.0])
    plan = mg.optimize(
        curves,
        goal=mg.FixedBudget(50),
        constraints=[C.spend_bounds("c2", upper=50), C.spend_bounds("c1", upper=2.0)],
    )
    assert plan.groups["binding"].to_dict() == {"c0": "", "c1": "c1 at most 2", "c2": ""}


def test_a_ratio_holds_both_of_its_sides(demo_curves: mg.ResponseCurves) -> None:
    plan = mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4.4e6),
        constraints=[C.ratio_between(["search"], ["outdoor"], max=2.0)],
    )
    said = plan.groups.loc[["outdoor", "search"], "binding"].tolist()
    assert said == ["search at most 2 times outdoor"] * 2
    assert plan.groups.loc["tv", "binding"] == ""


@pytest.mark.parametrize(
    ("budget", "constraints", "words"),
    [
        (
            100,
            [C.group_min_spend(["c0"], 60), C.group_min_spend(["c1"], 40.4)],
            r"c1 at least 40\.4\..*raise the budget by 0\.40",
        ),
        (
            100,
            [C.group_min_ratio(["c0"], 0.6), C.group_min_ratio(["c1"], 0.7)],
            r"Change at least one: loosen 'c0 at least 60 % of the total' by 30 percentage points; or",
        ),
        (100, [C.group_max_spend(["c0", "c1", "c2"], 40)], "lower the budget by 60"),
    ],
)
def test_ways_out_are_ways_out(budget: float, constraints: list[Constraint], words: str) -> None:
    with pytest.raises(InfeasibleError, match=words):
        mg.optimize(root_curves([1.0, 2.0, 3.0]), goal=mg.FixedBudget(budget), constraints=constraints)


def test_the_way_out_of_a_ratio_works() -> None:
    curves = root_curves([1.0, 1.0], top=1e6)
    limits = [C.lock("c0", 10_000), C.group_min_spend(["c1"], 100_000), C.group_min_ratio(["c0"], 0.5)]
    with pytest.raises(InfeasibleError, match=r"loosen 'c0 at least 50 % of the total' by 41 percentage points"):
        mg.optimize(curves, goal=mg.MaxProfit(5.0), constraints=limits)
    # 10,000 of 110,000 are 9.09 %: 41 points less than 50 % fit, 40 do not.
    fits = [*limits[:2], C.group_min_ratio(["c0"], 0.09)]
    assert mg.optimize(curves, goal=mg.MaxProfit(5.0), constraints=fits).spends["c0"] == pytest.approx(10_000)


def test_a_cent_too_much_is_a_clash_in_words() -> None:
    curves = root_curves([1.0, 1.0, 1.0], top=1e6)
    locks = [C.lock(name, 333_333.33) for name in curves.channels]
    with pytest.raises(InfeasibleError, match=r"lower the budget by 0\.01"):
        mg.optimize(curves, goal=mg.FixedBudget(1_000_000.0), constraints=locks)


def test_groups_may_be_a_plain_mapping() -> None:
    plan = mg.optimize(root_curves([1.0, 2.0]), goal=mg.FixedBudget(9.0), groups={"G": ["c0", "c1"]})
    assert list(plan.spends.index) == ["G"]


@pytest.mark.parametrize(
    ("stated", "error", "said"),
    [
        ({"goal": 1000}, ConstraintError, "1000 is no goal"),
        ({"utility": "mean"}, ConstraintError, "'mean' is no utility"),
        ({"split": None}, SplitError, "A split must be one of"),
        ({"split": {"G": {"c0": "70%", "c1": "30%"}}}, SplitError, "must be numbers such as 0.7"),
        ({"groups": ["c0"]}, GroupingError, "must be a mapping"),
    ],
)
def test_plausible_mistakes_are_answered_in_words(
    stated: dict[str, Any], error: type[MmmGroupsError], said: str
) -> None:
    usual: dict[str, Any] = {"goal": mg.FixedBudget(9), "groups": {"G": ["c0", "c1"]}}
    with pytest.raises(error, match=said):
        mg.optimize(root_curves([1.0, 2.0]), **usual | stated)
