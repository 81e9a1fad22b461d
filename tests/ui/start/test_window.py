"""The planning window on the start page: as far ahead and as long as planners plan, at any frequency."""

from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from support.fitted_models import fitted_model
from support.pages import opened, read

import mmm_groups as mg
from mmm_groups.ui.planner.opening import new_planner
from mmm_groups.ui.planner.planner import Planner


def planner_of(at: AppTest) -> Planner:
    planners: dict[str, Planner] = at.session_state["mmm_groups.planners"]
    return planners[at.session_state["mmm_groups.current"]]


@pytest.mark.parametrize(
    ("kind", "longest", "word"), [("daily", 730, "days"), ("logistic", 104, "weeks"), ("monthly", 24, "months")]
)
def test_a_year_ahead_and_a_year_long_can_be_chosen(kind: str, longest: int, word: str) -> None:
    model = mg.load_model(fitted_model(kind))
    at = opened("start", new_planner(model))
    length, first = at.number_input(key="window-periods"), at.selectbox(key="window-start")
    assert (length.label, length.max) == (f"Number of {word}", longest)
    a_year_later = model.dates[-1] + pd.DateOffset(years=1)
    start = next(text for text in first.options if pd.Timestamp(text[:10]) >= a_year_later)
    at = length.set_value(longest // 2).run()
    at = at.selectbox(key="window-start").set_value(pd.Timestamp(start[:10])).run()
    assert not at.exception
    found = planner_of(at).horizon
    assert found is not None
    assert found.periods == longest // 2
    assert abs(found.end - found.start - pd.Timedelta(days=365)) < pd.Timedelta(days=32)


def test_a_scenarios_window_may_lie_anywhere(demo: mg.FittedModel) -> None:
    planner = new_planner(demo)
    planner.change_window(demo.horizon("2035-01-01", "2039-12-26"))
    at = opened("start", planner)
    assert at.number_input(key="window-periods").value == 261
    assert at.selectbox(key="window-start").value == pd.Timestamp("2035-01-01")


def test_a_window_that_the_model_does_not_know_is_refused_with_the_reason() -> None:
    planner = new_planner(mg.load_model(fitted_model("time_varying_media")))
    at = opened("start", planner)
    at = at.number_input(key="window-periods").set_value(60).run()
    assert "can end on" in read(at)
    assert planner_of(at).horizon == planner.source.next_horizon()  # type: ignore[union-attr]


def test_a_short_history_is_called_what_it_is(demo: mg.FittedModel, demo_curves: mg.ResponseCurves) -> None:
    planner = new_planner(demo)
    origin = replace(demo_curves.origin, periods=210, horizon=demo.next_horizon(210))
    planner.curves = replace(demo_curves, origin=origin, reference_spend=demo.historical_spend.sum() * 210 / 157)
    assert len(demo.dates) == 157
    assert "What the spend of 210 weeks like the 157 of the history would bring" in read(opened("start", planner))
