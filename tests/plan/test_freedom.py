"""What freedom is worth: against square roots solved by hand inside bounds."""

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize
from support.curves import root_curves, s_shaped

import mmm_groups as mg
from mmm_groups.errors import ConstraintError, InfeasibleError
from mmm_groups.groups.shares import SplitRule
from mmm_groups.plan.frontier import freedom_of

SCALES = np.array([3.0, 1.0, 2.0, 2.0])
HISTORY = np.array([10.0, 30.0, 10.0, 10.0])


def minus_response(spends: np.ndarray) -> float:
    return -float(SCALES @ np.sqrt(np.maximum(spends, 1e-12)))


@pytest.mark.parametrize("split", ["historical", "marginal_roi"])
def test_freedom_is_worth_what_a_local_search_says(split: SplitRule) -> None:
    curves = root_curves(SCALES.tolist(), points=2000, history=HISTORY.tolist())
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), split=split)
    found = freedom_of(plan, [np.inf, 0.5, 0.3, 0.1, 0.0])
    reached = found.table["response"].tolist()
    for change, response in zip([1e9, 0.5, 0.3, 0.1, 0.0], reached, strict=True):
        best = minimize(
            minus_response,
            HISTORY,
            bounds=[(max(h * (1 - change), 0.0), min(h * (1 + change), 100.0)) for h in HISTORY],
            constraints=LinearConstraint(np.ones((1, 4)), 60.0, 60.0),
        )
        assert response == pytest.approx(-best.fun, rel=2e-4)
    assert reached == sorted(reached, reverse=True)
    assert found.spends.iloc[-1].tolist() == pytest.approx(HISTORY.tolist())
    assert found.spends.sum(axis=1).tolist() == pytest.approx([60.0] * 5)


def test_groups_that_split_best_are_bounded_as_groups() -> None:
    curves = root_curves(SCALES.tolist(), points=800, history=HISTORY.tolist())
    groups = {"Pair": ["c0", "c1"]}
    plan = mg.optimize(curves, goal=mg.FixedBudget(60.0), groups=groups, split="marginal_roi")
    found = freedom_of(plan, [0.1])
    assert list(found.spends.columns) == ["Pair", "c2", "c3"]
    assert found.spends["Pair"].iloc[0] == pytest.approx(38.0)  # the others take at most 11 each
    assert found[0].channel_spends["c0"] > 20  # inside, it chooses freely


def test_what_cannot_be_asked_is_refused() -> None:
    curves = root_curves(SCALES.tolist(), points=200, history=HISTORY.tolist())
    plan = mg.optimize(curves, goal=mg.FixedBudget(80.0))
    with pytest.raises(InfeasibleError, match="budget is 80"):
        freedom_of(plan, [0.1])
    bare = mg.optimize(s_shaped([(50, 30, 3), (20, 10, 1)]), goal=mg.FixedBudget(50.0))
    with pytest.raises(ConstraintError, match="reference spend"):
        freedom_of(bare, [0.1])
