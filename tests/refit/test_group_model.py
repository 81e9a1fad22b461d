"""What a refit at group level would fit: summed spend, carried priors, and clear refusals."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.fitted_models import fitted_model

import mmm_groups as mg
from mmm_groups.errors import ModelFileError, NotFittedError, RefitError
from mmm_groups.numerics.labelled import row_of
from mmm_groups.refit.fit_statistics import FitStatistics, explained
from mmm_groups.refit.group_model import RefitSettings, estimated_seconds, group_level_model, refit_key
from mmm_groups.refit.priors import group_priors
from mmm_groups.refit.sampler import MOST_KEPT, _thinned

META = {"Meta": ["facebook", "instagram"]}


def with_attributes(model: mg.FittedModel, **changes: Any) -> mg.FittedModel:
    return replace(model, file=replace(model.file, attributes=model.file.attributes | changes))


def attributes_with_height(dist: str, dims: list[str] | None = None, **kwargs: Any) -> dict[str, Any]:
    prior = {"dist": dist, "kwargs": kwargs, "dims": ["channel"] if dims is None else dims}
    bend = {"dist": "Gamma", "kwargs": {"alpha": [3.0, 5.0, 9.0], "beta": 1.0}, "dims": ["channel"]}
    return {
        "channel_columns": ["a", "b", "c"],
        "model_config": {"saturation_beta": prior},
        "adstock": {"__type__": "x.GeometricAdstock", "prefix": "adstock", "priors": {}},
        "saturation": {
            "__type__": "x.LogisticSaturation",
            "prefix": "saturation",
            "priors": {"lam": bend, "beta": {"dist": "HalfNormal", "kwargs": {"sigma": 99.0}, "dims": ["channel"]}},
        },
    }


BLOCKS = {"AB": ("a", "b"), "c": ("c",)}
SPENT = {"a": 3.0, "b": 1.0, "c": 7.0}


def test_the_members_spend_is_summed_on_every_date(demo: mg.FittedModel, platforms: mg.ChannelGroups) -> None:
    wanted = group_level_model(demo, platforms)
    by_hand = demo.historical_spend[["tv", "radio", "outdoor"]].sum(axis=1).to_numpy()
    assert wanted.history["Offline"].to_numpy() == pytest.approx(by_hand, rel=1e-12)
    assert list(wanted.history.columns) == [
        "date", "Meta", "Google", "Offline", "tiktok", "display", "price_index", "trend",
    ]  # fmt: skip
    assert wanted.attributes["channel_columns"] == ["Meta", "Google", "Offline", "tiktok", "display"]
    assert wanted.cells == {name: (name,) for name in wanted.groups}
    assert len(wanted.target) == len(demo.dates)


def test_everything_but_channels_and_priors_stays(demo: mg.FittedModel) -> None:
    wanted, had = group_level_model(demo, META).attributes, demo.file.attributes
    changed = {name for name in had if wanted[name] != had[name]}
    assert changed == {"channel_columns", "model_config", "saturation"}
    assert wanted["saturation"]["__type__"] == had["saturation"]["__type__"]
    assert wanted["model_config"]["saturation_beta"] == wanted["saturation"]["priors"]["beta"]


def test_the_table_of_priors_says_what_was_and_what_is_now(demo: mg.FittedModel) -> None:
    table = group_level_model(demo, META).priors.set_index(["parameter", "channel"])
    height = row_of(table, ("saturation_beta", "Meta"))
    assert height["was"] == "facebook HalfNormal(sigma=0.15); instagram HalfNormal(sigma=0.15)"
    assert height["now"] == "HalfNormal(sigma=0.3)"
    assert "add up" in height["why"]
    assert table.loc[("saturation_beta", "tv"), "now"] == "HalfNormal(sigma=0.15)"
    bend = row_of(table, ("saturation_lam", ""))
    assert bend["was"] == bend["now"] == "Gamma(alpha=4, beta=1.5)"


@given(st.lists(st.floats(0.1, 3.0), min_size=3, max_size=3), st.lists(st.floats(0.1, 1.0), min_size=3, max_size=3))
@pytest.mark.parametrize(("dist", "names"), [("Gamma", ("mu", "sigma")), ("LogNormal", ("mu", "sigma"))])
def test_the_height_of_a_group_has_the_moments_of_the_sum(
    dist: str, names: tuple[str, str], first: list[float], second: list[float]
) -> None:
    numbers: dict[str, Any] = dict(zip(names, (first, second), strict=True))
    attributes = attributes_with_height(dist, **numbers)
    found = group_priors(attributes, BLOCKS, SPENT).model_config["saturation_beta"]["kwargs"]

    def frozen(one: float, other: float) -> Any:  # scipy's own moments
        if dist == "LogNormal":
            return stats.lognorm(s=other, scale=np.exp(one))
        return stats.gamma(a=(one / other) ** 2, scale=other**2 / one)

    members = [frozen(first[k], second[k]) for k in (0, 1)]
    group = frozen(*(found[name][0] for name in names))
    assert group.mean() == pytest.approx(sum(one.mean() for one in members), rel=1e-9)
    assert group.var() == pytest.approx(sum(one.var() for one in members), rel=1e-9)
    assert [found[name][1] for name in names] == pytest.approx([first[2], second[2]])


def test_gammas_by_shape_and_rate_have_the_moments_of_the_sum() -> None:
    attributes = attributes_with_height("Gamma", alpha=[2.0, 3.0, 1.0], beta=[1.0, 2.0, 1.0])
    found = group_priors(attributes, BLOCKS, SPENT).model_config["saturation_beta"]["kwargs"]
    group = stats.gamma(a=found["alpha"][0], scale=1 / found["beta"][0])
    members = [stats.gamma(a=2.0, scale=1.0), stats.gamma(a=3.0, scale=0.5)]
    assert group.mean() == pytest.approx(sum(one.mean() for one in members))
    assert group.var() == pytest.approx(sum(one.var() for one in members))


@pytest.mark.parametrize(
    ("dist", "kwarg", "of"),
    [
        ("HalfNormal", "sigma", lambda x: stats.halfnorm(scale=x)),
        ("Exponential", "lam", lambda x: stats.expon(scale=1 / x)),
        ("Exponential", "scale", lambda x: stats.expon(scale=x)),
    ],
)
def test_a_prior_with_one_number_keeps_the_mean_of_the_sum(dist: str, kwarg: str, of: Any) -> None:
    number: dict[str, Any] = {kwarg: [0.5, 2.0, 1.0]}
    attributes = attributes_with_height(dist, **number)
    found = group_priors(attributes, BLOCKS, SPENT).model_config["saturation_beta"]["kwargs"][kwarg]
    assert of(found[0]).mean() == pytest.approx(of(0.5).mean() + of(2.0).mean())


def test_what_bends_the_curve_is_averaged_by_spend_where_channels_differ() -> None:
    attributes = attributes_with_height("HalfNormal", sigma=1.0)
    priors = group_priors(attributes, BLOCKS, SPENT)
    assert priors.components["saturation"]["priors"]["lam"]["kwargs"]["alpha"] == pytest.approx([3.5, 9.0])
    row = row_of(priors.table.set_index(["parameter", "channel"]), ("saturation_lam", "AB"))
    assert row["was"] == "a Gamma(alpha=3, beta=1); b Gamma(alpha=5, beta=1)"
    assert "historical spend" in row["why"]


def test_priors_that_cannot_be_added_up_are_refused() -> None:
    with pytest.raises(RefitError, match=r"prior Beta\(alpha, beta\) of the height 'saturation_beta' cannot be added"):
        group_priors(attributes_with_height("Beta", alpha=1.0, beta=2.0), BLOCKS, SPENT)
    with pytest.raises(RefitError, match="all its channels share one height"):
        group_priors(attributes_with_height("HalfNormal", dims=[], sigma=1.0), BLOCKS, SPENT)


def test_a_panel_is_grouped_the_same_way_in_every_cell() -> None:
    panel = mg.load_model(fitted_model("panel"))
    both = {"A": ["US · tv", "US · search", "DE · tv", "DE · search"]}
    wanted = group_level_model(panel, both)
    assert wanted.cells["A"] == ("DE · A", "US · A")
    assert wanted.blocks == {"A": ("tv", "search"), "social": ("social",)}
    by_hand = panel.historical_spend[["US · tv", "US · search"]].sum(axis=1).to_numpy()
    assert wanted.history.query("geo == 'US'")["A"].to_numpy() == pytest.approx(by_hand)

    apart = group_level_model(panel, {"A": ["US · tv", "US · search"], "B": ["DE · tv", "DE · search"]})
    assert (apart.cells["A"], apart.cells["B"]) == (("US · tv + search",), ("DE · tv + search",))
    with pytest.raises(RefitError, match="put other channels together in DE than in US"):
        group_level_model(panel, {"A": ["US · tv", "US · search"]})


def test_groups_of_one_are_the_model_itself(demo: mg.FittedModel) -> None:
    with pytest.raises(RefitError, match="no group sums several channels, so the refit would be the model"):
        group_level_model(demo, {"TV": ["tv"]})
    panel = mg.load_model(fitted_model("panel"))
    with pytest.raises(RefitError, match="within one cell"):
        group_level_model(panel, {"TV": ["US · tv", "DE · tv"]})


def test_units_cannot_be_summed() -> None:
    priced = mg.load_model(fitted_model("cost_per_unit"))
    with pytest.raises(RefitError, match=r"counts tv of group 'A' in units bought .*, search in money"):
        group_level_model(priced, {"A": ["tv", "search"]})
    with pytest.raises(RefitError, match=r"counts tv, social of group 'A' .* each perhaps in another unit"):
        group_level_model(priced, {"A": ["tv", "social"]})


@pytest.mark.parametrize(
    ("attribute", "value", "told"),
    [
        ("lift_test_calibrations", [{"name": "test"}], "lift test calibrations"),
        ("dag", "digraph {}", "a causal graph"),
        ("mu_effects", [{"__type__": "acme.FunnelEffect"}], "the effect 'FunnelEffect', which may read channels"),
        ("time_varying_media", {"__type__": "pymc_marketing.mmm.hsgp.SoftPlusHSGP"}, "of its own for time_varying_m"),
        ("scaling", {"channel": {"__type__": "x.FixedScaling", "dims": []}}, "fixed scales of its channels"),
        ("scaling", {"channel": {"__type__": "x.Data", "dims": ["channel"]}}, "one scale shared by all channels"),
        ("saturation", {"__type__": "acme.SquareRootSaturation", "prefix": "s", "priors": {}}, "'SquareRootSaturati"),
    ],
)
def test_features_that_cannot_be_rebuilt_are_named(demo: mg.FittedModel, attribute: str, value: Any, told: str) -> None:
    with pytest.raises(RefitError, match=told):
        group_level_model(with_attributes(demo, **{attribute: value}), META)


def test_missing_columns_are_named(demo: mg.FittedModel) -> None:
    with pytest.raises(RefitError, match=r"lacks the columns \['weather'\]"):
        group_level_model(with_attributes(demo, control_columns=["price_index", "weather"]), META)


def test_a_group_named_like_a_column_is_refused(demo: mg.FittedModel) -> None:
    with pytest.raises(RefitError, match=r"groups named \['trend'\]"):
        group_level_model(demo, {"trend": ["facebook", "instagram"]})


@pytest.mark.parametrize(
    "name",
    [
        "TV/Radio",
        "/",
        ".",
        "..",
        "a\0b",
        "a\nb",
        "\ud800",
        "_nc4_non_coord_x",
        " a ",
        "é 日本",
        "a:b",
        "_FillValue",
        "0",
    ],
)
def test_names_that_a_file_cannot_hold_are_refused_before_anything_is_fitted(
    name: str, demo: mg.FittedModel, tmp_path: Path
) -> None:
    dataset = xr.Dataset({name: ("date", [1.0, 2.0])}, coords={"date": [1, 2]})
    try:
        xr.DataTree.from_dict({"fit_data": dataset}).to_netcdf(tmp_path / "file.nc", engine="h5netcdf")
        is_kept = list(xr.load_datatree(tmp_path / "file.nc", engine="h5netcdf")["fit_data"].data_vars) == [name]
    except ValueError:  # also of letters that no text can hold
        is_kept = False
    groups = {name: ["facebook", "instagram"]}
    if is_kept and name not in ("..", "a\nb"):  # which no person can tell from others
        assert name in group_level_model(demo, groups).history
    else:
        with pytest.raises(RefitError, match=r"takes no slash and no line break. Rename the groups"):
            group_level_model(demo, groups)


def test_a_group_of_a_panel_named_like_a_column_alone_is_refused() -> None:
    panel = mg.load_model(fitted_model("panel"))
    columns = list(panel.file.attributes["channel_columns"])
    first, *others = columns
    with pytest.raises(RefitError, match="Rename the groups"):
        group_level_model(panel, {first: [f"{geo} · {name}" for geo in ("US", "DE") for name in others]})


def test_a_file_without_training_data_is_refused(demo: mg.FittedModel, tmp_path: Path) -> None:
    path = tmp_path / "bare.nc"
    path.write_bytes(demo.path.read_bytes())
    opened = mg.load_model(path)
    with h5py.File(path, "a") as file:
        del file["fit_data"]
    with pytest.raises((NotFittedError, ModelFileError), match="training data"):
        mg.load_model(path)
    with pytest.raises(RefitError, match=r"'bare.nc' holds no training data"):
        group_level_model(opened, META)


def test_the_date_column_keeps_its_name_and_texts_become_dates(demo: mg.FittedModel, tmp_path: Path) -> None:
    tree = xr.load_datatree(demo.path, engine="h5netcdf")
    data = tree["fit_data"].to_dataset().rename(date="date_week")
    written = demo.dates.strftime("%Y-%m-%d").astype(str)
    tree["fit_data"] = xr.DataTree(data.assign_coords(date_week=np.asarray(written)))
    tree.attrs["date_column"] = "date_week"
    tree.to_netcdf(tmp_path / "weeks.nc", engine="h5netcdf")
    wanted = group_level_model(mg.load_model(tmp_path / "weeks.nc"), META)
    assert list(wanted.history["date_week"]) == list(demo.dates)
    pd.testing.assert_frame_equal(
        wanted.history.drop(columns="date_week"), group_level_model(demo, META).history.drop(columns="date")
    )


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(RefitError, match=r"'chains' of a refit is 1\. Choose 2 to 16"):
        RefitSettings(chains=1)


def test_the_key_changes_with_what_is_asked_and_not_with_the_order(demo: mg.FittedModel) -> None:
    one = refit_key(demo, {"A": ("tv", "radio"), "B": ("search", "youtube")}, RefitSettings())
    assert one == refit_key(demo, {"B": ("youtube", "search"), "A": ("radio", "tv")}, RefitSettings())
    assert one != refit_key(demo, {"A": ("tv", "radio"), "C": ("search", "youtube")}, RefitSettings())
    assert one != refit_key(demo, {"A": ("tv", "radio"), "B": ("search", "youtube")}, RefitSettings(draws=2001))


def test_more_work_takes_longer(demo: mg.FittedModel) -> None:
    history = group_level_model(demo, META).history
    least, most = estimated_seconds(history, 8, RefitSettings(), cores=2)
    assert 0 < least < most
    assert estimated_seconds(history, 8, RefitSettings(draws=3000), cores=2) > (least, most)
    assert estimated_seconds(history, 8, RefitSettings(), cores=4) < (least, most)


def test_r2_and_mape_by_hand() -> None:
    outcome, predicted = np.array([1.0, 2.0, 3.0, 0.0]), np.array([1.5, 2.0, 2.0, 1.0])
    r2, mape = explained(outcome, predicted)
    assert r2 == pytest.approx(1 - (0.25 + 0 + 1 + 1) / (0.25 + 0.25 + 2.25 + 2.25))
    assert mape == pytest.approx((0.5 + 0 + 1 / 3) / 3)


def test_a_fit_that_did_not_converge_says_so() -> None:
    good = FitStatistics(0.9, 0.05, 2000, 4, 1.005, "beta", 800.0, 0)
    assert good.troubles == ()
    bad = replace(good, rhat=1.2, ess=50.0, divergences=7)
    told = " ".join(bad.troubles)
    assert "r-hat of beta is 1.200" in told
    assert "Only 50 of the 2000 draws" in told
    assert "at 7 of 2000 draws" in told
    assert "one chain" in replace(good, rhat=float("nan")).troubles[0]
    assert FitStatistics.from_json(json.loads(json.dumps(bad.as_json()))) == bad
    with pytest.raises(RefitError, match="damaged"):
        FitStatistics.from_json({"r2": 1.0})


def test_the_training_data_is_read_once_and_left_alone(demo: mg.FittedModel) -> None:
    before = demo.path.read_bytes()
    group_level_model(demo, META)
    assert demo.path.read_bytes() == before
    assert isinstance(xr.load_dataset(demo.path, group="fit_data", engine="h5netcdf"), xr.Dataset)


@pytest.mark.parametrize(("draws", "kept"), [(2000, 500), (500, 500), (501, 251), (100, 100)])
def test_the_file_of_a_refit_holds_evenly_spaced_draws(draws: int, kept: int) -> None:
    values = (("chain", "draw"), np.tile(np.arange(float(draws)), (4, 1)))
    fitted = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"beta": values}),
            "sample_stats": xr.Dataset({"diverging": values}),
            "fit_data": xr.Dataset({"y": ("date", np.zeros(3))}),
        }
    )
    found = _thinned(fitted)
    assert found["posterior"]["beta"].shape == (4, kept)
    assert 4 * kept <= MOST_KEPT
    assert len(set(np.diff(found["posterior"]["beta"].to_numpy()[0]))) <= 1
    xr.testing.assert_equal(found["sample_stats"]["diverging"], found["posterior"]["beta"].rename("diverging"))
    assert found["fit_data"]["y"].size == 3
