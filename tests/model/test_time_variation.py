"""Until when a model knows how effects vary: the waves of its approximation reach `L` to both sides of their middle."""

from typing import Any

import pandas as pd
import pytest

from mmm_groups.errors import HorizonError
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.time_variation import refuse_beyond_variation, varying_effects

DATES = pd.date_range("2022-01-01", periods=41, freq="MS")
DEFAULT = {"media_tvp_config": {"m": 200, "L": None}, "intercept_tvp_config": {"m": 200, "L": None}}


def ends(attributes: dict[str, Any], months: int) -> None:
    last = pd.date_range(DATES[-1], periods=months + 1, freq="MS")[-1]
    refuse_beyond_variation({"adstock": {"l_max": 4}} | attributes, DATES, Horizon(DATES[-1], last, "MS"))


@pytest.mark.parametrize(
    ("attributes", "known"),
    [
        # 41 dates, so the middle is 20 and by default the waves reach 40 from there: 20 after the data.
        ({"time_varying_media": True, "model_config": DEFAULT}, 20),
        ({"time_varying_media": True, "model_config": {"media_tvp_config": {"L": 30.5}}}, 10),
        ({"time_varying_media": {"__type__": "…SoftPlusHSGP", "L": 45.0, "X_mid": 20.0}, "model_config": {}}, 25),
        ({"time_varying_intercept": True, "link": "log", "model_config": DEFAULT}, 20),
    ],
)
def test_the_last_window_leaves_room_for_the_carry_over(attributes: dict[str, Any], known: int) -> None:
    ends(attributes, known - 4)
    with pytest.raises(HorizonError, match=f"ends {known} months after its training data.*With 4 months of carry-over"):
        ends(attributes, known - 3)


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"time_varying_media": False},
        {"time_varying_intercept": True, "link": "identity", "model_config": DEFAULT},
        {"time_varying_media": {"__type__": "…HSGPPeriodic", "period": 12}, "model_config": {}},
        {"time_varying_media": True, "model_config": {"media_tvp_config": {"ls_lower": 1.0}}},
    ],
)
def test_seasons_and_what_does_not_shape_media_have_no_end(attributes: dict[str, Any]) -> None:
    ends(attributes, 500)


def test_a_varying_intercept_shapes_media_under_a_log_link_only() -> None:
    attributes = {"time_varying_intercept": True, "time_varying_media": False}
    assert varying_effects(attributes | {"link": "log"}) == ["time_varying_intercept"]
    assert varying_effects(attributes) == []
