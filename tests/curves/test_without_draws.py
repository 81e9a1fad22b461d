"""Curves that are a mean with an interval, or a mean alone: what is still known, and what is not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves
from support.reference import square_root_optimum

import mmm_groups as mg
from mmm_groups.curves.spend_table import reference_table, table_at
from mmm_groups.display.source_words import budget_in_words, is_latest_spend
from mmm_groups.errors import CurvesError
from mmm_groups.groups.methods import Method
from mmm_groups.groups.shares import Split
from mmm_groups.numerics.intervals import hdi

TOP, POINTS = 100.0, 400


def banded(reference: bool = True) -> mg.ResponseCurves:
    """The mean 3, 1, 2 times the square root, its interval from 0.5 to 1.5 times that, and no draws."""
    drawn = root_curves([3.0, 1.0, 2.0], draws=1)
    mean = drawn.response.values[0]
    spent = dict.fromkeys(drawn.channels, 10.0) if reference else None
    return mg.ResponseCurves.from_arrays(
        drawn.channels, drawn.spend.values, mean, reference=spent, band=mg.Band(0.5 * mean, 1.5 * mean, 0.9)
    )


def test_one_draw_has_no_interval() -> None:
    low, high = hdi(np.ones((1, 3, 2)))
    assert low.shape == high.shape == (3, 2)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_plan_is_the_best_for_the_mean() -> None:
    plan = mg.optimize(banded(), goal=mg.FixedBudget(60.0))
    np.testing.assert_allclose(plan.spends, square_root_optimum([3, 1, 2], 60), rtol=0.02)
    assert plan.utility == pytest.approx(np.sqrt(60 * 14), rel=1e-4)


def test_single_channels_keep_the_interval_of_the_file_and_groups_have_none() -> None:
    groups = mg.ChannelGroups({"Both": ["c0", "c1"]})
    plan = mg.optimize(banded(), goal=mg.FixedBudget(60.0), groups=groups)
    alone = plan.groups.loc["c2"]
    assert alone["response_low"] == pytest.approx(0.5 * alone["response"])
    assert alone["response_high"] == pytest.approx(1.5 * alone["response"])
    assert np.isnan(plan.groups.loc["Both", ["response_low", "response_high"]].astype(float)).all()
    np.testing.assert_allclose(plan.channels["response_low"], 0.5 * plan.channels["response"])


def test_a_mean_alone_gives_no_interval_at_all() -> None:
    plan = mg.optimize(root_curves([3.0, 1.0], draws=1), goal=mg.FixedBudget(20.0))
    for table in (plan.groups, plan.channels):
        assert table[["response_low", "response_high"]].isna().all(axis=None)
        assert np.isfinite(table[["response", "roi", "mroi"]]).all(axis=None)


def test_uplift_has_a_mean_but_neither_interval_nor_probability() -> None:
    report = mg.consistency(mg.optimize(banded(), goal=mg.FixedBudget(30.0)))
    # Even money earns sqrt(10) (3 + 1 + 2), the best plan sqrt(30 · 14).
    assert float(report.uplift.mean()) == pytest.approx(np.sqrt(420) - 6 * np.sqrt(10), rel=1e-3)
    assert np.isnan(report.uplift_interval).all()
    assert np.isnan(report.probability_better)
    assert report.holds


def test_draws_still_give_probabilities() -> None:
    report = mg.consistency(mg.optimize(root_curves([3.0, 1.0, 2.0]), goal=mg.FixedBudget(30.0)))
    assert report.probability_better == 1.0
    assert np.isfinite(report.uplift_interval).all()


def test_without_reference_there_is_no_reference_plan() -> None:
    curves = banded(reference=False)
    assert not curves.has_reference
    with pytest.raises(CurvesError, match="no reference plan"):
        reference_table(curves)
    report = mg.consistency(mg.optimize(curves, goal=mg.FixedBudget(30.0)))
    assert np.isnan(report.uplift).all()
    assert report.holds


def test_what_the_ends_of_the_curves_bring() -> None:
    curves = banded(reference=False)
    table = table_at(curves, curves.upper)
    np.testing.assert_allclose(table["response"], np.sqrt(TOP) * np.array([3, 1, 2]))
    np.testing.assert_allclose(table["response_high"], 1.5 * table["response"])
    np.testing.assert_allclose(table["roi"], table["response"] / TOP)


def test_a_group_curve_of_the_mean_has_one_draw_for_every_method_and_split() -> None:
    groups = mg.ChannelGroups({"All": ["c0", "c1", "c2"]})
    methods: list[Method] = ["sum", "weighted_average"]
    splits: list[Split] = ["historical", "marginal_roi", {"All": {"c0": 0.5, "c1": 0.25, "c2": 0.25}}]
    for method in methods:
        for split in splits:
            made = mg.group_curves(banded(), groups, method, split)
            assert made.draws_along("All", np.array([20.0])).shape == (1, 1)
    with pytest.raises(CurvesError, match="needs at least 6 historical windows"):
        mg.group_curves(banded(), groups, "re_estimated")


def test_re_estimation_does_not_follow_a_history_beyond_the_curves() -> None:
    drawn = root_curves([3.0, 1.0], draws=1)
    dates = pd.date_range("2025-01-06", periods=20, freq="W-MON")
    history = pd.DataFrame({"c0": np.linspace(10, 200, 20), "c1": 5.0}, index=dates)
    curves = mg.ResponseCurves.from_arrays(
        drawn.channels, drawn.spend.values, drawn.response.values, history, periods=1
    )
    with pytest.raises(CurvesError, match="curve of 'c0' ends at 100, but is asked for 200"):
        mg.group_curves(
            curves, mg.ChannelGroups({"Both": ["c0", "c1"]}), "re_estimated", {"Both": {"c0": 0.5, "c1": 0.5}}
        )


def test_a_given_reference_is_not_called_the_latest_spend() -> None:
    past = root_curves([3.0, 1.0], history=[10.0, 20.0])
    given = replace(past, reference_spend=pd.Series({"c0": 10.0, "c1": 21.0}))
    assert [is_latest_spend(curves) for curves in (past, given, banded())] == [True, False, False]
    assert "spent over the last 4 dates" in budget_in_words(30.0, past, "€")
    assert budget_in_words(30.0, given, "€") == "€30, against a reference of €31."
