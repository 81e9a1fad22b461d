"""Curves that earlier versions kept: their files open, and the same request has the same fingerprint.

`tests/support/earlier/curves.nc` and the fingerprints below were made by the version of commit e974040.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mmm_groups as mg
from mmm_groups.curves import extraction
from mmm_groups.curves.extraction import fingerprint
from mmm_groups.curves.prices import repriced
from mmm_groups.model.horizon import Horizon
from mmm_groups.scenario.asked_curves import with_reference
from mmm_groups.scenario.references import GivenReference

EARLIER = Path(__file__).parents[1] / "support" / "earlier" / "curves.nc"
HORIZON = Horizon(pd.Timestamp("2025-03-03"), pd.Timestamp("2025-03-24"), "W-MON")
SPLIT = mg.SubChannels("social", {"feed": 0.8, "reels": 0.2}, effectiveness={"reels": 2.0}, uncertainty={"reels": 0.1})


@pytest.fixture
def made_now() -> mg.ResponseCurves:
    points = np.linspace(0, 100, 6)
    spend = np.stack([points, 2 * points])
    mean = np.stack([3 * np.sqrt(spend[0]), np.sqrt(spend[1])])
    history = np.random.default_rng(3).uniform(5, 10, (8, 2))
    dates = pd.date_range("2025-01-06", periods=8, freq="W-MON")
    channels = ["tv", "social"]
    curves = mg.ResponseCurves.from_arrays(
        channels,
        spend,
        np.stack([mean * factor for factor in (0.9, 1.0, 1.2)]),
        pd.DataFrame(history, index=dates, columns=channels),
        periods=4,
        horizon=HORIZON,
        target="sales",
        fingerprint="a" * 64,
        measured_error=1e-5,
        notes=["Made by hand."],
        saturation="logistic",
        flighting=pd.DataFrame(
            [[0.25, 0.4], [0.25, 0.3], [0.25, 0.2], [0.25, 0.1]], index=HORIZON.dates, columns=channels
        ),
        prices={"tv": 14.0},
        model_hash="b" * 64,
    )
    return repriced(curves, {"tv": 20.0})


def test_an_earlier_file_of_curves_opens(made_now: mg.ResponseCurves) -> None:
    now, found = made_now.with_subchannels([SPLIT]), mg.ResponseCurves.open(EARLIER)
    assert (found.channels, found.horizon, found.periods) == (("tv", "feed", "reels"), HORIZON, 4)
    assert found.origin == now.origin
    np.testing.assert_allclose(found.response.sel(channel="tv"), now.response.sel(channel="tv"))
    # Parts are drawn otherwise today; those of the file add up to their channel in every draw too.
    together = found.response_at({"tv": 0.0, "feed": 64.0, "reels": 16.0}).sum("channel")
    np.testing.assert_allclose(together, made_now.response_at({"tv": 0.0, "social": 80.0}).sum("channel"))
    np.testing.assert_allclose(found.spend, now.spend)
    np.testing.assert_allclose(found.largest_spend, now.largest_spend)
    for table in ("historical_spend", "flighting"):
        pd.testing.assert_frame_equal(
            getattr(found, table), getattr(now, table), check_freq=False, check_index_type=False
        )
    assert found.prices == now.prices == {"tv": 20.0}


def test_the_same_curves_have_the_fingerprints_they_had(
    made_now: mg.ResponseCurves, demo: mg.FittedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert made_now.origin.fingerprint == "7a8cdafa606cecfb405ada3d2e665fe01177aa9526c43d480261c58476e3dd86"
    referred = with_reference(made_now, GivenReference(spends={"tv": 30.0, "social": 20.0}))
    assert referred.origin.fingerprint == "01b50b70e31114cc62a4b00896f7b182293b3711e1b2b9b4d485a68b77ee100d"
    parts = made_now.with_subchannels([SPLIT])
    assert parts.origin.fingerprint == "3342cdda0f27c92b0e239e6513ae8fbc41696741060effc144096afbe8b252d6"
    # The request as it was made by method 4; where numbers or notes of read curves change, the method does.
    monkeypatch.setattr(extraction, "METHOD_VERSION", 4)
    asked = fingerprint(demo, demo.next_horizon(), "last_year", 1e6)
    assert asked == "acde76e82d04004c60b311c442287416c3eae83588810378ba86a58c05fdc4f6"
