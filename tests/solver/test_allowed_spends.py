"""Spends that are nothing or at least so much, or whole steps: against enumeration and a MILP."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from support.curves import hill

from mmm_groups.solver.allowed_spends import AllowedSpends
from mmm_groups.solver.branch_and_bound import best_spends
from mmm_groups.solver.presolve import presolve
from mmm_groups.solver.program import Objective

RULES = st.builds(AllowedSpends, st.sampled_from([0.0, 3.0, 10.0]), st.sampled_from([0.0, 2.0, 7.0]))


@given(RULES, st.floats(0, 100))
def test_neighbours_are_allowed_and_nothing_is_between(rule: AllowedSpends, spend: float) -> None:
    below, above = float(rule.below(np.array(spend))), float(rule.above(np.array(spend)))
    assert below <= spend * (1 + 1e-8) + 1e-8
    assert above >= spend * (1 - 1e-8) - 1e-8
    for found in (below, above):
        is_whole = not rule.step or abs(found / rule.step - round(found / rule.step)) < 1e-6
        assert found == 0 or (found >= rule.least * (1 - 1e-8) and is_whole)
        assert float(rule.below(np.array(found))) == pytest.approx(found, abs=1e-6)
    if rule.step:
        whole = np.arange(0, 200, rule.step)
        allowed = whole[(whole == 0) | (whole >= rule.least)]
        assert below == pytest.approx(allowed[allowed <= spend + 1e-6].max(), abs=1e-6)


@given(RULES, st.floats(0, 100))
def test_a_mirror_turns_below_and_above(rule: AllowedSpends, spend: float) -> None:
    seen = rule.mirrored(100.0)
    assert float(seen.above(np.array(100 - spend))) == pytest.approx(100 - float(rule.below(np.array(spend))), abs=1e-6)
    assert seen.mirrored(100.0) == rule


def best(values: np.ndarray, points: np.ndarray, total: float, rules: dict[int, AllowedSpends]) -> tuple[float, float]:
    presolved = presolve(np.ones((1, len(points))), np.array([total]), np.array([total]), points[:, -1], allowed=rules)
    assert presolved is not None
    found = best_spends(presolved, points, values, Objective())
    assert found is not None
    for place, rule in rules.items():
        assert float(rule.below(found.spends[place])) == pytest.approx(found.spends[place], abs=1e-7)
    assert found.spends.sum() == pytest.approx(total)
    return found.objective_value, found.bound


@pytest.mark.parametrize("is_s_shaped", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_optimum_is_that_of_enumeration(seed: int, is_s_shaped: bool) -> None:
    rng = np.random.default_rng(seed)
    points = np.tile(np.linspace(0, 60, 61), (3, 1))
    shapes = [(rng.uniform(20, 60), rng.uniform(10, 35), 3.0 if is_s_shaped else 0.9) for _ in range(3)]
    values = np.stack([hill(points[0], *shape) for shape in shapes])
    rules = {0: AllowedSpends(least=15.0), 1: AllowedSpends(step=7.0), 2: AllowedSpends(least=5.0, step=1.0)}
    found, bound = best(values, points, 60.0, rules)
    allowed = [
        [x for x in range(61) if float(rules[i].below(np.array(float(x)))) == pytest.approx(x)] for i in range(3)
    ]
    reached = max(
        values[0][a] + values[1][b] + values[2][60 - a - b]
        for a, b in itertools.product(allowed[0], allowed[1])
        if 60 - a - b in allowed[2]
    )
    assert found == pytest.approx(reached, rel=1e-9)
    assert bound == pytest.approx(reached, rel=2e-6)


def test_ten_concave_curves_agree_with_a_milp() -> None:
    rng = np.random.default_rng(1)
    count, pieces = 10, 30
    points = np.tile(np.linspace(0, 60, pieces + 1), (count, 1))
    values = rng.uniform(1, 4, count)[:, None] * np.sqrt(points)
    rules = {i: AllowedSpends(least=12.0) for i in range(count)}
    found, bound = best(values, points, 100.0, rules)
    slopes = np.diff(values, axis=1) / 2.0
    # A switch for each curve: its pieces add up to at least 12, and to nothing where it is off.
    own = np.hstack([np.repeat(np.eye(count), pieces, axis=1), np.zeros((count, count))])
    switch = np.hstack([np.zeros((count, count * pieces)), np.eye(count)])
    money = np.append(np.ones(count * pieces), np.zeros(count))
    answer = milp(
        np.append(-slopes.ravel(), np.zeros(count)),
        constraints=[
            LinearConstraint(own - 12 * switch, lb=0),
            LinearConstraint(own - 60 * switch, ub=0),
            LinearConstraint(money, 100, 100),
        ],
        bounds=Bounds(0, np.append(np.full(count * pieces, 2.0), np.ones(count))),
        integrality=np.append(np.zeros(count * pieces), np.ones(count)),
    )
    assert answer.fun is not None
    assert found == pytest.approx(-float(answer.fun), rel=1e-6)
    assert bound >= -float(answer.fun) * (1 - 1e-9)


def test_steps_that_cannot_add_up_have_no_answer() -> None:
    points = np.tile(np.linspace(0, 60, 61), (2, 1))
    presolved = presolve(
        np.ones((1, 2)),
        np.array([61.0]),
        np.array([61.0]),
        points[:, -1],
        allowed={0: AllowedSpends(step=2.0), 1: AllowedSpends(step=4.0)},
    )
    assert presolved is not None
    assert best_spends(presolved, points, np.sqrt(points), Objective()) is None
