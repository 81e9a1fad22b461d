"""What a model says about itself, without PyMC."""

import numpy as np
import pandas as pd
import pytest

import mmm_groups as mg
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
