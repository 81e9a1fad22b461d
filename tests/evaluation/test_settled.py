"""How sure the advice is where limits decide it."""

import numpy as np

import mmm_groups as mg
from mmm_groups.display.plan_words import stability_in_words


def plan_for(budget: float, most: float) -> mg.Plan:
    """Two channels of which every draw has its own favourite, neither beyond `most`."""
    spend = np.linspace(0, 10, 41)
    sizes = np.array([[3.0, 1.0], [1.0, 3.0], [2.0, 2.0], [1.5, 2.5]])
    response = sizes[:, :, None] * (1 - np.exp(-spend / 4))
    curves = mg.ResponseCurves.from_arrays(["a", "b"], [spend] * 2, response, reference={"a": 2.0, "b": 2.0})
    limits = [mg.ConstraintBuilder.group_max_spend([name], most) for name in ("a", "b")]
    return mg.optimize(curves, goal=mg.FixedBudget(budget), constraints=limits)


def test_where_every_draw_hits_all_maxima_the_limits_are_said_to_decide() -> None:
    found = mg.stability(plan_for(6.0, 3.0))
    assert (found.spends == 3.0).all(axis=None)
    assert found.is_settled
    assert stability_in_words(found, "€")[-1].startswith("The limits leave one plan, the same in every draw")


def test_where_limits_leave_room_the_draws_decide() -> None:
    found = mg.stability(plan_for(5.0, 4.0))
    assert not found.is_settled
    assert not any("The limits leave one plan" in said for said in stability_in_words(found, "€"))
