"""What one would have to believe: factors from the square root itself, and from enumeration on S-shapes."""

import itertools

import numpy as np
import pytest
from support.curves import curves_of, hill, root_curves, s_shaped, uncertain

import mmm_groups as mg
from mmm_groups.errors import ConstraintError, CurvesError, NotAdditiveError
from mmm_groups.numerics.labelled import by_name, number_at
from mmm_groups.plan.beliefs import belief_sentences, beliefs

C = mg.ConstraintBuilder
SCALES = np.array([3.0, 1.0, 2.0, 2.0])
BROUGHT = {"c0": 10.0, "c1": 10.0, "c2": 20.0, "c3": 20.0}


def test_factors_of_square_roots_are_known_in_closed_form() -> None:
    table = beliefs(BROUGHT, root_curves(SCALES.tolist(), draws=5, points=1500))
    for place, (name, spend) in enumerate(BROUGHT.items()):
        # The others, best placed, bring sqrt(sum of squared scales * their money): its slope over the group's own.
        others = np.sqrt((SCALES**2).sum() - SCALES[place] ** 2)
        factor = (others / (2 * np.sqrt(60 - spend))) / (SCALES[place] / (2 * np.sqrt(spend)))
        assert number_at(table, name, "factor") == pytest.approx(factor, rel=3e-3)
        assert number_at(table, name, "lower") <= number_at(table, name, "upper") * (1 + 1e-12)
    assert table.index[0] == "c0", "the most disputed comes first: 0.45 is further from 1 than 1.84"


def test_the_best_plan_asks_for_no_belief() -> None:
    curves = root_curves(SCALES.tolist(), points=800)
    best = mg.optimize(curves, goal=mg.FixedBudget(60.0))
    table = beliefs(by_name(best.channel_spends), curves)
    assert table["factor"].to_numpy() == pytest.approx(1.0, abs=5e-3)
    assert all("as the model says" in sentence for sentence in belief_sentences(table))


def test_a_scaled_curve_makes_the_brought_spend_the_best() -> None:
    """Another way round: believe the factor, optimise, and the brought spend comes out."""
    table = beliefs(BROUGHT, root_curves(SCALES.tolist(), points=1500))
    for place, (name, spend) in enumerate(BROUGHT.items()):
        believed = SCALES.copy()
        believed[place] *= number_at(table, name, "factor")
        best = mg.optimize(root_curves(believed.tolist(), points=1500), goal=mg.FixedBudget(60.0))
        assert best.channel_spends[name] == pytest.approx(spend, rel=0.01)


def test_nothing_spent_asks_for_little_and_a_cap_for_enough() -> None:
    curves = root_curves(SCALES.tolist(), points=800)
    nothing = beliefs({"c0": 0.0, "c1": 20.0, "c2": 20.0, "c3": 20.0}, curves)
    assert number_at(nothing, "c0", "lower") == 0.0
    assert "c0 would have to work at most" in belief_sentences(nothing)[0]
    limits = [C.group_max_spend(["c3"], 20.0), C.lock("c2", 20.0)]
    capped = beliefs(BROUGHT, curves, groups={"Pair": ["c0", "c1"]}, constraints=limits)
    assert number_at(capped, "c3", "upper") == np.inf
    assert capped.loc["c2", "is_decided"]
    assert any(text.startswith("c3 would have to work at least") for text in belief_sentences(capped))
    assert any(text.startswith("c2: the limits leave no other spend") for text in belief_sentences(capped))


def test_draws_that_agree_are_counted_with_their_own_curves() -> None:
    curves = uncertain(channels=2, draws=40, points=1500)
    brought = {"c0": 20.0, "c1": 40.0}
    table = beliefs(brought, curves)
    scales = curves.response.values[:, :, -1] / 10.0  # scale * sqrt(100)
    # More of c1 than the model would give: the draws in which c1's last money earns at least what c0's next would.
    agree = scales[:, 1] / np.sqrt(40.0) >= scales[:, 0] / np.sqrt(20.0)
    assert number_at(table, "c1", "factor") > 1
    assert number_at(table, "c1", "share_of_draws") == pytest.approx(agree.mean(), abs=1 / 40)


def test_factors_of_s_shapes_agree_with_enumeration() -> None:
    parameters = [(50.0, 30.0, 3.0), (40.0, 20.0, 4.0), (30.0, 25.0, 2.5)]
    curves = s_shaped(parameters, points=61, top=90.0)
    brought = {"c0": 42.0, "c1": 27.0, "c2": 21.0}
    table = beliefs(brought, curves)
    grid = np.linspace(0, 90, 61)
    values = [hill(grid, *shape) for shape in parameters]
    for place, (name, spend) in enumerate(brought.items()):
        one, other = (values[i] for i in range(3) if i != place)
        # The most that the two others bring where this one has y of the 60 steps of money.
        rest = [max(one[a] + other[60 - y - a] for a in range(61 - y)) for y in range(61)]
        x = round(spend / 1.5)
        below = max((rest[y] - rest[x]) / (values[place][x] - values[place][y]) for y in range(x))
        above = min((rest[x] - rest[y]) / (values[place][y] - values[place][x]) for y in range(x + 1, 61))
        if below <= above:
            assert number_at(table, name, "lower") == pytest.approx(below, rel=0.02)
            assert number_at(table, name, "upper") == pytest.approx(above, rel=0.02)
        else:
            assert np.isnan(number_at(table, name, "factor"))
    nowhere = beliefs({"c0": 10.0, "c1": 40.0, "c2": 40.0}, curves)
    assert np.isnan(number_at(nowhere, "c0", "factor"))
    assert belief_sentences(nowhere.loc[["c0"]])[0].startswith("c0: no factor makes this spend the best one")


def test_names_and_order_change_nothing() -> None:
    curves = root_curves(SCALES.tolist(), points=300)
    table = beliefs(BROUGHT, curves)
    for order in itertools.islice(itertools.permutations(BROUGHT), 4):
        again = beliefs({name: BROUGHT[name] for name in order}, curves)
        assert again.loc[list(BROUGHT)].equals(table.loc[list(BROUGHT)])


def test_what_cannot_be_asked_is_refused() -> None:
    curves = root_curves(SCALES.tolist(), points=100)
    with pytest.raises(ConstraintError, match=r"break 1 of the limits: “c0 at most 5”.*ask without them"):
        beliefs(BROUGHT, curves, constraints=[C.group_max_spend(["c0"], 5.0)])
    with pytest.raises(CurvesError, match="c3"):
        beliefs({"c0": 1.0, "c1": 1.0, "c2": 1.0}, curves)
    with pytest.raises(NotAdditiveError, match="no group has an effect of its own"):
        beliefs({"c0": 1.0, "c1": 1.0}, curves_of([0.1, 0.2]))
