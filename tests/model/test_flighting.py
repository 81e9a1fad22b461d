"""How money is spread over the dates of a window, and that the model really gets it so."""

import numpy as np
import pandas as pd
import pytest
from support.fitted_models import fitted_model
from support.reference import logistic_mmm_response

import mmm_groups as mg
from mmm_groups.errors import FlightingError
from mmm_groups.model.flighting import flighting_shares
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.labelled import by_name

WEEKS = pd.date_range("2024-01-01", periods=104, freq="W-MON")
HISTORY = pd.DataFrame({"tv": np.arange(104.0), "radio": np.where(np.arange(104) < 60, 5.0, 0.0)}, index=WEEKS)


def window(start: str, periods: int, frequency: str = "W-MON") -> Horizon:
    dates = pd.date_range(start, periods=periods, freq=frequency)
    return Horizon(dates[0], dates[-1], frequency)


def test_even_is_the_same_on_every_date() -> None:
    shares, notes = flighting_shares(HISTORY, window("2026-01-05", 5))
    assert (shares == 0.2).all(axis=None)
    assert notes == ()


def test_last_year_follows_the_same_weeks() -> None:
    shares, notes = flighting_shares(HISTORY, window("2026-01-05", 4), "last_year")
    # 2026-01-05 is 52 weeks after 2025-01-06, row 53 of the history.
    np.testing.assert_allclose(shares["tv"], np.array([53, 54, 55, 56]) / 218)
    np.testing.assert_allclose(shares["radio"], 0.25)
    assert notes == ()


def test_a_channel_that_was_silent_last_year_is_even_and_told() -> None:
    shares, notes = flighting_shares(HISTORY, window("2026-03-02", 4), {"radio": "last_year"})
    np.testing.assert_allclose(shares["radio"], 0.25)
    np.testing.assert_allclose(shares["tv"], 0.25)  # no rule: even
    assert notes == ("Spread evenly, because nothing was spent on the same dates a year earlier: radio.",)


def test_a_window_far_ahead_takes_the_latest_year_there_is() -> None:
    near, _ = flighting_shares(HISTORY, window("2026-01-05", 4), "last_year")
    far, _ = flighting_shares(HISTORY, window("2028-01-03", 4), "last_year")
    np.testing.assert_allclose(near.to_numpy(), far.to_numpy())


def test_months_go_back_a_calendar_year() -> None:
    months = pd.date_range("2024-01-01", periods=24, freq="MS")
    history = pd.DataFrame({"tv": np.arange(24.0)}, index=months)
    shares, _ = flighting_shares(history, window("2026-02-01", 2, "MS"), "last_year")
    np.testing.assert_allclose(shares["tv"], np.array([13, 14]) / 27)


def test_a_table_counts_by_its_proportions() -> None:
    horizon = window("2026-01-05", 3)
    table = pd.DataFrame({"tv": [100.0, 300.0, 0.0]}, index=horizon.dates[::-1])
    shares, _ = flighting_shares(HISTORY, horizon, table)
    np.testing.assert_allclose(shares["tv"], [0, 0.75, 0.25])
    np.testing.assert_allclose(shares["radio"], 1 / 3)


@pytest.mark.parametrize(
    ("flighting", "said"),
    [
        ("burst", r"There is no flighting \['burst'\]. Choose one of"),
        ({"print": "even"}, r"names channels the model does not have: \['print'\]"),
        (pd.DataFrame({"tv": [1.0, 1.0]}, index=WEEKS[:2]), r"Missing: \['2026-01-05'.*not in the window: \['2024"),
        (
            pd.DataFrame({"tv": [-1.0, 2.0, 1.0]}, index=window("2026-01-05", 3).dates),
            r"of 'tv' needs numbers",
        ),
        (pd.DataFrame({"tv": [0.0, 0.0, 0.0]}, index=window("2026-01-05", 3).dates), r"at least one above 0"),
        (pd.DataFrame({"print": [1.0] * 3}, index=window("2026-01-05", 3).dates), r"does not have: \['print'\]"),
        (pd.DataFrame({"tv": ["1,000", "2", "3"]}, index=window("2026-01-05", 3).dates), "must be numbers"),
        (
            pd.DataFrame([[1.0, 1.0]] * 3, index=window("2026-01-05", 3).dates, columns=["tv", "tv"]),
            r"more than one column for \['tv'\]",
        ),
    ],
)
def test_a_flighting_that_cannot_be_is_refused(flighting: object, said: str) -> None:
    with pytest.raises(FlightingError, match=said):
        flighting_shares(HISTORY, window("2026-01-05", 3), flighting)  # type: ignore[arg-type]


def test_a_history_of_less_than_a_year_is_refused() -> None:
    with pytest.raises(FlightingError, match=r"needs the spend of 2024-12-30, but history reaches from 2025-06-30"):
        flighting_shares(HISTORY.loc["2025-06-30":], window("2025-12-29", 3), "last_year")


@pytest.fixture(scope="module")
def model() -> mg.FittedModel:
    return mg.load_model(fitted_model("logistic"))


@pytest.mark.pymc
@pytest.mark.usefixtures("quick_to_compile")
@pytest.mark.parametrize(
    ("start", "periods", "flighting"),
    [
        ("2025-03-03", 6, "even"),  # inside the training data
        ("2025-12-08", 8, "last_year"),  # begins inside, ends after
        ("2025-12-29", 6, "table"),  # right after
    ],
)
def test_curves_are_the_formula_by_date(model: mg.FittedModel, start: str, periods: int, flighting: str) -> None:
    """Closed form: geometric carry-over and logistic saturation, date by date, carry-in subtracted, tail included."""
    horizon = window(start, periods)
    weights = pd.DataFrame({"tv": np.arange(1.0, periods + 1)}, index=horizon.dates)
    asked = weights if flighting == "table" else flighting
    curves = mg.response_curves(model, horizon.start, horizon.end, flighting=asked, use_cache=False)  # type: ignore[arg-type]
    np.testing.assert_allclose(curves.flighting.sum(), 1.0)
    posterior = model.mmm.idata.posterior.dataset.stack(sample=("chain", "draw"))  # noqa: PD013
    scale, lags = model.mmm.scalers, model.mmm.adstock.l_max
    plan = by_name(1.3 * curves.reference_spend)
    found = curves.response_at(plan)
    for channel in model.channels:
        before = model.historical_spend[channel].loc[: horizon.start - pd.Timedelta(days=1)].tail(lags).tolist()
        spread = (plan[channel] * curves.flighting[channel]).tolist()
        for draw in (0, 17, 59):
            own = posterior.isel(sample=draw).sel(channel=channel)
            arguments = {
                "alpha": float(own["adstock_alpha"]),
                "lam": float(own["saturation_lam"]),
                "beta": float(own["saturation_beta"]),
                "lags": lags,
                "channel_scale": float(scale["_channel"].sel(channel=channel)),
                "target_scale": float(scale["_target"]),
            }
            planned = logistic_mmm_response([*before, *spread, *[0.0] * lags], **arguments)
            nothing = logistic_mmm_response([*before, *[0.0] * (periods + lags)], **arguments)
            assert float(found.sel(channel=channel)[draw]) == pytest.approx(planned - nothing, rel=1e-4)


def test_the_end_of_february_moves() -> None:
    months = pd.date_range("2023-01-31", periods=24, freq="ME")
    history = pd.DataFrame({"tv": np.arange(24.0)}, index=months)
    dates = pd.date_range("2025-02-28", periods=2, freq="ME")
    shares, _ = flighting_shares(history, Horizon(dates[0], dates[-1], "ME"), "last_year")
    np.testing.assert_allclose(shares["tv"], np.array([13, 14]) / 27)  # 29 Feb and 31 Mar 2024
