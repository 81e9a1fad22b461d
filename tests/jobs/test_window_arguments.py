"""A window and its flighting, as a job is told them."""

import json

import pandas as pd
import pytest

from mmm_groups.jobs.tasks import window_arguments
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import Flighting, flighting_from_json


@pytest.mark.parametrize("rule", ["even", "historical", {"tv": "even"}, "table"])
def test_any_flighting_survives_the_way_to_the_job(demo: FittedModel, rule: Flighting) -> None:
    horizon = demo.horizon("2026-02-02", "2026-02-23")
    if rule == "table":
        rule = demo.historical_spend.head(4).set_axis(horizon.dates, axis=0)
    told = json.loads(json.dumps(window_arguments(horizon.start, horizon.end, rule, None)))
    back = flighting_from_json(told["flighting"])
    if isinstance(rule, pd.DataFrame):
        assert isinstance(back, pd.DataFrame)
        assert back.equals(rule)
    else:
        assert back == rule
