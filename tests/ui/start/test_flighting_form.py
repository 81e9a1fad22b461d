"""The start page's choices on flighting and prices, and reading curves further, as a planner meets them."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.fitted_models import fitted_model

import mmm_groups as mg
from mmm_groups.numerics.labelled import by_name
from mmm_groups.ui.planner.sources import CurveRequest

ROOT = Path(__file__).parent.parent.parent.parent


def start(monkeypatch: pytest.MonkeyPatch, folder: Path | None = None) -> AppTest:
    if folder is not None:
        monkeypatch.setenv("MMM_GROUPS_MODELS", str(folder))
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def chosen(at: AppTest) -> Any:
    return next(group for group in at.button_group if group.key == "flighting")


def test_another_flighting_asks_for_other_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    at = start(monkeypatch)
    assert chosen(at).value == "even"
    at = chosen(at).set_value("last_year").run()
    assert not at.exception
    assert any("have to be read from the model once" in info.value for info in at.info)
    at = chosen(at).set_value("even").run()
    assert not any("have to be read" in info.value for info in at.info)
    assert at.metric[0].label == "Reference spend"


def test_a_window_whose_year_before_nobody_knows_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "daily.nc").write_bytes(fitted_model("daily").read_bytes())  # 104 days of history
    at = start(monkeypatch, tmp_path)
    at = at.selectbox(key="model").set_value("daily.nc").run()
    at = chosen(at).set_value("last_year").run()
    assert any("Spread the money evenly, or give a table of weights" in error.value for error in at.error)
    assert chosen(at).value == "even"


def test_an_own_table_begins_with_what_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    at = start(monkeypatch)
    at = chosen(at).set_value("table").run()
    assert not at.exception
    assert any("only their proportions count" in caption.value for caption in at.caption)
    # The table is even, but a table all the same: it has a fingerprint of its own.
    assert any("have to be read" in info.value for info in at.info)
    at = at.number_input(key="window-periods").set_value(12).run()
    assert chosen(at).value == "even"


@pytest.mark.pymc
def test_prices_per_unit_change_the_curves_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = fitted_model("cost_per_unit")
    (tmp_path / "priced.nc").write_bytes(source.read_bytes())
    model = mg.load_model(tmp_path / "priced.nc")
    mg.response_curves(model)  # into the cache, so that the page has them at once
    at = start(monkeypatch, tmp_path)
    at = at.selectbox(key="model").set_value("priced.nc").run()
    assert not at.exception
    before = {metric.label: metric.value for metric in at.metric}
    usual = at.number_input(key="price-tv").value
    assert usual is not None
    at = at.number_input(key="price-tv").set_value(2 * usual).run()
    after = {metric.label: metric.value for metric in at.metric}
    assert before["Reference spend"] == after["Reference spend"]
    assert float(after["ROI"]) < float(before["ROI"])
    assert any("other prices per unit" in warning.value for warning in at.warning)
    at = at.number_input(key="price-tv").set_value(0.0).run()
    assert any("must be a positive number" in error.value for error in at.error)
    assert at.number_input(key="price-tv").value == 2 * usual


def test_a_budget_beyond_the_curves_offers_to_read_further(monkeypatch: pytest.MonkeyPatch) -> None:
    at = start(monkeypatch)
    at = at.switch_page("pages/3_Optimise.py").run()
    assert not any("no plan goes beyond" in warning.value for warning in at.warning)
    at = at.text_input(key="budget").set_value("50000000").run()
    assert any("below the budget of €50,000,000; no plan goes beyond it" in warning.value for warning in at.warning)
    assert any(button.key == "read-further" for button in at.button)


@pytest.mark.pymc
def test_curves_read_further_reach_the_budget(demo: mg.FittedModel) -> None:
    curves = mg.response_curves(demo, budget=12_000_000.0, use_cache=False)
    assert curves.upper.min() >= 12_000_000
    assert curves.origin.measured_error < 1e-4
    usual = mg.response_curves(demo)
    assert curves.origin.fingerprint != usual.origin.fingerprint
    plan = by_name(usual.reference_spend)
    assert float(curves.response_at(plan).sum("channel").mean()) == pytest.approx(
        float(usual.response_at(plan).sum("channel").mean()), rel=1e-4
    )
    assert CurveRequest(demo.next_horizon(), budget=1.0).budget == 1.0
