"""Models at any frequency and with columns of any name, against the closed form, which knows places and no dates."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.closed_form import LAGS, logistic_truth

import mmm_groups as mg
from mmm_groups.model import window_graph
from mmm_groups.numerics.labelled import by_name

pytestmark = [pytest.mark.pymc, pytest.mark.usefixtures("quick_to_compile")]
CURVES = 1e-4
"""Relative to the response: what curves promise."""


@pytest.mark.parametrize(("frequency", "periods"), [("2W-MON", 6), ("10D", 6), ("B", 6), ("QS-OCT", 4), ("D", 365)])
def test_a_model_of_any_frequency_is_right(frequency: str, periods: int, tmp_path: Path) -> None:
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history(frequency, 40)
    path = logistic_model(history, target, tmp_path / "model.nc")
    model = mg.load_model(path)
    horizon = model.next_horizon(periods)
    curves = mg.response_curves(model, horizon.start, horizon.end, use_cache=False)
    assert curves.periods == periods
    for factor in (0.05, 0.6, 1.5):
        plan = by_name(factor * curves.reference_spend)
        by_date = {(channel,): [money / periods] * periods for channel, money in plan.items()}
        truth = logistic_truth(path, history, target, by_date, len(history))
        np.testing.assert_allclose(curves.response_at(plan).sum("channel"), truth, rtol=CURVES)


def test_a_window_anywhere_is_right(tmp_path: Path) -> None:
    """Before the training data, at its very beginning, across its end, and a year after it (without carry-over)."""
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history("4W-MON", 40)
    path = logistic_model(history, target, tmp_path / "model.nc")
    model = mg.load_model(path)
    before = history["date"].iloc[0] - pd.Timedelta(weeks=40)  # ten dates
    every = pd.date_range(before, periods=70, freq="4W-MON")
    for first in (-6, -2, 0, 38, 52):
        curves = mg.response_curves(model, every[first + 10], every[first + 13], use_cache=False)
        plan = mg.optimize(curves, goal=mg.FixedBudget(float(curves.reference_spend.sum())))
        by_date = {(channel,): [money / 4] * 4 for channel, money in by_name(plan.channel_spends).items()}
        truth = logistic_truth(path, history, target, by_date, first if 0 <= first <= 40 else 10_000)
        np.testing.assert_allclose(plan.response, truth, rtol=CURVES)
        assert mg.consistency(plan).verify_with(model).holds


def test_media_that_vary_in_time_are_right_by_date_and_no_check_repeats_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyMC-Marketing divides the days since the first date by the days of the first period: months of 31 days."""
    import pymc as pm
    from pymc_marketing.mmm import MMM
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history("MS", 40)
    path = logistic_model(history, target, tmp_path / "model.nc", time_varying_media=True)
    original = MMM.load(str(path))
    with original.model:
        name = "media_temporal_latent_multiplier"
        drawn = pm.sample_posterior_predictive(original.idata, var_names=[name], progressbar=False)
    every = drawn["posterior_predictive"][name].stack(sample=("chain", "draw")).transpose("sample", "date").values  # noqa: PD013
    model = mg.load_model(path)
    first, periods = 20, 6
    start, end = model.dates[first], model.dates[first + periods - 1]
    curves = mg.response_curves(model, start, end, use_cache=False)
    plan = mg.optimize(curves, goal=mg.FixedBudget(float(curves.reference_spend.sum())))
    by_date = {(channel,): [money / periods] * periods for channel, money in plan.channel_spends.items()}
    truth = logistic_truth(path, history, target, by_date, first, every[:, first : first + periods + LAGS])
    np.testing.assert_allclose(plan.response, truth, rtol=CURVES)
    assert mg.consistency(plan).verify_with(model).holds

    def in_days(dates: pd.DatetimeIndex, frequency: str, asked: pd.DatetimeIndex) -> np.ndarray:
        return ((asked - dates[0]).days // (dates[1] - dates[0]).days).to_numpy()

    monkeypatch.setattr(window_graph, "places", in_days)
    wrong = mg.response_curves(model, start, end, use_cache=False)
    plan = mg.optimize(wrong, goal=mg.FixedBudget(float(wrong.reference_spend.sum())))
    assert not mg.consistency(plan).verify_with(model).holds


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    """The names that this package and PyMC-Marketing use for their own are the hard ones; one channel is priced."""
    from support.small_models import logistic_history, logistic_model

    channels, dims = ("date", "value", " tv · (€) "), {"cell": ["US", "DE"], "week": ["A", "B"]}
    history, target = logistic_history("W-MON", 40, "Woche (Mo)", channels, dims)
    prices = history[["Woche (Mo)", "cell", "week"]].rename(columns={"Woche (Mo)": "date"}).assign(value=2.5)
    names: dict[str, Any] = {"date": "Woche (Mo)", "outcome": "channel", "channels": channels}
    settings: dict[str, Any] = {"dims": tuple(dims), "cost_per_unit": prices, "control_columns": ["variable"]}
    history["variable"] = 1.0
    path = logistic_model(history, target, tmp_path / "model.nc", draws=3, **names, **settings)
    model = mg.load_model(path)
    assert model.channels[:3] == ("DE · A · date", "DE · A · value", "DE · A ·  tv · (€) ")
    assert model.target == "channel"
    horizon = model.next_horizon(5)
    curves = mg.response_curves(model, horizon.start, horizon.end, use_cache=False)
    plan = by_name(0.7 * curves.reference_spend)
    by_date = {
        (channel, cell, week): [plan[f"{cell} · {week} · {channel}"] / (2.5 if channel == "value" else 1.0) / 5] * 5
        for channel in channels
        for cell in dims["cell"]
        for week in dims["week"]
    }
    truth = logistic_truth(path, history, target, by_date, 40)
    np.testing.assert_allclose(curves.response_at(plan).sum("channel"), truth, rtol=CURVES)


def test_the_tutorials_date_column_and_dates_that_are_iso_texts(tmp_path: Path) -> None:
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history("W-MON", 40, "date_week")
    real = mg.load_model(logistic_model(history, target, tmp_path / "real.nc", date="date_week"))
    history["date_week"] = history["date_week"].dt.strftime("%Y-%m-%d")
    text = mg.load_model(logistic_model(history, target, tmp_path / "text.nc", date="date_week"))
    pd.testing.assert_frame_equal(text.historical_spend, real.historical_spend, check_freq=False)
    assert list(text.mmm.model.coords["date"]) == list(text.dates)
    horizon = text.next_horizon(3)
    found = [mg.response_curves(model, horizon.start, horizon.end, use_cache=False) for model in (text, real)]
    np.testing.assert_array_equal(found[0].response, found[1].response)
