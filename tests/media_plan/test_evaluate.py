"""A plan's response by date against PyMC-Marketing itself, against its saved posterior, and against the closed form."""

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from support.closed_form import logistic_truth
from support.direct_response import asked_directly
from support.fitted_models import ADDITIVE, fitted_model
from support.reference import logistic_mmm_by_date

import mmm_groups as mg
from mmm_groups.curves.prices import usual_prices
from mmm_groups.errors import CurvesError, MediaPlanError, NotAdditiveError, PriceError
from mmm_groups.media_plan.evaluate import evaluate
from mmm_groups.model import dated_response

pytestmark = [pytest.mark.pymc, pytest.mark.usefixtures("quick_to_compile")]
EVERY = (*ADDITIVE, "log_link")
LAGS = 4


def bursts(model: mg.FittedModel, horizon: mg.Horizon) -> mg.MediaPlan:
    """Money that no flighting rule gives: random by date and channel."""
    rng = np.random.default_rng(5)
    usual = model.historical_spend.mean().to_numpy()
    money = pd.DataFrame(
        usual * rng.gamma(1.0, 1.0, (horizon.periods, len(model.channels))),
        index=horizon.dates,
        columns=list(model.channels),
    )
    return mg.MediaPlan(money, "Bursts", "typed", horizon)


@pytest.mark.parametrize("kind", EVERY)
def test_any_phasing_is_what_pymc_marketing_answers_in_every_draw(kind: str) -> None:
    model = mg.load_model(fitted_model(kind))
    horizon = model.next_horizon(6)
    plan = bursts(model, horizon)
    dims = [dim for dim in model.mmm.model.named_vars_to_dims["channel_data"] if dim != "date"]
    coords = {dim: list(model.mmm.model.coords[dim]) for dim in dims}
    labels = [" · ".join(map(str, cell)) for cell in pd.MultiIndex.from_product(list(coords.values()))]
    shares = (plan.money / plan.totals)[labels].to_numpy()
    spread = xr.DataArray(
        shares.reshape(6, *map(len, coords.values())), dims=("date", *dims), coords={"date": np.arange(6), **coords}
    )
    prices = usual_prices(model, 6)
    ask = asked_directly(model, horizon.start, horizon.end, 6, prices, budget_distribution_over_period=spread)
    found = mg.evaluate(plan, model)
    truth = ask(plan.totals[list(model.channels)].to_numpy())
    assert found.response.dims == ("draw",)
    np.testing.assert_allclose(found.response, truth, rtol=1e-6)
    assert found.is_joint == (kind == "log_link")
    assert found.by_date is not None
    assert found.by_date.dims == ("draw", "date", "channel")
    if not found.is_joint:
        np.testing.assert_allclose(found.by_date.sum(("date", "channel"), dtype=float), truth, rtol=1e-5)


@pytest.mark.parametrize("kind", ["logistic", "hill", "time_varying_media"])
def test_what_was_spent_brings_what_the_posterior_says_by_date(kind: str) -> None:
    """Carry-in and plan together are the contributions that PyMC-Marketing finds in its own training data."""
    import pymc as pm
    from pymc_marketing.mmm import MMM

    model = mg.load_model(fitted_model(kind))
    first, last = model.dates[-10], model.dates[-1]
    plan = mg.MediaPlan.from_history(model, start=first, end=last, rule=f"{first:%Y-%m-%d}")
    np.testing.assert_array_equal(plan.money, model.historical_spend.loc[first:last])
    found = mg.evaluate(plan, model)
    original = MMM.load(str(model.path))
    with original.model:
        name = "channel_contribution"
        drawn = pm.sample_posterior_predictive(original.idata, var_names=[name], progressbar=False)
    scale = float(original.scalers["_target"].max())
    by_date = drawn["posterior_predictive"][name].stack(sample=("chain", "draw")).sum("channel")  # noqa: PD013
    truth = by_date.transpose("sample", "date").values[:, -10:] * scale
    assert found.carry_in is not None
    assert found.total_by_date is not None
    together = found.carry_in.values + found.total_by_date.values[:, :10]
    np.testing.assert_allclose(together, truth, rtol=1e-4)
    assert float(found.carry_in[:, 0].mean()) > 0
    np.testing.assert_allclose(found.carry_in[:, LAGS - 1 :], 0.0, atol=1e-6 * scale)


def test_carry_in_window_and_tail_are_the_closed_form_date_by_date(tmp_path: Path) -> None:
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history("W-MON", 40)
    path = logistic_model(history, target, tmp_path / "model.nc")
    model = mg.load_model(path)
    horizon = model.next_horizon(6)
    plan = bursts(model, horizon)
    found = mg.evaluate(plan, model)
    posterior = xr.load_datatree(path, engine="h5netcdf")["posterior"].to_dataset().stack(sample=("chain", "draw"))  # noqa: PD013
    assert found.by_date is not None
    assert found.carry_in is not None
    earlier = np.zeros(found.carry_in.shape)
    for channel in model.channels:
        past = list(history[channel].iloc[-LAGS + 1 :])
        for draw in range(model.draws):
            curve: dict[str, Any] = {
                name: float(posterior[variable].isel(sample=draw).sel(channel=channel))
                for name, variable in {
                    "alpha": "adstock_alpha",
                    "lam": "saturation_lam",
                    "beta": "saturation_beta",
                }.items()
            } | {"channel_scale": float(history[channel].max()), "target_scale": float(target.abs().max())}
            after = [0.0] * LAGS
            both = logistic_mmm_by_date([*past, *plan.money[channel], *after], lags=LAGS, **curve)
            none = logistic_mmm_by_date([*past, *[0.0] * 6, *after], lags=LAGS, **curve)
            truth = np.subtract(both, none)[len(past) :]
            np.testing.assert_allclose(found.by_date.sel(channel=channel)[draw], truth, rtol=1e-5, atol=1e-4)
            earlier[draw] += none[len(past) : len(past) + 6]
    np.testing.assert_allclose(found.carry_in, earlier, rtol=1e-9, atol=1e-9)
    table = found.dates
    assert table is not None
    assert table["is_tail"].tolist() == [False] * 6 + [True] * LAGS
    assert table["carry_in"].to_numpy()[:6] == pytest.approx(earlier.mean(axis=0))
    assert found.tail is not None
    assert found.in_window is not None
    np.testing.assert_allclose(found.in_window + found.tail, found.response)
    assert float(found.tail.mean()) == pytest.approx(table["response"].to_numpy()[6:].sum())


def test_at_the_curves_phasing_it_is_what_the_curves_say(demo: mg.FittedModel, demo_curves: mg.ResponseCurves) -> None:
    plan = mg.MediaPlan.from_totals(dict(0.8 * demo_curves.reference_spend), demo_curves)
    found, said = mg.evaluate(plan, demo), mg.evaluate(plan, demo_curves)
    np.testing.assert_allclose(found.channel_response, said.channel_response, rtol=1e-4)
    assert found.marginal_return == pytest.approx(said.marginal_return, rel=1e-2)
    assert [said.by_date, said.carry_in, said.dates, said.tail, said.in_window] == [None] * 5
    assert "curves alone know no response by date" in said.notes[-1]
    steps = found.plan.total * 0.01
    more = mg.evaluate(found.plan.with_money(found.plan.money * 1.01), demo)
    assert found.marginal_return == pytest.approx(float((more.response - found.response).mean()) / steps)


def test_without_one_channel_a_log_link_loses_its_part() -> None:
    model = mg.load_model(fitted_model("log_link"))
    plan = bursts(model, model.next_horizon(6))
    found = mg.evaluate(plan, model)
    without = plan.money.copy()
    without["tv"] = 0.0
    rest = mg.evaluate(plan.with_money(without), model)
    np.testing.assert_allclose(found.channel_response.sel(channel="tv"), found.response - rest.response, rtol=1e-3)
    assert abs(float(found.channel_response.sum("channel").mean()) / float(found.response.mean()) - 1) > 1e-4
    assert "the parts do not sum to the total" in found.notes[-1]


def test_an_effect_that_reads_media_counts(tmp_path: Path) -> None:
    from support.small_models import small_model

    model = mg.load_model(small_model("funnel", tmp_path), trust=["support.custom_parts"])
    plan = bursts(model, model.next_horizon(6))
    assert mg.evaluate(plan, model).is_joint
    assert model.channels[0] == "tv"
    parts = mg.SubChannels("tv", {"a": 0.5, "b": 0.5})
    money = plan.money.assign(a=plan.money["tv"], b=plan.money["tv"])[["a", "b", *model.channels[1:]]]
    parted = mg.MediaPlan(money, "Parts", "typed", plan.horizon)
    with pytest.raises(NotAdditiveError, match="none of them can be split"):
        mg.evaluate(parted, model, sub_channels=[parts])


def test_sub_channels_are_the_assumption_that_their_curves_are(
    demo: mg.FittedModel, demo_curves: mg.ResponseCurves
) -> None:
    parts = mg.SubChannels(
        "tv", {"linear": 0.7, "cable": 0.3}, effectiveness={"cable": 2.0}, uncertainty={"cable": 0.4}
    )
    curves = demo_curves.with_subchannels([parts])
    totals = dict(curves.reference_spend) | {"linear": 500_000.0, "cable": 500_000.0}
    plan = mg.MediaPlan.from_totals(totals, curves)
    found = mg.evaluate(plan, demo, prices=curves.prices, sub_channels=curves.origin.assumed)
    said = curves.response_at(totals)
    top = float(said.max())
    np.testing.assert_allclose(found.channel_response, said, rtol=2e-4, atol=1e-4 * top)
    with pytest.raises(MediaPlanError, match=r"Missing: .*'tv'.*unknown: .*'cable', 'linear'"):
        mg.evaluate(plan, demo)


def test_a_price_changes_what_money_buys() -> None:
    model = mg.load_model(fitted_model("cost_per_unit"))
    plan = bursts(model, model.next_horizon(6))
    usual = usual_prices(model, 6)
    channel = next(iter(usual))
    dearer = mg.evaluate(plan, model, prices={channel: 2 * usual[channel]})
    assert "bought here at these prices each" in dearer.notes[-1]
    halved = plan.with_money(plan.money.assign(**{channel: plan.money[channel] / 2}))
    np.testing.assert_allclose(dearer.response, mg.evaluate(halved, model).response, rtol=1e-9)
    with pytest.raises(PriceError, match="but the model knows only"):
        mg.evaluate(plan, model, prices={"cinema": 1.0})
    with pytest.raises(PriceError, match="must be a positive number"):
        mg.evaluate(plan, model, prices={channel: 0.0})


def test_money_on_a_channel_that_the_model_never_saw_counts_as_nothing_and_is_told(tmp_path: Path) -> None:
    from support.small_models import small_model

    model = mg.load_model(small_model("never_spent", tmp_path))
    plan = bursts(model, model.next_horizon(6))
    plan = plan.with_money(plan.money.assign(social=100.0))
    found = mg.evaluate(plan, model)
    assert (found.channel_response.sel(channel="social") == 0).all()
    assert "money on social counts as bringing nothing" in found.notes[-1]


def test_what_leaves_the_range_ever_spent_is_named(demo: mg.FittedModel) -> None:
    plan = mg.MediaPlan.from_history(demo, rule="latest")
    assert mg.evaluate(plan, demo).beyond_history.empty
    money = plan.money.copy()
    most = demo.historical_spend["radio"].max()
    money.loc[money.index[2], "radio"] = 1.5 * most
    money["tv"] *= 5.0
    found = mg.evaluate(plan.with_money(money), demo)
    beyond = found.beyond_history
    assert beyond.iloc[0]["channel"] == "tv"
    assert pd.isna(beyond.iloc[0]["date"])
    row = beyond[beyond["channel"] == "radio"].iloc[0]
    assert (row["date"], row["spend"], row["most"]) == (money.index[2], 1.5 * most, most)
    assert found.channels["beyond_history"].sum() == beyond["channel"].nunique()


def test_curves_that_a_plan_leaves_say_so(demo_curves: mg.ResponseCurves) -> None:
    plan = mg.MediaPlan.from_totals(dict(demo_curves.upper * 2), demo_curves)
    with pytest.raises(CurvesError, match="curve ends at"):
        evaluate(plan, demo_curves)


def test_a_second_plan_on_a_window_compiles_nothing(demo: mg.FittedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    import pymc

    mg.evaluate(mg.MediaPlan.from_history(demo), demo)
    monkeypatch.delattr(pymc, "compile")
    assert mg.evaluate(mg.MediaPlan.from_history(demo, rule="last_year"), demo).response.sizes == {"draw": 400}


def test_channels_are_matched_by_label_whatever_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    model = mg.load_model(fitted_model("panel"))
    plan = bursts(model, model.next_horizon(6))
    found = mg.evaluate(plan, model)
    names = list(model.channels[::-1])
    without = mg.evaluate(plan.with_money(plan.money.assign(**{names[0]: 0.0})), model)
    lost = found.response - without.response
    np.testing.assert_allclose(found.channel_response.sel(channel=names[0]), lost, rtol=1e-5)
    turned = replace(model, channels=tuple(names), historical_spend=model.historical_spend[names])
    monkeypatch.setattr(dated_response, "_kept", OrderedDict())  # it knows the file already
    again = mg.evaluate(replace(plan, money=plan.money[names]), turned)
    for name in names:
        np.testing.assert_allclose(
            again.channel_response.sel(channel=name), found.channel_response.sel(channel=name), rtol=1e-6
        )


def test_a_window_anywhere_is_the_closed_form(tmp_path: Path) -> None:
    """Before the training data, at its beginning, inside it, across its end, and a year after it."""
    from support.small_models import logistic_history, logistic_model

    history, target = logistic_history("4W-MON", 40)
    path = logistic_model(history, target, tmp_path / "model.nc")
    model = mg.load_model(path)
    every = pd.date_range(history["date"].iloc[0] - pd.Timedelta(weeks=40), periods=70, freq="4W-MON")
    for first in (-2, 0, 20, 38, 52):
        plan = bursts(model, model.horizon(every[first + 10], every[first + 13]))
        by_date = {(channel,): list(plan.money[channel]) for channel in plan.channels}
        truth = logistic_truth(path, history, target, by_date, first if 0 <= first <= 40 else 10_000)
        found = mg.evaluate(plan, model)
        np.testing.assert_allclose(found.response, truth, rtol=1e-6)
        assert found.carry_in is not None
        assert bool((found.carry_in > 0).any()) == (0 < first <= 40)
