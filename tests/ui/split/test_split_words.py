"""What the split page says about bounds and prices."""

import math
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from mmm_groups.plan.split import SplitPrices
from mmm_groups.problem.utilities import MEAN
from mmm_groups.ui.split.split_panel import split_price_in_words
from mmm_groups.ui.widgets.sliders.bounds import slider_bounds

pytestmark = pytest.mark.unit

PLANNER: Any = SimpleNamespace(source=SimpleNamespace(target="sales"), currency="€")


def bounds(*rows: tuple[float, float, str, str]) -> pd.DataFrame:
    names = [f"c{i}" for i in range(len(rows))]
    return pd.DataFrame(rows, index=names, columns=["lower", "upper", "lower_by", "upper_by"])


def test_sliders_stop_inside_the_exact_bounds() -> None:
    ends, said = slider_bounds(
        bounds((0.12341, 0.98769, "c0 at least 5", "c0 at most 9"), (0.0, 1.0, "", "")), [200, 800]
    )
    assert ends == [(124, 987), (0, 1000)]
    assert said == {"c0": "at least 12.3 % (c0 at least 5) and at most 98.8 % (c0 at most 9)"}


def test_a_bound_that_is_a_whole_tenth_up_to_rounding_is_that_tenth() -> None:
    assert slider_bounds(bounds((0.3 + 1e-12, 0.7 - 1e-12, "a", "b")), [500])[0] == [(300, 700)]


def test_bounds_that_clash_leave_the_slider_free() -> None:
    assert slider_bounds(bounds((0.8, 0.4, "a", "b"), (1.2, 1.0, "a", "")), [500, 500])[0] == [(0, 1000), (0, 1000)]


def test_a_share_that_is_locked_between_two_tenths_has_nowhere_to_go() -> None:
    locked = bounds((0.37024, 0.37024, "locked", "locked"), (0.0, 1.0, "", ""))
    assert slider_bounds(locked, [370, 630])[0] == [(370, 370), (0, 1000)]
    assert slider_bounds(locked, [371, 629])[0] == [(371, 371), (0, 1000)]


def prices(current: float, historical: float, best: float, worth: float = math.nan) -> SplitPrices:
    return SplitPrices(current, historical, best, current - historical, current - best, worth)


def test_a_loss_is_told_in_money_and_a_gain_against_history() -> None:
    found = prices(current=90_000.0, historical=80_000.0, best=100_000.0, worth=5_000.0)
    assert split_price_in_words(found, "Meta", MEAN, PLANNER) == (
        "These shares bring 10.0k sales less than the best split would. €5.00k more for Meta would make up "
        "for it. They bring 10.0k sales more than the historical split."
    )
    without = prices(current=90_000.0, historical=80_000.0, best=100_000.0)
    assert "€" not in split_price_in_words(without, "Meta", MEAN, PLANNER)


def test_without_history_nothing_is_said_about_it() -> None:
    found = prices(current=5.0, historical=math.nan, best=5.0)
    assert (
        split_price_in_words(found, "Meta", MEAN, PLANNER)
        == "No other split of Meta’s money brings more than this one."
    )


def test_a_small_loss_is_told_and_never_called_the_best() -> None:
    near = prices(current=1_830_000.0, historical=1_829_977.0, best=1_830_031.0)
    assert split_price_in_words(near, "Meta", MEAN, PLANNER) == (
        "The best split of Meta’s money brings only 31 sales more than this one. "
        "It brings 23 sales more than the historical split."
    )
    as_it_was = prices(current=1_830_000.0, historical=1_830_000.0, best=1_830_000.0)
    assert split_price_in_words(as_it_was, "Meta", MEAN, PLANNER) == (
        "No other split of Meta’s money brings more than this one. It earns what the historical split earns."
    )
