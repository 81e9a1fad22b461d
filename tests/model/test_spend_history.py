"""What a history says of a window: sums by hand."""

import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.display.source_words import budget_in_words, reference_dates
from mmm_groups.model.spend_history import largest_window, reference_spend, windows

DATES = pd.date_range("2024-01-01", periods=4, freq="W-MON", name="date")
HISTORY = pd.DataFrame({"tv": [1.0, 2.0, 3.0, 4.0], "radio": [0.0, 8.0, 0.0, 0.0]}, index=DATES)


def test_the_reference_is_the_latest_spend_and_the_largest_window_any() -> None:
    assert reference_spend(HISTORY, 2).to_dict() == {"tv": 7.0, "radio": 0.0}
    assert largest_window(HISTORY, 2).to_dict() == {"tv": 7.0, "radio": 8.0}
    assert len(windows(HISTORY, 2)) == 3


def test_a_history_shorter_than_the_window_is_scaled_up_to_it() -> None:
    """4 weeks for a window of 6: half as much again."""
    assert reference_spend(HISTORY, 6).to_dict() == {"tv": 15.0, "radio": 12.0}
    assert largest_window(HISTORY, 6).to_dict() == {"tv": 15.0, "radio": 12.0}
    assert windows(HISTORY, 6).to_numpy().tolist() == [[15.0, 12.0]]


def test_usual_spend_over_a_long_window_is_not_beyond_history_and_is_told_as_what_it_is() -> None:
    known = root_curves([1.0, 2.0])
    history = pd.DataFrame({name: [10.0] * 8 for name in known.channels}, index=DATES[:1].repeat(8))
    history.index = pd.date_range("2024-01-01", periods=8, freq="W-MON")
    horizon = mg.Horizon(pd.Timestamp("2024-02-26"), pd.Timestamp("2024-04-29"), "W-MON")
    curves = mg.ResponseCurves.from_arrays(
        known.channels, known.spend.values * 10, known.response.values, history, periods=10, horizon=horizon
    )
    usual = dict.fromkeys(known.channels, 100.0)
    assert curves.reference_spend.to_dict() == usual
    assert not curves.extrapolated(usual).any()
    assert curves.extrapolated(dict.fromkeys(usual, 101.0)).all()
    assert reference_dates(curves) == "10 weeks like the 8 of the history"
    assert "spent over 10 weeks like the 8 of the history" in budget_in_words(200.0, curves, "€")


def test_without_history_nothing_is_known() -> None:
    empty = HISTORY.iloc[:0]
    assert reference_spend(empty, 2).isna().all()
    assert np.isnan(largest_window(empty, 2)).all()


@pytest.mark.parametrize("periods", [3, 4])
def test_a_long_enough_history_is_not_scaled(periods: int) -> None:
    assert reference_spend(HISTORY, periods)["tv"] == sum([1.0, 2.0, 3.0, 4.0][-periods:])
