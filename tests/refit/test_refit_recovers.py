"""A real refit, end to end through a job: simulated spend whose truth is known, fitted by the real sampler."""

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.reference import logistic_mmm_response

import mmm_groups as mg
from mmm_groups.jobs.job_queue import job, submit
from mmm_groups.jobs.records import JobRequest
from mmm_groups.jobs.tasks import CURVES_FILE, REFIT_FILE, STATISTICS_FILE, window_arguments
from mmm_groups.refit.fit_statistics import FitStatistics
from mmm_groups.refit.second_opinion import cross_table, curve_gap, plans_by_way, second_opinion

WEEKS, LAGS, WINDOW = 60, 4, 8
ALPHA, LAM = 0.4, 2.5
HEIGHT = {"a": 0.12, "b": 0.08, "c": 0.15}
SHARES = {"a": 0.6, "b": 0.4}
BASE = 1000.0


def history() -> pd.DataFrame:
    """a and b always share their money 60 to 40, so that their sum has a curve of its own: the sum of both."""
    rng = np.random.default_rng(3)
    dates = pd.date_range("2024-01-01", periods=WEEKS, freq="W-MON")
    together = rng.gamma(1.5, 500, WEEKS) * (rng.random(WEEKS) > 0.15)
    alone = rng.gamma(1.5, 400, WEEKS) * (rng.random(WEEKS) > 0.15)
    table = pd.DataFrame({"date": dates, "a": SHARES["a"] * together, "b": SHARES["b"] * together, "c": alone})
    table["y"] = BASE * (0.7 + sum(effect(table[name], HEIGHT[name]) for name in HEIGHT))
    return table.assign(y=table["y"] + rng.normal(0, 0.008 * BASE, WEEKS))


def effect(spend: pd.Series, height: float) -> np.ndarray:
    """By date, relative to `BASE`: geometric carry-over normalised over the lags, then logistic saturation."""
    kernel = ALPHA ** np.arange(LAGS) / (ALPHA ** np.arange(LAGS)).sum()
    carried = np.convolve(spend / spend.max(), kernel)[: len(spend)]
    return np.asarray(height * (1 - np.exp(-LAM * carried)) / (1 + np.exp(-LAM * carried)))


def true_response(channel: str, spend: float, table: pd.DataFrame) -> float:
    """What a channel's money over the window earns, tail included; evenly spread."""
    by_date = [spend / WINDOW] * WINDOW + [0.0] * LAGS
    return logistic_mmm_response(by_date, ALPHA, LAM, HEIGHT[channel], LAGS, float(table[channel].max()), BASE)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> mg.FittedModel:
    """The channels' model; its posterior is prior draws, because a refit only takes structure and training data."""
    from pymc_extras.prior import Prior
    from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation
    from support.small_models import with_prior_draws

    mmm = MMM(
        date_column="date",
        target_column="y",
        channel_columns=list(HEIGHT),
        adstock=GeometricAdstock(priors={"alpha": Prior("Beta", alpha=3, beta=4, dims="channel")}, l_max=LAGS),
        saturation=LogisticSaturation(
            priors={
                "lam": Prior("Gamma", alpha=4, beta=1.5, dims="channel"),
                "beta": Prior("HalfNormal", sigma=0.15, dims="channel"),
            }
        ),
    )
    table = history()
    features, target = table.drop(columns="y"), table["y"]
    mmm.build_model(features, target)
    path = tmp_path_factory.mktemp("truth") / "truth.nc"
    return mg.load_model(with_prior_draws(mmm, features, target, 40, path))


@pytest.mark.slow
def test_a_refit_by_a_job_recovers_the_truth(original: mg.FittedModel, tmp_path: Path) -> None:
    groups = {"AB": ["a", "b"], "c": ["c"]}
    horizon = original.next_horizon(WINDOW)
    settings = {"draws": 500, "tune": 600, "chains": 2, "seed": 1, "target_accept": 0.9}
    arguments = {
        "groups": groups,
        "settings": settings,
        "window": window_arguments(horizon.start, horizon.end, "even", None),
    }
    asked = submit(JobRequest("refit", "truth", "Refit of truth", arguments, {"model": str(original.path)}))
    end = time.monotonic() + 280
    said = set()
    while (now := job(asked.id)).is_open and time.monotonic() < end:
        said.add(now.record.step.partition(":")[0])
        time.sleep(0.2)
    assert now.record.state == "done", now.record
    assert "Sampling" in said | {step for step, _ in now.record.steps}

    fits = json.loads(now.result(STATISTICS_FILE).read_text())
    fit = FitStatistics.from_json(fits["refit"])
    assert fit.r2 > 0.95
    assert fit.mape < 0.02
    assert fit.rhat < 1.1
    assert (fit.draws, fit.chains) == (1000, 2)

    refit = mg.load_model(now.result(REFIT_FILE))
    assert refit.channels == ("AB", "c")
    curves = mg.ResponseCurves.open(now.result(CURVES_FILE))
    assert curves.horizon == horizon
    table = history()
    spent = curves.reference_spend
    assert spent["AB"] == pytest.approx(table[["a", "b"]].tail(WINDOW).to_numpy().sum())
    for times in (0.5, 1.0):
        truth = {
            "AB": sum(true_response(name, times * share * spent["AB"], table) for name, share in SHARES.items()),
            "c": true_response("c", times * spent["c"], table),
        }
        found = curves.response_at({name: times * spent[name] for name in truth})
        for name, expected in truth.items():
            draws = found.sel(channel=name).to_numpy()
            assert draws.mean() == pytest.approx(expected, rel=0.2), name
            assert abs(draws.mean() - expected) < 4 * draws.std(), name

    channels = mg.response_curves(original, horizon.start, horizon.end)
    named = {name: tuple(inside) for name, inside in groups.items()}
    opinion = second_opinion(channels, curves, named, {"AB": ("AB",), "c": ("c",)})
    plans, _ = plans_by_way(opinion, float(spent.sum()))
    losses = cross_table(opinion, plans)["lost"]
    assert losses.loc[("refit", "refit")] == 0
    assert (losses > -1e-6 * abs(losses).max()).all()
    assert list(curve_gap(opinion, plans["sum"].spends).index) == ["AB", "c"]
