"""A script of somebody with a type checker: lists of different constraints, tables of NumPy, tables of pandas.

mypy checks this file as strictly as the package, so what it refuses here it would refuse to users as well.
"""

import numpy as np
import pandas as pd

import mmm_groups as mg


def own_curves() -> mg.ResponseCurves:
    names = ["tv", "radio", "search"]
    spend = np.linspace(0, 100, 50)
    response = np.array([[scale * np.sqrt(spend) for scale in (3.0, 1.0, 2.0)]] * 4)
    weeks = pd.date_range("2026-01-05", periods=4, freq="W-MON")
    history = pd.DataFrame(5.0, index=weeks, columns=names)
    return mg.ResponseCurves.from_arrays(names, [spend] * 3, response, history)


def test_a_script_with_types() -> None:
    curves = own_curves()
    limits = [mg.ConstraintBuilder.group_max_spend(["tv"], 30.0), mg.ConstraintBuilder.lock("radio", 5.0)]
    limits.append(mg.ConstraintBuilder.group_min_ratio(["search"], 0.2))
    groups = {"Broadcast": ["tv", "radio"]}
    plan = mg.optimize(curves, goal=mg.FixedBudget(60), groups=groups, constraints=limits)
    frontier = mg.budget_frontier(curves, np.linspace(20, 80, 4), groups=groups, constraints=limits)
    careful = mg.optimize(curves, goal=mg.TargetRoi(0.5), utility=mg.ConditionalValueAtRisk(0.5))
    by_channel: dict[str, float] = {str(name): float(money) for name, money in plan.channel_spends.items()}
    response: float = float(curves.response_at(by_channel).sum("channel").mean())
    table: pd.DataFrame = frontier.table
    split: dict[str, dict[str, float]] = {"Broadcast": {"tv": 0.8, "radio": 0.2}}
    named: mg.ChannelGroups = mg.ChannelGroups(groups)
    again = mg.optimize(curves, goal=mg.FixedBudget(60), groups=named, split=split)
    assert len(table) == len(frontier) == 4
    assert response > 0
    assert careful.total > 0
    assert mg.split_plan(again, {"Broadcast": {"tv": 0.7, "radio": 0.3}}).total == again.total
    assert mg.consistency(plan).holds


def test_a_script_with_types_and_a_plan_that_is_brought() -> None:
    curves = own_curves()
    brought = mg.MediaPlan.from_totals({"tv": 10, "radio": 5.0}, curves, missing="zero")
    table = pd.DataFrame({"channel": ["TV", "Google"], "budget": [10, 20]})
    other = mg.MediaPlan.from_table(table, curves, mapping={"Google": "search"}, missing="zero", name="Agency")
    found: mg.PlanEvaluation = mg.evaluate(other, curves)
    beside: mg.PlanComparison = found.compare(mg.evaluate(brought, curves))
    left = mg.leaves_on_the_table(found, curves)
    gain: float = sum(move.gain for move in left.moves)
    assert beside.total.mean > 0
    assert gain <= left.total.mean + 1e-6
