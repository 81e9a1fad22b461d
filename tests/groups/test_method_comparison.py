"""What the methods disagree about, against hand computations."""

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import CurvesError
from mmm_groups.groups.method_comparison import method_curves, method_differences
from mmm_groups.numerics.intervals import hdi
from mmm_groups.numerics.labelled import by_name, number_at, row_of

PAIR = mg.ChannelGroups({"A": ["c0", "c1"]})


def saturating(tops: np.ndarray, half: float, share: float = 0.5) -> mg.ResponseCurves:
    """Two channels ``top * x / (x + half)``, tops (draw, 2); in history they always got `share` and the rest."""
    spend = np.tile(60 * np.linspace(0, 1, 1500) ** 2, (2, 1))
    response = tops[:, :, None] * (spend / (spend + half))[None]
    total = np.linspace(2, 30, 30)
    history = pd.DataFrame(
        {"c0": share * total, "c1": (1 - share) * total}, index=pd.date_range("2025-01-06", periods=30, freq="W-MON")
    )
    return mg.ResponseCurves.from_arrays(["c0", "c1"], spend, response, history, periods=1)


def test_the_weighted_average_of_square_roots_by_hand() -> None:
    made = mg.group_curves(root_curves([3.0, 1.0], draws=5), PAIR, split={"A": {"c0": 0.25, "c1": 0.75}})
    table = method_differences({"A": method_curves(made, "A")}, {"reference": {"A": 36.0}}, mass=0.8)
    row = row_of(table, ("A", "reference", "weighted_average"))
    height = 3 * np.sqrt(0.25) + np.sqrt(0.75)
    factors = np.array([0.8, 0.9, 1.0, 1.1, 1.2])
    by_draw = factors * ((0.25 * 3 + 0.75) - height) * 6
    assert row["sum"] == pytest.approx(6 * height, rel=1e-4)
    assert row["response"] == pytest.approx(6 * 1.5, rel=1e-4)
    assert row["difference"] == pytest.approx(by_draw.mean(), rel=1e-3)
    assert row["difference"] < 0  # Jensen
    low, high = hdi(by_draw[:, None], 0.8)
    assert row[["difference_low", "difference_high"]].tolist() == pytest.approx([low[0], high[0]], rel=1e-3)
    assert row["money"] == pytest.approx((6 + by_draw.mean() / height) ** 2 - 36, rel=2e-3)  # where the sum earns that
    assert row["money_low"] == pytest.approx((6 + low[0] / height) ** 2 - 36, rel=2e-3)
    assert row["why_not"] == ""


def test_the_money_would_close_the_difference() -> None:
    """Spending that much more along the sum brings about as much as the methods differ, for a small difference."""
    made = mg.group_curves(root_curves([1.1, 1.0], draws=3), PAIR, split={"A": {"c0": 0.5, "c1": 0.5}})
    shifted = mg.group_curves(made.channel_curves, PAIR, split={"A": {"c0": 0.001, "c1": 0.999}})
    row = row_of(
        method_differences({"A": method_curves(shifted, "A")}, {"plan": {"A": 50.0}}), ("A", "plan", "weighted_average")
    )
    at = np.array([50.0, 50.0 + row["money"]])
    brought = shifted.draws_along("A", at).mean(axis=0)
    assert brought[1] - brought[0] == pytest.approx(row["difference"], rel=0.05)


def test_re_estimation_knows_the_historical_mix_only() -> None:
    """Members of one half-saturation in a mix that never moved: the re-estimated curve has a closed form."""
    tops = np.array([[4.0, 2.0], [5.0, 2.5], [6.0, 2.0], [5.0, 1.5]])
    curves = saturating(tops, half=10.0)
    along_history = mg.group_curves(curves, PAIR)
    compared = {"A": method_curves(along_history, "A")}
    assert "always moved together" in " ".join(compared["A"].notes)
    row = row_of(method_differences(compared, {"reference": {"A": 20.0}}), ("A", "reference", "re_estimated"))
    assert row["difference"] == pytest.approx(0, abs=1e-3)

    other = mg.group_curves(curves, PAIR, split={"A": {"c0": 0.9, "c1": 0.1}})
    row = row_of(
        method_differences({"A": method_curves(other, "A")}, {"plan": {"A": 20.0}}), ("A", "plan", "re_estimated")
    )
    claimed = tops.sum(axis=1) * 20 / (20 + 2 * 10)
    earned = tops[:, 0] * 18 / 28 + tops[:, 1] * 2 / 12
    assert row["difference"] == pytest.approx((claimed - earned).mean(), rel=1e-2)
    spend = np.linspace(10.0, 40.0, 3001)  # where the channels' own curves earn what is claimed, by trying many
    at = (tops[:, :1] * 0.9 * spend / (0.9 * spend + 10) + tops[:, 1:] * 0.1 * spend / (0.1 * spend + 10)).mean(axis=0)
    assert row["money"] == pytest.approx(np.interp(claimed.mean(), at, spend) - 20, rel=1e-2)


def test_what_cannot_be_computed_says_why_and_the_rest_stands() -> None:
    curves = root_curves([3.0, 1.0])  # four dates of history, curves to 100
    made = mg.group_curves(curves, PAIR, split={"A": {"c0": 0.5, "c1": 0.5}})
    found = method_curves(made, "A")
    assert set(found.curves) == {"sum", "weighted_average"}
    table = method_differences({"A": found}, {"reference": {"A": 50.0}, "plan": {"A": 150.0}})
    assert "Re-estimation of A needs at least 6" in row_of(table, ("A", "reference", "re_estimated"))["why_not"]
    assert np.isfinite(number_at(table, ("A", "reference", "weighted_average"), "money"))
    beyond = row_of(table, ("A", "plan", "weighted_average"))
    assert beyond["why_not"].startswith("The weighted average ends at 100: it puts the whole group's money on every")
    assert np.isnan(beyond["difference"])
    unknown = method_differences({"A": found}, {"reference": {"A": float("nan")}})
    assert set(unknown["why_not"]) == {
        "The spend is unknown: there is no history.",
        found.why_not["re_estimated"],
    }
    far = method_differences({"A": found}, {"plan": {"A": 1e6}})
    assert far.loc[("A", "plan", "weighted_average"), "why_not"] == "The group's curve ends at 200."


def test_on_a_flat_curve_only_less_has_a_price() -> None:
    spend = np.tile([0.0, 10.0, 20.0, 30.0, 40.0], (2, 1))
    response = np.array([[[0.0, 5, 5, 5, 5], [0.0, 8, 8, 8, 8]]])
    curves = mg.ResponseCurves.from_arrays(["c0", "c1"], spend, response)
    made = mg.group_curves(curves, PAIR, split={"A": {"c0": 0.5, "c1": 0.5}})
    row = row_of(
        method_differences({"A": method_curves(made, "A")}, {"plan": {"A": 40.0}}), ("A", "plan", "weighted_average")
    )
    assert row["difference"] == pytest.approx(6.5 - 13)
    assert row["money"] == pytest.approx(10 - 40)  # both earn half of their 13 at 5 each


def test_unknown_groups_and_missing_spends_are_refused() -> None:
    made = mg.group_curves(root_curves([3.0, 1.0]), PAIR)
    with pytest.raises(CurvesError, match=r"no group 'B'.*They have \['A'\]"):
        method_curves(made, "B")
    with pytest.raises(CurvesError, match=r"spends at 'plan' miss \['A'\]"):
        method_differences({"A": method_curves(made, "A")}, {"plan": {}})


def test_the_consistency_report_and_this_table_agree(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    plan = mg.optimize(demo_curves, goal=mg.FixedBudget(4.4e6), groups=platforms, method="re_estimated")
    errors = mg.consistency(plan).aggregation_error
    made = plan.problem.group_curves
    compared = {name: method_curves(made, name) for name, members in made.groups.items() if len(members) > 1}
    table = method_differences(compared, {"plan": by_name(plan.spends)})
    for name in compared:
        found = table.loc[(name, "plan", "re_estimated"), "difference"]
        assert found == pytest.approx(errors[name], rel=1e-3, abs=5)
