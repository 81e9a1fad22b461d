"""What a model says about itself, without PyMC."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.fitted_models import fitted_model

import mmm_groups as mg
from mmm_groups.curves.notes import notes_of
from mmm_groups.data.simulate import TRUTH, simulate
from mmm_groups.errors import HorizonError


def test_channels_dates_and_spend_are_those_of_the_training_data(demo: mg.FittedModel) -> None:
    history, _ = simulate()
    assert demo.channels == tuple(TRUTH)
    assert mg.OptimizationBridge(demo).get_optimizable_channels() == list(TRUTH)
    assert demo.dims == ()
    assert (demo.target, demo.link, demo.draws, demo.frequency) == ("sales", "identity", 400, "W-MON")
    assert list(demo.dates) == list(history["date"])
    np.testing.assert_allclose(demo.historical_spend.to_numpy(), history[list(TRUTH)].to_numpy())


def test_the_next_horizon_follows_the_data(demo: mg.FittedModel) -> None:
    horizon = demo.next_horizon()
    assert (str(horizon), horizon.periods) == ("2026-01-05 to 2026-03-30", 13)
    assert horizon.dates[0] - demo.dates[-1] == pd.Timedelta(weeks=1)


def test_a_horizon_ends_on_the_models_dates(demo: mg.FittedModel) -> None:
    assert demo.horizon("2026-01-05", "2026-02-01").end == pd.Timestamp("2026-01-26")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-01-06", "2026-03-30", "starts on Tuesday 2026-01-06.*nearest later start is Monday 2026-01-12"),
        ("2026-03-30", "2026-01-05", "holds no date"),
        ("2026-01-06", "2026-01-08", "holds no date"),
    ],
)
def test_windows_off_the_models_dates_are_refused(demo: mg.FittedModel, start: str, end: str, words: str) -> None:
    with pytest.raises(HorizonError, match=words):
        demo.horizon(start, end)


@pytest.mark.parametrize("text", ["05.01.2026", "1/5/2026", "5 Jan 2026", "tomorrow"])
def test_a_date_is_never_guessed(demo: mg.FittedModel, text: str) -> None:
    with pytest.raises(HorizonError, match=rf"'{text}' is no date.*Write it as 2026-01-05"):
        demo.horizon(text, "2026-03-30")


def test_date_objects_are_dates(demo: mg.FittedModel) -> None:
    first: Any = date(2026, 1, 5)
    last: Any = np.datetime64("2026-03-30")
    assert demo.horizon(first, last) == demo.next_horizon()


def test_a_window_in_another_century_is_refused_before_anything_is_counted(demo: mg.FittedModel) -> None:
    with pytest.raises(HorizonError, match="more than a hundred years from the training data"):
        demo.horizon("2026-01-05", "9999-12-31")


def test_the_next_horizon_is_a_quarter_at_any_frequency(demo: mg.FittedModel) -> None:
    for kind, periods in {"daily": 91, "monthly": 3, "logistic": 13}.items():
        assert mg.load_model(fitted_model(kind)).next_horizon().periods == periods


def test_every_second_week_has_its_own_mondays(demo: mg.FittedModel) -> None:
    dates = demo.dates[::2]
    model = replace(demo, dates=dates, frequency="2W-MON")
    every = pd.date_range(dates[0], periods=200, freq="14D")
    assert model.horizon(every[150], every[152]).dates.equals(every[150:153])
    assert model.horizon(dates[0] - pd.Timedelta(weeks=8), dates[1]).periods == 6
    with pytest.raises(HorizonError, match=f"nearest later start is Monday {every[151]:%Y-%m-%d}"):
        model.horizon(every[150] + pd.Timedelta(weeks=1), every[152])


def test_a_window_ends_where_the_model_stops_saying_how_media_vary() -> None:
    """104 weeks: waves reach 103 weeks to both sides of their middle, so 51 weeks after the data; 4 are carry-over."""
    model = mg.load_model(fitted_model("time_varying_media"))
    latest = model.next_horizon(47)
    assert model.horizon(latest.start, latest.end) == latest
    with pytest.raises(HorizonError, match=rf"ends 51 weeks after.*can end on {latest.end:%Y-%m-%d} at the latest"):
        model.horizon(latest.start, latest.end + pd.Timedelta(weeks=1))
    with pytest.raises(HorizonError, match="varies over time"):
        mg.response_curves(model, *model.next_horizon(48).dates[[0, -1]])


def test_what_is_unknown_of_a_window_is_told(demo: mg.FittedModel) -> None:
    def told(start: str, end: str) -> str:
        return " ".join(notes_of(demo, demo.horizon(start, end)))

    first = demo.dates[0]
    assert told("2026-01-05", "2026-03-30") == ""
    assert "the training data ends on 2025-12-29" in told("2026-03-02", "2026-03-30")
    before = told(f"{first - pd.Timedelta(weeks=2):%Y-%m-%d}", f"{first:%Y-%m-%d}")
    assert f"before the training data begins ({first:%Y-%m-%d})" in before
    assert "no carry-over from it enters the window" in before
    assert "when the training data begins" in told(f"{first:%Y-%m-%d}", f"{first:%Y-%m-%d}")
    assert told(f"{demo.dates[1]:%Y-%m-%d}", "2025-12-29") == ""
    long = told("2026-01-05", "2030-01-07")
    weeks = len(demo.dates)
    assert f"has {weeks} weeks, fewer than the 210 of the window" in long
    assert "scaled up to 210 weeks" in long


def test_a_model_that_varies_in_time_says_where_that_is_carried_on() -> None:
    model = mg.load_model(fitted_model("time_varying_media"))
    assert "carried on by the model, not measured" in " ".join(notes_of(model, model.next_horizon(4)))
    assert notes_of(model, model.horizon(model.dates[50], model.dates[60])) == []


def test_a_model_with_log_normal_noise_says_that_its_draws_are_medians(demo: mg.FittedModel) -> None:
    model = mg.load_model(fitted_model("log_link"))
    assert "log-normal" in notes_of(model, model.next_horizon(4))[0]
    assert "is the median of what the noise lets happen" in notes_of(model, model.next_horizon(4))[0]
    assert "median" not in " ".join(notes_of(demo, demo.next_horizon(4)))
