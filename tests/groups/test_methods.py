"""The three methods of making a group's curve, and the best split."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves
from support.examples import examples

import mmm_groups as mg
from mmm_groups.errors import ConstraintError, CurvesError
from mmm_groups.groups.methods import Method
from mmm_groups.groups.re_estimation import FAMILIES, Family, fit_saturation, re_estimated
from mmm_groups.numerics.labelled import by_name

C = mg.ConstraintBuilder
PAIR = mg.ChannelGroups({"A": ["c0", "c1"]})


@examples(25)
@given(share=st.floats(0.01, 0.99), at=st.floats(0.01, 1))
def test_jensen_the_weighted_average_of_concave_curves_never_exceeds_the_sum(share: float, at: float) -> None:
    curves = root_curves([3.0, 1.0], points=200)
    split = {"A": {"c0": share, "c1": 1 - share}}
    summed = mg.group_curves(curves, PAIR, "sum", split)
    average = mg.group_curves(curves, PAIR, "weighted_average", split)
    spend = np.array([at * float(average.spend[0, -1])])
    assert (average.draws_along("A", spend) <= summed.draws_along("A", spend) * (1 + 1e-9)).all()


def test_the_weighted_average_has_a_closed_form() -> None:
    curves = root_curves([3.0, 1.0], points=400)
    made = mg.group_curves(curves, PAIR, "weighted_average", {"A": {"c0": 0.25, "c1": 0.75}})
    found = made.draws_along("A", np.array([64.0])).mean()
    assert found == pytest.approx((0.25 * 3 + 0.75) * 8, rel=1e-4)


def test_one_channel_is_the_same_by_every_method(demo_curves: mg.ResponseCurves) -> None:
    spends = demo_curves.reference_spend
    for method in ("sum", "weighted_average", "re_estimated"):
        made = mg.group_curves(demo_curves, method=method)
        found = made.response_at(spends)
        np.testing.assert_allclose(found, demo_curves.response_at(by_name(spends)), rtol=1e-6)


shapes: dict[str, Callable[..., np.ndarray]] = {
    "logistic": lambda x, half, slope: np.tanh(np.log(3) / 2 * x / half),
    "michaelis_menten": lambda x, half, slope: x / (x + half),
    "hill": lambda x, half, slope: x**slope / (x**slope + half**slope),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_re_estimation_recovers_a_known_curve(family: Family) -> None:
    rng = np.random.default_rng(3)
    spend = rng.uniform(0.1, 1.0, 120) * 1e6
    half, slope, top = rng.uniform(0.3, 1.5, 50) * 1e6, rng.uniform(1.2, 3, 50), rng.uniform(1, 5, 50) * 1e6
    curve = shapes[family]
    response = top[:, None] * curve(spend[None], half[:, None], slope[:, None])
    fit = fit_saturation(spend, response)
    assert fit.family == family
    assert fit.error < 1e-6
    at = np.linspace(0, 2e6, 30)
    np.testing.assert_allclose(fit.at(at), top[:, None] * curve(at[None], half[:, None], slope[:, None]), rtol=1e-3)
    assert (fit.at(np.zeros(1)) == 0).all()


def test_re_estimation_is_least_squares(demo_curves: mg.ResponseCurves) -> None:
    """No other curve of the family, found by SciPy from several starts, fits a draw better."""
    from scipy.optimize import least_squares

    made = mg.group_curves(demo_curves, mg.ChannelGroups({"Offline": ["tv", "radio", "outdoor"]}), "re_estimated")
    fit = made.fits["Offline"]
    assert fit.family == "logistic"  # the demo's own family
    windows = demo_curves.historical_spend[["tv", "radio", "outdoor"]].rolling(13).sum().dropna()
    totals = windows.sum(axis=1).to_numpy()
    mixes = [by_name(mix) for _, mix in windows.iterrows()]
    others = dict.fromkeys(demo_curves.channels, 0.0)
    response = np.stack([demo_curves.response_at(others | mix).sum("channel").values for mix in mixes], axis=1)
    for draw in (0, 57, 399):
        y = response[draw] / 1e6

        def miss(p: np.ndarray, y: np.ndarray = y) -> np.ndarray:
            return np.asarray(np.exp(p[0]) * np.tanh(totals / 1e6 / np.exp(p[1])) - y)

        best = min(least_squares(miss, start).cost for start in ([0, 0], [1, 1], [2, 0], [0, 2]))
        ours = 0.5 * float(((fit.at(totals)[draw] / 1e6 - y) ** 2).sum())
        assert ours <= best * (1 + 1e-6)


def test_a_poor_fit_is_told() -> None:
    # Money alternates between a strong and a weak channel: no curve of the total can describe that.
    curves = root_curves([9.0, 1.0], points=200)
    dates = pd.date_range("2025-01-06", periods=40, freq="W-MON")
    swing = np.where(np.arange(40) % 2 == 0, 1.0, 0.0)
    history = pd.DataFrame({"c0": 8 * swing + 0.1, "c1": 8.1 - 8 * swing}, index=dates)
    swinging = mg.ResponseCurves.from_arrays(
        curves.channels, curves.spend.values, curves.response.values, history, periods=1
    )
    made = mg.group_curves(swinging, PAIR, "re_estimated")
    assert made.fits["A"].error > 0.2
    assert any("misses the responses of its own history" in note for note in made.notes)
    assert any("hardly varied in history" in note for note in made.notes)


def told_of(mixes: np.ndarray, response: Callable[[np.ndarray], np.ndarray]) -> tuple[str, ...]:
    """Notes about the re-estimated pair when history, (window, channel), and the channels' curves are these."""
    spend = np.tile(40 * np.linspace(0, 1, 500) ** 2, (2, 1))
    history = pd.DataFrame(
        mixes, columns=["c0", "c1"], index=pd.date_range("2025-01-06", periods=len(mixes), freq="W-MON")
    )
    curves = mg.ResponseCurves.from_arrays(["c0", "c1"], spend, response(spend)[None], history, periods=1)
    return mg.group_curves(curves, PAIR, "re_estimated").notes


def test_a_mix_that_never_moved_is_told() -> None:
    totals = np.linspace(2, 30, 40)

    def bent(spend: np.ndarray) -> np.ndarray:
        return np.asarray(spend / (spend + np.array([[8.0], [10.0]])))

    still = told_of(np.stack([0.4 * totals, 0.6 * totals], axis=1), bent)
    assert len(still) == 1
    assert "channels of A always moved together (no share by more than 0.0%)" in still[0]
    share = 0.4 + 0.05 * np.cos(np.arange(40))
    assert not told_of(np.stack([share * totals, (1 - share) * totals], axis=1), bent)


def test_a_sum_of_s_shapes_that_one_curve_cannot_follow_is_told() -> None:
    def two_steps(spend: np.ndarray) -> np.ndarray:
        half = np.array([[2.0], [14.0]])
        return np.asarray(spend**6 / (spend**6 + half**6))

    totals = np.linspace(1, 38, 60)
    told = told_of(np.stack([0.5 * totals, 0.5 * totals], axis=1), two_steps)
    assert "misses the responses of its own history" in told[0]


def test_a_well_told_mix_has_no_notes(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    made = mg.group_curves(demo_curves, platforms, "re_estimated")
    assert all(made.fits[name].error < 0.03 for name in made.fits)
    assert made.notes == ()


def test_re_estimation_needs_history() -> None:
    with pytest.raises(CurvesError, match="of A needs at least 6 historical windows with spend; there are 1"):
        mg.group_curves(root_curves([1.0, 2.0]), PAIR, "re_estimated")


def test_the_best_split_beats_every_fixed_one(demo_curves: mg.ResponseCurves) -> None:
    groups = mg.ChannelGroups({"Google": ["search", "youtube"]})
    best = mg.group_curves(demo_curves, groups, split="marginal_roi")
    spend = np.linspace(0, 3e6, 40)
    top = best.draws_along("Google", spend).mean(axis=0)
    for share in np.linspace(0, 1, 11):
        fixed = mg.group_curves(demo_curves, groups, split={"Google": {"search": share, "youtube": 1 - share}})
        assert (fixed.draws_along("Google", spend).mean(axis=0) <= top * (1 + 1e-6) + 1e-6).all()
    parts = best.parts_along("Google", spend)
    np.testing.assert_allclose(sum(parts.values()), top, rtol=1e-6)


@pytest.mark.parametrize("rule", ["historical", "marginal_roi"])
def test_the_sum_is_the_channels_draw_by_draw(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups, rule: str
) -> None:
    made = mg.group_curves(demo_curves, platforms, split=rule)  # type: ignore[arg-type]
    for factor in (0.1, 0.77, 2.0):
        spends = pd.Series({g: factor * demo_curves.reference_spend[list(m)].sum() for g, m in made.groups.items()})
        plan = made.channel_plan(spends)
        assert plan.sum() == pytest.approx(spends.sum(), rel=1e-12)
        wanted = demo_curves.response_at(by_name(plan)).sum("channel")
        np.testing.assert_allclose(made.response_at(spends).sum("group"), wanted, rtol=1e-5)


def test_sum_with_the_best_split_is_the_channel_optimum(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    constraints = [C.spend_bounds("youtube", upper=5e5), C.group_max_spend(["Offline"], 9e5), C.lock("radio", 1e5)]
    goal = mg.FixedBudget(4.4e6)
    grouped = mg.optimize(demo_curves, goal=goal, groups=platforms, split="marginal_roi", constraints=constraints)
    report = mg.consistency(grouped)
    assert report.cost_of_grouping <= 1e-5 * grouped.utility
    assert grouped.channel_spends["youtube"] <= 5e5 * (1 + 1e-7)
    assert grouped.channel_spends["radio"] == pytest.approx(1e5)
    assert grouped.spends["Offline"] <= 9e5 * (1 + 1e-7)
    assert report.holds
    np.testing.assert_allclose(grouped.groups["predicted"], grouped.groups["response"], rtol=1e-6)


@pytest.mark.parametrize("method", ["weighted_average", "re_estimated"])
def test_other_methods_are_optimised_on_their_own_curves(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups, method: str
) -> None:
    goal = mg.FixedBudget(4.4e6)
    plan = mg.optimize(demo_curves, goal=goal, groups=platforms, method=method)  # type: ignore[arg-type]
    assert plan.gap <= 1e-6
    report = mg.consistency(plan)
    assert report.holds
    # What the method promised, and what the channels deliver, are told apart.
    assert report.aggregation_error.abs().max() > 1000
    missed = float(plan.predicted.mean() - plan.response.mean())
    assert report.aggregation_error.sum() == pytest.approx(missed, rel=1e-6)
    made = plan.problem.group_curves
    over_sum = 0.0
    for name, spend in plan.spends.items():
        at = np.array([spend])
        channels = sum(float(part[0]) for part in made.parts_along(str(name), at).values())
        over_sum += float(made.draws_along(str(name), at).mean()) - channels
    assert over_sum == pytest.approx(missed, rel=1e-3)
    summed = mg.optimize(demo_curves, goal=goal, groups=platforms)
    assert float(plan.response.mean()) <= summed.utility * (1 + 1e-6)
    assert report.cost_of_grouping >= mg.consistency(summed).cost_of_grouping - 1


def test_a_channels_limit_needs_a_path_that_can_keep_it(
    demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups
) -> None:
    with pytest.raises(ConstraintError, match=r"holds single channels of Google.*Use the sum method"):
        mg.optimize(
            demo_curves,
            goal=mg.FixedBudget(4.4e6),
            groups=platforms,
            method="weighted_average",
            split="marginal_roi",
            constraints=[C.spend_bounds("youtube", upper=3e5)],
        )


def test_split_plan_by_marginal_roi(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> None:
    plan = mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4.4e6),
        groups=platforms,
        constraints=[C.spend_bounds("youtube", upper=4.5e5)],
    )
    best = mg.split_plan(plan, "marginal_roi")
    pd.testing.assert_series_equal(best.spends, plan.spends)
    assert best.channel_spends["youtube"] == pytest.approx(4.5e5, rel=1e-6)
    assert best.utility > plan.utility
    slopes = best.channels["mroi"]
    assert slopes["facebook"] == pytest.approx(slopes["instagram"], rel=0.02)
    assert slopes["tv"] == pytest.approx(slopes["radio"], rel=0.02)


METHODS: tuple[Method, ...] = ("sum", "weighted_average", "re_estimated")


@examples(20)
@given(
    tops=st.lists(st.floats(0.5, 5), min_size=3, max_size=3),
    halves=st.lists(st.floats(3, 30), min_size=3, max_size=3),
    shares=st.lists(st.floats(0.05, 1), min_size=3, max_size=3),
    channels=st.permutations(["c0", "c1", "c2"]),
    draws=st.permutations(list(range(4))),
)
def test_properties_of_every_method(
    tops: list[float], halves: list[float], shares: list[float], channels: list[str], draws: list[int]
) -> None:
    """Monotone, zero at zero, no better than its channels at most, and blind to the order of channels and draws."""
    spend = np.tile(40 * np.linspace(0, 1, 150) ** 2, (3, 1))
    bends = spend[None] / (spend[None] + np.array(halves)[None, :, None])
    response = np.array(tops)[None, :, None] * np.array([0.8, 0.95, 1.1, 1.3])[:, None, None] * bends
    rng = np.random.default_rng(5)
    dates = pd.date_range("2025-01-06", periods=25, freq="W-MON")
    history = pd.DataFrame(rng.uniform(1, 20, (25, 3)), columns=["c0", "c1", "c2"], index=dates)
    split = {"A": {name: share / sum(shares) for name, share in zip(("c0", "c1", "c2"), shares, strict=True)}}
    order = [int(name[1]) for name in channels]

    def curves(order: list[int], draws: list[int]) -> mg.ResponseCurves:
        names = [f"c{i}" for i in order]
        return mg.ResponseCurves.from_arrays(names, spend[order], response[draws][:, order], history[names], periods=1)

    at = np.linspace(0, 38, 60)
    for method in METHODS:
        made = mg.group_curves(
            curves([0, 1, 2], [0, 1, 2, 3]), mg.ChannelGroups({"A": ["c0", "c1", "c2"]}), method, split
        )
        found = made.draws_along("A", at)
        assert (np.abs(found[:, 0]) <= 1e-9 * found.max()).all()
        assert (np.diff(found, axis=1) >= -1e-9 * found.max()).all()
        turned = mg.group_curves(curves(order, draws), mg.ChannelGroups({"A": channels}), method, split)
        np.testing.assert_allclose(turned.draws_along("A", at), found[draws], rtol=1e-6, atol=1e-9)


def test_eight_groups_are_re_estimated_fast() -> None:
    """Eight groups of three channels by 1,000 draws: a second on two free cores; the bound is for a busy machine."""
    rng = np.random.default_rng(1)
    names = [f"c{i}" for i in range(24)]
    spend = np.tile(30 * np.linspace(0, 1, 120) ** 2, (24, 1))
    half = rng.uniform(3, 20, (1, 24, 1)) * np.exp(0.1 * rng.normal(size=(1000, 24, 1)))
    history = pd.DataFrame(
        rng.gamma(2, 2, (145, 24)).clip(max=29), columns=names, index=pd.date_range("2023-01-02", periods=145, freq="W")
    )
    curves = mg.ResponseCurves.from_arrays(names, spend, 10 * spend / (spend + half), history, periods=1)
    started = time.process_time()
    for group in range(8):
        re_estimated(curves, f"g{group}", tuple(names[3 * group : 3 * group + 3]))
    assert time.process_time() - started < 4
