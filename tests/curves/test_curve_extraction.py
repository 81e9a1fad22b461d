"""Extracted curves against the model's own evaluation and against the simulated truth."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mmm_groups as mg
from mmm_groups.curves import extraction
from mmm_groups.curves.cache import cache_folder, cached_curves
from mmm_groups.curves.extraction import fingerprint
from mmm_groups.data.simulate import CARRYOVER_WEEKS, TRUTH, true_response
from mmm_groups.errors import CurvesError, HorizonError
from mmm_groups.numerics.labelled import by_name

Evaluation = Callable[[np.ndarray], np.ndarray]


@pytest.mark.pymc
def test_summed_curves_are_the_models_response(demo_curves: mg.ResponseCurves, model_evaluation: Evaluation) -> None:
    rng = np.random.default_rng(7)
    for _ in range(25):
        plan = demo_curves.upper.to_numpy() * rng.random(9) ** 3
        truth = model_evaluation(plan).sum(axis=1)
        found = demo_curves.response_at(dict(zip(demo_curves.channels, plan, strict=True))).sum("channel")
        # 1e-4 relative, per draw: what the design asks of curves.
        np.testing.assert_allclose(found, truth, rtol=1e-4)


@pytest.mark.pymc
def test_each_channel_has_its_own_curve(demo_curves: mg.ResponseCurves, model_evaluation: Evaluation) -> None:
    for place, channel in enumerate(demo_curves.channels):
        plan = np.zeros(9)
        plan[place] = demo_curves.reference_spend[channel]
        truth = model_evaluation(plan)
        found = demo_curves.response_at(dict(zip(demo_curves.channels, plan, strict=True))).values
        np.testing.assert_allclose(found, truth, rtol=1e-4, atol=1e-3)
        assert (np.delete(truth, place, axis=1) == 0).all()


@pytest.mark.pymc
def test_mroi_is_the_models_difference_quotient(demo_curves: mg.ResponseCurves, model_evaluation: Evaluation) -> None:
    for factor in (0.3, 1.0, 2.0):
        plan = factor * demo_curves.reference_spend
        step = 1e-4 * plan.to_numpy()
        up, down = model_evaluation(plan.to_numpy() + step), model_evaluation(plan.to_numpy() - step)
        truth = (up - down).mean(axis=0) / (2 * step)
        np.testing.assert_allclose(demo_curves.mroi_at(by_name(plan)), truth, rtol=0.01)


@pytest.mark.pymc
def test_extraction_is_cached_and_then_needs_no_pymc(demo: mg.FittedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    made = mg.response_curves(demo, "2025-10-06", "2025-11-03", progress=steps.append)
    assert len(steps) == 4
    assert made.periods == 5
    assert [path.stem for path in cache_folder().iterdir()] == [made.origin.fingerprint]
    assert made.origin.measured_error < 1e-4
    assert made.origin.notes == ()

    unopened = replace(demo)
    monkeypatch.setattr(extraction, "curves_of_response", None)
    again = mg.response_curves(unopened, "2025-10-06", "2025-11-03")
    assert (again.response.values == made.response.values).all()
    assert "mmm" not in vars(unopened)

    # A damaged cache file is noticed and replaced instead of believed.
    next(cache_folder().iterdir()).write_bytes(b"\x89HDF\r\n\x1a\n broken")
    assert cached_curves(made.origin.fingerprint) is None


@pytest.mark.pymc
def test_a_gap_before_the_window_is_told(demo: mg.FittedModel) -> None:
    made = mg.response_curves(demo, "2026-03-02", "2026-03-09", use_cache=False)
    assert len(made.origin.notes) == 1
    assert "no carry-over from it enters" in made.origin.notes[0]


def test_the_demo_opens_without_pymc(demo: mg.FittedModel) -> None:
    unopened = replace(demo)
    made = mg.response_curves(unopened)
    assert made.origin.fingerprint == fingerprint(demo, demo.next_horizon())
    assert "mmm" not in vars(unopened)


def test_the_fingerprint_knows_model_window_and_flighting(demo: mg.FittedModel) -> None:
    horizon = demo.next_horizon()
    other = replace(demo, file=replace(demo.file, sha256="0" * 64))
    found = {
        fingerprint(demo, horizon),
        fingerprint(demo, demo.next_horizon(12)),
        fingerprint(demo, demo.horizon("2026-01-12", "2026-03-30")),
        fingerprint(demo, horizon, "last_year"),
        fingerprint(demo, horizon, {"tv": "last_year"}),
        fingerprint(demo, horizon, pd.DataFrame({"tv": [1.0, 2.0]})),
        fingerprint(demo, horizon, pd.DataFrame({"tv": [1.0, 3.0]})),
        fingerprint(demo, horizon, budget=1e7),
        fingerprint(other, horizon),
    }
    assert len(found) == 9


def true_window_response(demo: mg.FittedModel, channel: str, weekly: float) -> float:
    """What the simulator itself says a flat plan brings, carry-in subtracted and tail included."""
    before = demo.historical_spend[channel].to_numpy()[-CARRYOVER_WEEKS:]
    tail = np.zeros(CARRYOVER_WEEKS)
    plan, none = np.full(13, weekly), np.zeros(13)
    return float(
        true_response(channel, np.concatenate([before, plan, tail])).sum()
        - true_response(channel, np.concatenate([before, none, tail])).sum()
    )


def test_the_demo_found_the_simulated_truth_again(demo: mg.FittedModel, demo_curves: mg.ResponseCurves) -> None:
    reference = demo_curves.reference_spend
    response = demo_curves.response_at(by_name(reference))
    inside = 0
    for channel in TRUTH:
        low, high = np.quantile(response.sel(channel=channel), [0.03, 0.97])
        inside += low <= true_window_response(demo, channel, reference[channel] / 13) <= high
    assert inside >= 7  # nine intervals of 94 % each


def test_the_demo_is_interesting(demo_curves: mg.ResponseCurves) -> None:
    slopes = demo_curves.mroi_at(by_name(demo_curves.reference_spend))
    assert slopes["display"] < 0.5  # over-spent
    assert slopes["tiktok"] == slopes.max()  # under-spent
    assert slopes["tiktok"] > 2 * slopes.median() / 1.2


def test_curves_rise_from_zero(demo_curves: mg.ResponseCurves) -> None:
    assert (demo_curves.response.values[:, :, 0] == 0).all()
    assert (np.diff(demo_curves.mean, axis=1) > 0).all()
    assert isinstance(demo_curves.reference_spend, pd.Series)


def test_a_window_has_both_ends(demo: mg.FittedModel) -> None:
    with pytest.raises(HorizonError, match="its first and its last date"):
        mg.response_curves(demo, start="2026-02-02")
    with pytest.raises(HorizonError, match="'2026-13-01' is no date"):
        mg.response_curves(demo, start="2026-13-01", end="2026-03-30")
    with pytest.raises(HorizonError, match="without a time zone"):
        demo.horizon("2026-02-02T00:00+01:00", "2026-03-30")
    with pytest.raises(CurvesError, match="budget above 0; nan is none"):
        mg.response_curves(demo, budget=float("nan"))
