"""The dates of models: pandas counts them one by one here, and nothing is guessed."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from mmm_groups.model.calendar import a_year_of, day_of, grid, is_plannable, one_period, period_word, periods_of, places

FREQUENCIES = ["D", "B", "3D", "10D", "W-MON", "2W-SUN", "4W-MON", "WOM-1MON", "MS", "ME", "2MS", "BMS", "BME"]
FREQUENCIES += ["QS-OCT", "QE-NOV", "BQE-DEC", "2QS-FEB", "YS-JAN", "YE-JUN"]


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_a_grid_goes_on_before_and_after_the_dates_it_is_known_by(frequency: str) -> None:
    whole = pd.date_range("2020-01-06", periods=90, freq=frequency)
    known = whole[40:60]
    assert list(grid(known, frequency, whole[5], whole[80])) == list(whole[5:81])
    assert list(grid(known, frequency, whole[70], whole[75])) == list(whole[70:76])
    assert list(places(known, frequency, whole[5:81])) == list(range(-35, 41))
    assert list(places(known, frequency, whole[70:72])) == [30, 31]


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_a_year_of_dates_is_a_year_long(frequency: str) -> None:
    dates = pd.date_range("2021-01-04", periods=400, freq=frequency)
    step = (dates[-1] - dates[0]) / 399
    for year in (periods_of(frequency, 1), a_year_of(frequency)):
        assert abs(year * step - pd.Timedelta(days=365.25)) <= max(step / 2, pd.Timedelta(days=3))


@pytest.mark.parametrize(
    ("frequency", "several", "one"),
    [
        ("D", "days", "day"),
        ("B", "business days", "business day"),
        ("W-MON", "weeks", "week"),
        ("2W-MON", "2-week periods", "2-week period"),
        ("10D", "10-day periods", "10-day period"),
        ("BME", "months", "month"),
        ("WOM-1MON", "months", "month"),
        ("QS-OCT", "quarters", "quarter"),
        ("YE-DEC", "years", "year"),
        ("", "dates", "date"),
    ],
)
def test_periods_are_called_by_what_they_are(frequency: str, several: str, one: str) -> None:
    assert (period_word(frequency), one_period(frequency)) == (several, one)


@pytest.mark.parametrize("frequency", ["h", "12h", "min", "SMS"])
def test_what_is_finer_than_days_or_irregular_is_no_frequency_to_plan_by(frequency: str) -> None:
    assert not is_plannable(frequency)


@pytest.mark.parametrize(
    "given",
    [
        "2026-01-05",
        "2026-01-05T00:00:00",
        "2026-01-05 00:00:00.000",
        date(2026, 1, 5),
        datetime(2026, 1, 5, 14, 30),
        np.datetime64("2026-01-05"),
        pd.Timestamp("2026-01-05"),
    ],
)
def test_iso_texts_and_date_objects_are_days(given: object) -> None:
    assert day_of(given) == pd.Timestamp(2026, 1, 5)


@pytest.mark.parametrize(
    "given",
    [
        "05.01.2026",
        "5/1/2026",
        "01-05-2026",
        "5 Jan 2026",
        "20260105",
        "2026-W02",
        "2026-1-5",
        "2026-02-30",
        "2026-01-05T10:00",
        "2026-01-05T00:00:00Z",
        "",
        "today",
        20260105,
        1.5,
        None,
        pd.NaT,
        pd.Timestamp("2026-01-05", tz="Europe/Berlin"),
    ],
)
def test_nothing_else_is_guessed(given: object) -> None:
    assert day_of(given) is None
