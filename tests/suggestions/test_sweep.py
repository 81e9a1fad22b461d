"""Which grouping costs least: every figure as `optimize` and `consistency` give it, and the ranking by brute force."""

import pickle
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves
from support.reference import square_root_optimum

import mmm_groups as mg
from mmm_groups.errors import InfeasibleError, NotAdditiveError
from mmm_groups.suggestions.candidate_groupings import Grouping, grouping_of, groupings_around, merges_of_two
from mmm_groups.suggestions.sweep import SweepQuestion, SweptGrouping, merged_further, ranked, sweep, sweep_chunk

C = mg.ConstraintBuilder
SCALES = [3.0, 1.0, 2.0, 2.5, 0.5]
HISTORY = [10.0, 20.0, 5.0, 10.0, 15.0]
PRESENT = {"Pair": ("c0", "c1"), "c2": ("c2",), "c3": ("c3",), "c4": ("c4",)}


@pytest.fixture(scope="module")
def curves() -> mg.ResponseCurves:
    return root_curves(SCALES, history=HISTORY)


def around(curves: mg.ResponseCurves) -> list[Grouping]:
    return groupings_around(PRESENT, curves.channels, (), curves.historical_spend)


def test_the_groupings_are_the_present_one_the_channels_and_all_merges_of_two(curves: mg.ResponseCurves) -> None:
    found = around(curves)
    assert [grouping.name for grouping in found[:3]] == [
        "The present groups",
        "Every channel on its own",
        "Join Pair and c2",
    ]
    assert len(found) == 2 + 6
    joined = next(grouping for grouping in found if grouping.name == "Join c2 and c4")
    assert joined.groups == {"Pair": ("c0", "c1"), "c2 + c4": ("c2", "c4"), "c3": ("c3",)}
    assert joined.decisions == 3
    assert len({grouping.partition for grouping in found}) == len(found)


def test_ready_made_groupings_and_the_suggestion_are_among_them() -> None:
    channels = ("fb_video", "fb_feed", "tv_spot")
    alone = {name: (name,) for name in channels}
    names = [g.name for g in groupings_around(alone, channels, (), root_curves([1.0] * 3).historical_spend.iloc[:0])]
    # Both ready-made groupings are the same as a merge, and stand once.
    assert names == [
        "The present groups",
        "Join fb_video and fb_feed",
        "Join fb_video and tv_spot",
        "Join fb_feed and tv_spot",
    ]
    cells = tuple(f"{geo} · {name}" for geo in ("US", "DE") for name in ("tv", "fb"))
    names = [
        g.name for g in groupings_around({c: (c,) for c in cells}, cells, ("geo",), root_curves([1.0]).historical_spend)
    ]
    assert {"Group by geo", "Group by channel"} <= set(names)


def test_a_new_group_never_takes_a_name_that_means_something_else() -> None:
    present = {"Meta": ("a", "b"), "c": ("c",), "d": ("d",)}
    made = grouping_of("x", {"Meta": ("a", "c"), "d": ("b", "d")}, present, ("a", "b", "c", "d"))
    assert made.groups == {"Meta (2)": ("a", "c"), "d (2)": ("b", "d")}
    kept = grouping_of("x", {"Other": ("a", "b")}, present, ("a", "b", "c", "d"))
    assert kept.groups["Meta"] == ("a", "b")


@pytest.mark.parametrize(
    "goal",
    [mg.FixedBudget(60.0), mg.TargetMarginalRoi(0.2), mg.MaxProfit(4.0), mg.TargetRoi(0.6)],
    ids=lambda g: g.kind,
)
def test_every_figure_is_that_of_optimize_and_consistency(curves: mg.ResponseCurves, goal: mg.FixedBudget) -> None:
    constraints = (C.group_max_spend(["Pair"], 25.0), C.spend_bounds("c4", upper=4.0), C.group_min_ratio(["c2"], 0.02))
    splits: dict[tuple[str, ...], dict[str, float]] = {("c0", "c1"): {"c0": 0.7, "c1": 0.3}}
    question = SweepQuestion(curves, PRESENT, goal, constraints, splits=splits)
    rows = sweep_chunk(question, around(curves))
    for row in rows:
        several = {name: members for name, members in row.grouping.groups.items() if len(members) > 1}
        plan = mg.optimize(
            curves,
            goal=goal,
            groups=several,
            split={"Pair": splits["c0", "c1"]} if "Pair" in several else "historical",
            constraints=constraints,
            named_groups=mg.ChannelGroups({"Pair": ["c0", "c1"]}),
        )
        report = mg.consistency(plan)
        assert not row.refusal
        assert row.spend == pytest.approx(plan.total, rel=1e-9)
        assert row.response == pytest.approx(float(plan.response.mean()), rel=1e-9)
        assert row.cost == pytest.approx(report.cost_of_grouping, abs=1e-9 * row.response)
        assert row.cost_money == pytest.approx(report.cost_of_grouping_money, abs=1e-7 * row.response, nan_ok=True)
        assert plan.channel_spends[["c0", "c1"]].sum() <= 25.0 + 1e-6  # carried to the set where the group is gone
    assert next(row for row in rows if row.grouping.name == "Every channel on its own").cost == pytest.approx(
        0, abs=1e-9
    )


def test_the_cost_of_one_merge_has_a_closed_form() -> None:
    curves = root_curves([3.0, 1.0, 2.0], points=3000, top=400, history=[10.0, 10.0, 10.0])
    question = SweepQuestion(curves, {name: (name,) for name in curves.channels}, mg.FixedBudget(100.0))
    (row,) = sweep_chunk(question, [grouping_of("x", {"A": ("c0", "c1")}, {}, curves.channels)])
    merged = (3 + 1) * np.sqrt(0.5)  # a group of even shares is a square root again
    best = np.array([3.0, 1.0, 2.0]) @ np.sqrt(square_root_optimum([3.0, 1.0, 2.0], 100))
    grouped = np.array([merged, 2.0]) @ np.sqrt(square_root_optimum([merged, 2.0], 100))
    assert row.cost == pytest.approx(best - grouped, rel=1e-3)
    assert row.cost_money == pytest.approx(100 * (best / grouped) ** 2 - 100, rel=2e-3)


@pytest.mark.parametrize("split", ["marginal_roi", "historical"])
def test_a_split_by_marginal_roi_costs_nothing(curves: mg.ResponseCurves, split: str) -> None:
    question = SweepQuestion(curves, PRESENT, mg.FixedBudget(60.0), default_split=split)  # type: ignore[arg-type]
    costs = [row.cost for row in sweep(question, around(curves)).rows]
    assert (max(costs) < 1e-6) == (split == "marginal_roi")


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 8)), min_size=1, max_size=12))
def test_the_best_ones_are_those_that_nobody_beats(figures: list[tuple[int, int]]) -> None:
    rows = []
    for place, (decisions, cost) in enumerate(figures):
        groups: dict[str, tuple[str, ...]] = {f"{place} {i}": (f"{place} {i}",) for i in range(decisions)}
        rows.append(SweptGrouping(Grouping(f"{place:02}", groups), 1.0, 100.0 - cost, float(cost), float(cost)))
    found = ranked(rows)
    assert [row.cost for row in found.rows] == sorted(cost for _, cost in figures)
    for row, is_best in zip(found.rows, found.is_best, strict=True):
        beaten = any(
            (n <= row.decisions and cost < row.cost) or (n < row.decisions and cost <= row.cost) for n, cost in figures
        )
        first = next(r for r in found.rows if (r.decisions, r.cost) == (row.decisions, row.cost))
        assert is_best == (not beaten and row is first)


def test_a_grouping_without_a_plan_says_why_and_stands_last(curves: mg.ResponseCurves) -> None:
    # Joined with c0 at its historical share, c4 would get more than its limit or c0 less than its lock.
    constraints = (C.lock("c0", 30.0), C.spend_bounds("c4", upper=1.0))
    question = SweepQuestion(curves, {name: (name,) for name in curves.channels}, mg.FixedBudget(60.0), constraints)
    found = sweep(question, merges_of_two(question.present, curves.channels))
    last = found.rows[-1]
    assert last.grouping.name == "Join c0 and c4"
    assert "c0 locked at 30" in last.refusal
    assert np.isnan(last.cost)
    assert not found.is_best[-1]
    # With c1, which spent twice as much, the lock would need more than the budget.
    assert found.table["name"][found.table["refusal"] != ""].tolist() == ["Join c0 and c1", "Join c0 and c4"]


def test_no_plan_at_all_is_refused_at_once(curves: mg.ResponseCurves) -> None:
    question = SweepQuestion(curves, PRESENT, mg.FixedBudget(60.0), (C.spend_bounds("c2", lower=70.0),))
    with pytest.raises(InfeasibleError, match="c2 at least 70"):
        sweep(question, around(curves))


def test_channels_that_do_not_add_up_are_refused(curves: mg.ResponseCurves) -> None:
    conditional = mg.ResponseCurves.from_arrays(
        list(curves.channels),
        curves.spend,
        curves.response,
        others_at=curves.reference_spend,
        reference=dict.fromkeys(curves.channels, 1.0),
    )
    with pytest.raises(NotAdditiveError, match="every grouping takes a search of its own"):
        sweep(SweepQuestion(conditional, PRESENT, mg.FixedBudget(60.0)), around(curves))


def test_chunks_can_be_answered_by_other_processes(curves: mg.ResponseCurves) -> None:
    question, asked = SweepQuestion(curves, PRESENT, mg.FixedBudget(60.0)), around(curves)
    seen: list[tuple[int, int]] = []
    whole = sweep(question, asked, lambda done, total: seen.append((done, total)), chunk=3)
    assert seen == [(0, 8), (3, 8), (6, 8), (8, 8)]
    sent = pickle.loads(pickle.dumps((question, asked)))
    parts = [sweep_chunk(sent[0], sent[1][:5]), sweep_chunk(sent[0], sent[1][5:])]
    assert ranked([row for rows in parts for row in rows]) == whole


def test_merging_further_reaches_one_group_and_never_gets_cheaper_by_much(curves: mg.ResponseCurves) -> None:
    question = SweepQuestion(curves, PRESENT, mg.FixedBudget(60.0))
    seen: list[tuple[int, int]] = []
    rows = merged_further(question, lambda done, total: seen.append((done, total)))
    found = ranked(rows)
    assert {row.decisions for row in found.rows} == {1, 2, 3}
    assert seen == [(6, 10), (9, 10), (10, 10)]
    assert [row.decisions for row, best in zip(found.rows, found.is_best, strict=True) if best][-1] == 1
    names = [row.grouping.name for row in found.rows]
    assert len(set(names)) == len(names)  # the planner chooses by name
    # Each step goes on from the cheapest of the one before.
    cheapest = min(rows[:6], key=lambda row: row.cost).grouping
    assert all(
        any(set(old) <= set(new) for new in rows[6].grouping.groups.values()) for old in cheapest.groups.values()
    )
    known = sweep(question, around(curves)).rows
    again = ranked(merged_further(question, known=known))
    assert [row.cost for row in again.rows] == [row.cost for row in found.rows]
    assert sum(row.grouping.name.startswith("Join") for row in again.rows) == 6  # taken over, not worked out again


def test_other_utilities_are_those_of_the_draws() -> None:
    curves, utility = root_curves([3.0, 1.0], points=30), mg.ConditionalValueAtRisk(0.2)
    present: dict[str, tuple[str, ...]] = {"Pair": ("c0", "c1")}
    (row,) = sweep_chunk(
        SweepQuestion(curves, present, mg.FixedBudget(60.0), utility=utility), [Grouping("x", present)]
    )
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups=present, utility=utility)
    assert row.cost == pytest.approx(mg.consistency(plan).cost_of_grouping, abs=1e-6 * row.response)
    assert row.cost > 0


def test_a_thousand_groupings_of_twenty_channels_take_less_than_thirty_seconds() -> None:
    rng = np.random.default_rng(7)
    curves = root_curves(list(rng.uniform(1, 5, 20)), 400, 201, 200.0, list(rng.uniform(2, 20, 20)))
    alone = {name: (name,) for name in curves.channels}
    asked = merges_of_two(alone, curves.channels)[::4]
    began = time.process_time()
    sweep(SweepQuestion(curves, alone, mg.FixedBudget(200.0)), asked)
    # Time of this process: others share the machine. A twentieth of the thousand is measured.
    assert (time.process_time() - began) / len(asked) < 0.03
