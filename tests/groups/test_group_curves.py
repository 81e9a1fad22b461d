"""Groups, shares and group curves."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves
from support.examples import examples

import mmm_groups as mg
from mmm_groups.errors import CurvesError, GroupingError, SplitError
from mmm_groups.groups.shares import Split, shares_of
from mmm_groups.numerics.labelled import by_name

CHANNELS = ["facebook", "instagram", "search", "tv"]


def test_ungrouped_channels_are_their_own_groups() -> None:
    assert mg.ChannelGroups({"Meta": ["facebook", "instagram"]}).over(CHANNELS) == {
        "Meta": ("facebook", "instagram"),
        "search": ("search",),
        "tv": ("tv",),
    }
    assert list(mg.ChannelGroups().over(CHANNELS)) == CHANNELS


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({"Meta": ["facebook", "instagramm"]}, r"'Meta' names channels.*\['instagramm'\].*It has"),
        ({"A": ["tv"], "B": ["tv"]}, "'tv' stands in 'A' and in 'B'"),
        ({"A": ["tv", "tv"]}, "'tv' stands in 'A' and in 'A'"),
        ({"A": []}, "'A' has no channels"),
        ({" ": ["tv"]}, "has no name"),
        ({"A": "tv"}, r"\['tv'\]"),
        ({"tv": ["facebook", "search"]}, "'tv' bears the name of a channel"),
    ],
)
def test_impossible_groupings_are_refused(groups: dict[str, list[str]], words: str) -> None:
    with pytest.raises(GroupingError, match=words):
        mg.ChannelGroups(groups).over(CHANNELS)


def test_historical_shares_are_those_of_the_reference(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups, demo: mg.FittedModel
) -> None:
    shares = mg.group_curves(demo_curves, platforms).paths["Google"].shares
    assert shares is not None
    last = demo.historical_spend.iloc[-13:]
    assert shares["search"] == pytest.approx(last["search"].sum() / last[["search", "youtube"]].to_numpy().sum())
    assert shares.sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ("even", "no split 'even'. Choose one of"),
        ({"Mata": "historical"}, r"groups that do not exist: \['Mata'\]"),
        ({"Meta": {"facebook": 1.0}}, r"missing: \['instagram'\]"),
        ({"Meta": {"facebook": 0.5, "instagram": 0.4, "tv": 0.1}}, r"Unknown: \['tv'\]"),
        ({"Meta": {"facebook": 1.2, "instagram": -0.2}}, "at least 0.*instagram"),
        (
            {"Meta": {"facebook": 0.7, "instagram": 0.2}},
            r"add up to 90 %.*Change facebook or instagram by \+10 %",
        ),
        ({"Meta": {"facebook": 70, "instagram": 29.9}}, r"add up to 99\.9, not to 1\. Write them as parts of 1"),
        ({"Meta": {"facebook": float("nan"), "instagram": 0.2}}, "must be numbers"),
        ({"Meta": 0.5}, "must be one of"),
    ],
)
def test_impossible_splits_are_refused(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups, split: Split, words: str
) -> None:
    with pytest.raises(SplitError, match=words):
        mg.group_curves(demo_curves, platforms, split=split)


def test_a_historical_split_needs_history() -> None:
    curves = mg.ResponseCurves.from_arrays(["a", "b"], [[0.0, 1]] * 2, np.array([[[0.0, 1]] * 2]))
    with pytest.raises(SplitError, match=r"'A' has no historical spend.*Give shares for \['a', 'b'\]"):
        mg.group_curves(curves, mg.ChannelGroups({"A": ["a", "b"]}))
    assert shares_of(curves, {"a": ("a",)}, "historical")["a"].to_dict() == {"a": 1.0}


def test_an_unknown_method_is_refused(demo_curves: mg.ResponseCurves) -> None:
    with pytest.raises(CurvesError, match="no method 'mean'"):
        mg.group_curves(demo_curves, method="mean")  # type: ignore[arg-type]


def test_dims_and_labels(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    made = mg.group_curves(demo_curves, platforms)
    assert made.spend.dims == ("group", "point")
    assert made.response.dims == ("draw", "group", "point")
    assert list(made.response.coords["group"].values) == ["Meta", "Google", "Offline", "tiktok", "display"]


@examples(30)
@given(share=st.floats(0, 1), spend=st.floats(0, 1))
def test_the_sum_is_the_channels_along_the_split_draw_by_draw(share: float, spend: float) -> None:
    curves = root_curves([3.0, 1.0, 2.0], points=200)
    made = mg.group_curves(curves, mg.ChannelGroups({"A": ["c0", "c1"]}), split={"A": {"c0": share, "c1": 1 - share}})
    amount = spend * float(made.spend.sel(group="A")[-1])
    found = made.response_at(pd.Series({"A": amount, "c2": 1.0})).sel(group="A")
    plan = {"c0": share * amount, "c1": (1 - share) * amount, "c2": 1.0}
    wanted = curves.response_at(plan).sel(channel=["c0", "c1"]).sum("channel")
    # The group's curve has a point wherever a member's has one: no interpolation of its own, only rounding.
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


def test_the_money_is_spent_once() -> None:
    curves = root_curves([1.0, 1.0])
    made = mg.group_curves(curves, mg.ChannelGroups({"A": ["c0", "c1"]}), split={"A": {"c0": 0.5, "c1": 0.5}})
    found = float(made.response_at(pd.Series({"A": 50.0})).mean("draw").sum())
    assert found == pytest.approx(2 * np.sqrt(25), rel=1e-4)  # not 2 * sqrt(50)


def test_large_groups_stay_small_and_exact(demo_curves: mg.ResponseCurves) -> None:
    made = mg.group_curves(demo_curves, mg.ChannelGroups({"All": list(demo_curves.channels)}))
    assert made.spend.sizes["point"] <= 601
    spends = pd.Series({"All": 4_000_000.0})
    wanted = demo_curves.response_at(by_name(made.channel_plan(spends))).sum("channel")
    np.testing.assert_allclose(made.response_at(spends).sel(group="All"), wanted, rtol=1e-5)


def test_the_order_of_channels_is_irrelevant(demo_curves: mg.ResponseCurves) -> None:
    one = mg.group_curves(demo_curves, mg.ChannelGroups({"Meta": ["facebook", "instagram"]}))
    other = mg.group_curves(demo_curves, mg.ChannelGroups({"Meta": ["instagram", "facebook"]}))
    np.testing.assert_allclose(one.mean[0], other.mean[0], rtol=1e-6)


def test_the_groups_mroi_is_the_slope_along_its_split(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    made = mg.group_curves(demo_curves, platforms)
    spends = pd.Series(dict.fromkeys(made.groups, 500000.0))
    channels = demo_curves.mroi_at(by_name(made.channel_plan(spends)))
    for name, slope in made.mroi_at(spends).items():
        shares = made.paths[str(name)].shares_at(1.0)
        assert slope == pytest.approx(float((shares * channels[shares.index]).sum()), rel=0.01)


def test_a_spend_beyond_the_curve_is_refused(demo_curves: mg.ResponseCurves) -> None:
    made = mg.group_curves(demo_curves)
    spends = pd.Series(dict.fromkeys(made.groups, 1e9))
    with pytest.raises(CurvesError, match="'facebook' is 1,000,000,000, but its curve reaches"):
        made.response_at(spends)


def test_the_parts_add_up_to_the_group(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    made = mg.group_curves(demo_curves, platforms)
    spend = np.linspace(0, 2_000_000, 50)
    parts = made.parts_along("Offline", spend)
    assert list(parts) == ["tv", "radio", "outdoor"]
    np.testing.assert_allclose(sum(parts.values()), made.draws_along("Offline", spend).mean(axis=0), rtol=1e-6)


def test_what_history_saw_of_a_group(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    made = mg.group_curves(demo_curves, platforms)
    known = made.largest_known("Meta")
    inside, beyond = pd.Series(dict.fromkeys(made.groups, 1.0)), pd.Series(dict.fromkeys(made.groups, 1.0))
    inside["Meta"], beyond["Meta"] = known * 0.999, known * 1.001
    assert not demo_curves.extrapolated(by_name(made.channel_plan(inside))).any()
    assert demo_curves.extrapolated(by_name(made.channel_plan(beyond))).any()
