"""Models whose channels do not add up: conditional curves, said so."""

from pathlib import Path

import numpy as np
import pytest
from support.direct_response import asked_directly
from support.fitted_models import fitted_model

import mmm_groups as mg
from mmm_groups.curves.extraction import response_of
from mmm_groups.errors import CurvesError, ModelFileError, UnsafeModelError
from mmm_groups.numerics.labelled import by_name

pytestmark = [pytest.mark.pymc, pytest.mark.usefixtures("quick_to_compile")]


@pytest.fixture(scope="module")
def log_model() -> mg.FittedModel:
    return mg.load_model(fitted_model("log_link"))


@pytest.fixture(scope="module")
def log_curves(log_model: mg.FittedModel) -> mg.ResponseCurves:
    horizon = log_model.next_horizon(8)
    return mg.response_curves(log_model, horizon.start, horizon.end, use_cache=False)


def test_a_log_link_gives_conditional_curves_and_says_so(log_curves: mg.ResponseCurves) -> None:
    assert log_curves.is_conditional
    assert log_curves.others_at is not None
    assert (log_curves.others_at == log_curves.reference_spend).all()
    assert "do not act separately" in log_curves.origin.notes[-1]
    assert log_curves.origin.measured_error <= 1e-3


def test_a_conditional_curve_is_the_formula(log_model: mg.FittedModel, log_curves: mg.ResponseCurves) -> None:
    """exp(mu) with and without one channel's spend, the others at the reference: PyMC-Marketing's total, asked anew."""
    horizon = log_curves.horizon
    assert horizon is not None
    ask = asked_directly(log_model, horizon.start, horizon.end, 8, {})
    reference = log_curves.reference_spend.to_numpy()
    for i, channel in enumerate(log_curves.channels):
        for factor in (0.4, 1.0, 1.9):
            spend = factor * reference[i]
            with_it, without = reference.copy(), reference.copy()
            with_it[i], without[i] = spend, 0.0
            found = log_curves.draws_along(channel, np.array([spend]))[:, 0]
            np.testing.assert_allclose(found, ask(with_it) - ask(without), rtol=1e-3)


def test_the_models_slopes_are_its_difference_quotients(
    log_model: mg.FittedModel, log_curves: mg.ResponseCurves
) -> None:
    response = response_of(log_curves, log_model)
    spend = np.asarray(1.2 * log_curves.reference_spend, dtype=np.float64)
    value, slopes = response.mean_and_slopes(spend)
    assert value == pytest.approx(response.incremental(spend).mean())
    for i in range(len(spend)):
        step = np.where(np.arange(len(spend)) == i, 1e-4 * spend[i], 0.0)
        quotient = (response.incremental(spend + step) - response.incremental(spend - step)).mean() / (2 * step[i])
        assert slopes[i] == pytest.approx(quotient, rel=1e-4)


def test_an_effect_that_reads_media_is_found_by_measuring(tmp_path: Path) -> None:
    """Its link is the identity and its channel contributions add up: only the whole response shows the funnel."""
    from support.small_models import small_model

    model = mg.load_model(small_model("funnel", tmp_path), trust=["support.custom_parts"])
    horizon = model.next_horizon(8)
    curves = mg.response_curves(model, horizon.start, horizon.end, use_cache=False)
    assert curves.is_conditional
    # TV also earns through search, so its curve lies above its own contribution.
    response = response_of(curves, model)
    reference = np.asarray(curves.reference_spend, dtype=np.float64)
    own = response.by_channel(reference) - response.by_channel(np.zeros(3))
    found = curves.draws_along("tv", reference[:1])[:, 0]
    assert (found > own[:, 0]).all()


def test_own_code_is_opened_only_by_those_who_name_it(tmp_path: Path) -> None:
    from support.small_models import small_model

    path = small_model("custom", tmp_path)
    with pytest.raises(
        UnsafeModelError, match=r"'support\.custom_parts\.SquareRootSaturation'.*MMM_GROUPS_TRUST=module"
    ):
        mg.load_model(path)
    with pytest.raises(UnsafeModelError, match=r"support\.custom_parts"):
        mg.load_model(path, trust=["support.custom", "other_parts"])
    model = mg.load_model(path, trust=["support.custom_parts"])
    assert model.file.trusted == ("support.custom_parts",)
    horizon = model.next_horizon(4)
    curves = mg.response_curves(model, horizon.start, horizon.end, use_cache=False)
    truth = response_of(curves, model)
    plan = 0.7 * curves.reference_spend
    np.testing.assert_allclose(
        curves.response_at(by_name(plan)).sum("channel"),
        truth.incremental(np.asarray(plan, dtype=np.float64)),
        rtol=1e-4,
    )
    missing = mg.load_model(path, trust=["support.custom_parts"])
    object.__setattr__(missing.file, "trusted", ("no_such_module",))
    with pytest.raises(ModelFileError, match="No module named 'no_such_module'"):
        missing.mmm  # noqa: B018


def test_curves_of_one_model_are_not_answered_by_another(log_curves: mg.ResponseCurves, demo: mg.FittedModel) -> None:
    with pytest.raises(CurvesError, match="were not read from the model 'demo_model'"):
        response_of(log_curves, demo)
