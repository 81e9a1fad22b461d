"""Channels that a model knows in units: what their units cost, then and in the plan."""

import json
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from support.curves import root_curves
from support.direct_response import asked_directly
from support.fitted_models import fitted_model
from support.simulated_history import price_table, simulated

import mmm_groups as mg
from mmm_groups.curves.extraction import reach_asked
from mmm_groups.curves.prices import historical_prices, repriced
from mmm_groups.errors import ModelFileError, PriceError
from mmm_groups.numerics.labelled import by_name


@pytest.fixture(scope="module")
def model() -> mg.FittedModel:
    return mg.load_model(fitted_model("cost_per_unit"))


def test_history_is_money_also_where_the_model_knows_units(model: mg.FittedModel) -> None:
    paid, _ = simulated("W-MON", (), None)
    np.testing.assert_allclose(model.historical_spend[["tv", "search", "social"]], paid[["tv", "search", "social"]])
    prices = price_table(model.dates.to_numpy()).set_index("date")
    assert list(model.historical_units) == ["tv", "social"]
    np.testing.assert_allclose(model.historical_units["tv"] * prices["tv"], paid["tv"])


def test_the_historical_price_is_what_the_units_cost_on_average() -> None:
    units = pd.DataFrame({"a": [10.0, 1.0, 3.0], "b": [4.0, 0.0, 0.0], "c": [0.0, 0.0, 0.0]})
    spend = pd.DataFrame({"a": [5.0, 2.0, 10.0], "b": [8.0, 0.0, 0.0], "c": [0.0, 0.0, 0.0]})
    # a: 12 paid for 4 units in the last two dates; b bought nothing then, so the whole history counts; c never did.
    assert historical_prices(units, spend, 2) == {"a": 3.0, "b": 2.0, "c": 1.0}


@pytest.mark.pymc
@pytest.mark.usefixtures("quick_to_compile")
def test_another_price_is_another_question_to_the_model(model: mg.FittedModel) -> None:
    """Curves at planned prices against PyMC-Marketing's own `cost_per_unit`."""
    horizon = model.next_horizon(8)
    planned = {"tv": 20.0}
    curves = mg.response_curves(model, horizon.start, horizon.end, prices=planned, use_cache=False)
    assert curves.prices["tv"] == 20.0
    assert curves.prices["social"] != 20.0
    assert "tv 20 (was 14" in curves.origin.notes[-1]
    ask = asked_directly(model, horizon.start, horizon.end, 8, curves.prices)
    plan = 1.5 * curves.reference_spend
    found = curves.response_at(by_name(plan)).sum("channel")
    np.testing.assert_allclose(found, ask(plan.to_numpy()), rtol=1e-4)
    assert mg.consistency(mg.optimize(curves, goal=mg.FixedBudget(10_000))).verify_with(model).holds


def test_a_doubled_price_halves_what_money_buys() -> None:
    curves = root_curves([2.0, 3.0])
    known = mg.ResponseCurves.from_arrays(
        curves.channels, curves.spend.values, curves.response.values, curves.historical_spend, prices={"c0": 0.5}
    )
    dearer = repriced(known, {"c0": 1.0})
    before = known.response_at({"c0": 20.0, "c1": 20.0})
    after = dearer.response_at({"c0": 40.0, "c1": 20.0})
    np.testing.assert_allclose(before, after)
    np.testing.assert_allclose(dearer.mean, known.mean)
    assert dearer.largest_spend["c0"] == 2 * known.largest_spend["c0"]
    assert (dearer.reference_spend == known.reference_spend).all()
    assert dearer.origin.fingerprint != known.origin.fingerprint
    assert repriced(known, {"c0": 0.5}) is known


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ({"c1": 2.0}, r"given for \['c1'\], but the model knows only \['c0'\] in units"),
        ({"c0": 0.0}, r"must be a positive number; these are not: \{'c0': 0.0\}"),
        ({"c0": float("nan")}, r"must be a positive number"),
    ],
)
def test_prices_that_cannot_be_are_refused(prices: dict[str, float], said: str) -> None:
    curves = root_curves([2.0, 3.0])
    known = mg.ResponseCurves.from_arrays(
        curves.channels, curves.spend.values, curves.response.values, prices={"c0": 1}
    )
    with pytest.raises(PriceError, match=said):
        repriced(known, prices)


def test_a_damaged_price_table_is_refused(model: mg.FittedModel, tmp_path: Path) -> None:
    path = tmp_path / "priced.nc"
    path.write_bytes(model.file.path.read_bytes())
    with h5py.File(path, "r+") as file:
        table = json.loads(file.attrs["cost_per_unit"])
        file.attrs["cost_per_unit"] = json.dumps(table | {"data": table["data"][:-5], "index": table["index"][:-5]})
    with pytest.raises(ModelFileError, match=r"gaps or prices of 0 or less for \['tv', 'social'\]"):
        mg.load_model(path)
    with h5py.File(path, "r+") as file:
        file.attrs["cost_per_unit"] = json.dumps({"columns": ["when"], "data": [[1]]})
    with pytest.raises(ModelFileError, match=r"costs per unit in 'priced.nc' is damaged"):
        mg.load_model(path)


def test_curves_keep_prices_and_flighting_in_their_file(model: mg.FittedModel, tmp_path: Path) -> None:
    curves = root_curves([2.0, 3.0])
    dates = pd.date_range("2026-01-05", periods=2, freq="W-MON")
    shares = pd.DataFrame({"c0": [0.25, 0.75], "c1": [0.5, 0.5]}, index=dates)
    made = mg.ResponseCurves.from_arrays(
        curves.channels,
        curves.spend.values,
        curves.response.values,
        curves.historical_spend,
        prices={"c0": 0.5},
        flighting=shares,
        others_at=pd.Series({"c0": 1.0, "c1": 2.0}),
        model_hash="abc",
    )
    made.save(tmp_path / "curves.nc")
    found = mg.ResponseCurves.open(tmp_path / "curves.nc")
    assert found.prices == {"c0": 0.5}
    assert (found.flighting == shares).all(axis=None)
    assert found.others_at is not None
    assert found.others_at.to_dict() == {"c0": 1.0, "c1": 2.0}
    assert found.origin.model_hash == "abc"
    assert found.is_conditional


def test_prices_that_fall_make_curves_reach_further(demo: mg.FittedModel) -> None:
    units = pd.DataFrame({"tv": np.full(len(demo.dates), 100.0)}, index=demo.dates)
    known = replace(demo, historical_units=units)
    horizon = demo.next_horizon()
    usual = float(demo.historical_spend["tv"].tail(13).sum() / 1300)
    assert reach_asked(known, horizon, {}) is None
    assert reach_asked(known, horizon, {"tv": 2 * usual}) is None
    half = reach_asked(known, horizon, {"tv": usual / 2}, budget=1_000_000.0)
    assert half == 2_000_000.0
    # Without a budget the curve must still hold the usual reach, one and a half times the reference budget.
    reference = float(demo.historical_spend.tail(13).sum().sum())
    assert reach_asked(known, horizon, {"tv": usual / 2}) >= 2 * 1.5 * reference  # type: ignore[operator]


def test_what_was_ever_bought_is_kept_at_its_new_price(tmp_path: Path) -> None:
    curves = root_curves([2.0, 3.0])
    known = replace(curves, prices={"c0": 0.5})
    dearer = repriced(known, {"c0": 1.0})
    dearer.save(tmp_path / "dearer.nc")
    pd.testing.assert_series_equal(mg.ResponseCurves.open(tmp_path / "dearer.nc").largest_spend, dearer.largest_spend)


def test_a_price_that_is_no_number_is_refused() -> None:
    curves = replace(root_curves([1.0, 2.0]), prices={"c0": 1.0})
    for price in ("12", None, -1.0):
        with pytest.raises(PriceError, match="must be a positive number"):
            repriced(curves, {"c0": price})  # type: ignore[dict-item]
