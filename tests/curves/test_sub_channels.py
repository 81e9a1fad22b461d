"""Parts of a modelled channel: the formula against closed forms, enumeration and a truth that is known."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves, s_curve
from support.examples import examples
from support.reference import best_by_enumeration, interpolated, square_root_optimum

import mmm_groups as mg
from mmm_groups.curves.netcdf import curve_fields, load_dataset
from mmm_groups.curves.sub_channel_curves import (
    at_historical_mix,
    flighting_of_modelled,
    on_modelled_channels,
    prices_of_modelled,
)
from mmm_groups.curves.sub_channels import parted_names
from mmm_groups.errors import CurvesError, NotAdditiveError, SplitError, SubChannelError
from mmm_groups.export.html_page import report_html
from mmm_groups.export.report import PlanReport
from mmm_groups.export.workbook import workbook
from mmm_groups.numerics.labelled import by_name
from mmm_groups.problem.sub_channel_limits import is_held, sub_channel_limits
from mmm_groups.scenario.document import read_scenario, scenario_json
from mmm_groups.scenario.fields import Group, Source
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.transfer import transfer

C = mg.ConstraintBuilder
FEED = mg.SubChannels("c0", {"feed": 0.8, "reels": 0.2})


@examples(15)
@given(
    raw=st.lists(st.floats(0.05, 1.0), min_size=2, max_size=5),
    effects=st.lists(st.floats(0.2, 5.0), min_size=5, max_size=5),
    spread=st.floats(0.0, 0.6),
    spends=st.lists(st.floats(0.0, 100.0), min_size=1, max_size=3),
)
def test_at_the_historical_mix_the_parts_are_the_parent_in_every_draw(
    raw: list[float], effects: list[float], spread: float, spends: list[float]
) -> None:
    names = [f"part {i}" for i in range(len(raw))]
    shares = {name: x / sum(raw) for name, x in zip(names, raw, strict=True)}
    split = mg.SubChannels(
        "c1", shares, effectiveness=dict(zip(names, effects, strict=False)), uncertainty={names[0]: spread}
    )
    whole = root_curves([3.0, 1.0], draws=5)
    parts = whole.with_subchannels([split])
    for spend in spends:
        together = sum(parts.draws_along(name, np.array([share * spend]))[:, 0] for name, share in shares.items())
        np.testing.assert_allclose(together, whole.draws_along("c1", np.array([spend]))[:, 0], rtol=1e-9, atol=1e-12)


def test_the_formula_is_the_one_that_is_written() -> None:
    split = mg.SubChannels("c0", {"feed": 0.8, "reels": 0.2}, effectiveness={"feed": 1.0, "reels": 3.0})
    parts = root_curves([2.0], draws=1, points=2001).with_subchannels([split])
    mean = 0.8 * 1 + 0.2 * 3  # rescaled: Σ w e = 1
    for part, share, effect in (("feed", 0.8, 1 / mean), ("reels", 0.2, 3 / mean)):
        at = share * np.array([4.0, 25.0, 81.0])
        closed = share * effect * 2.0 * np.sqrt(at / share)
        np.testing.assert_allclose(parts.draws_along(part, at)[0], closed, rtol=1e-6)
    assert parts.channels == ("feed", "reels")
    assert parts.reference_spend.to_dict() == pytest.approx({"feed": 8.0, "reels": 2.0})
    assert parts.largest_spend.to_dict() == pytest.approx({"feed": 8.0, "reels": 2.0})
    assert parts.historical_spend["reels"].tolist() == pytest.approx([0.5] * 4)
    assert parts.upper.to_dict() == pytest.approx({"feed": 80.0, "reels": 20.0})


def test_effectiveness_is_drawn_and_rescaled_in_every_draw() -> None:
    split = mg.SubChannels(
        "c0", {"feed": 0.8, "reels": 0.2}, effectiveness={"reels": 2.0}, uncertainty={"feed": 0.3, "reels": 0.4}
    )
    effects = split.effects(20_000)
    np.testing.assert_allclose(effects @ [0.8, 0.2], 1.0, rtol=1e-12)
    np.testing.assert_allclose(effects.mean(axis=0), [1 / 1.2, 2 / 1.2], rtol=1e-12)
    ratio = np.log(effects[:, 1] / effects[:, 0])  # rescaling moves all ratios alike, and they are log-normal
    assert ratio.std() == pytest.approx(0.5, abs=0.01)
    np.testing.assert_array_equal(effects, split.effects(20_000))
    assert not split.is_even
    assert FEED.is_even
    np.testing.assert_array_equal(FEED.effects(3), np.ones((3, 2)))


@pytest.mark.parametrize("draws", [2, 30, 400])
@pytest.mark.parametrize("uncertainty", [{"a": 0.5}, {"a": 3.0, "b": 1.0}, {"a": 0.3, "b": 0.3, "c": 0.3}])
def test_uncertainty_never_moves_the_mean_of_a_part(draws: int, uncertainty: dict[str, float]) -> None:
    shares, effectiveness = {"a": 0.5, "b": 0.2, "c": 0.3}, {"b": 2.0}
    effects = mg.SubChannels("c0", shares, effectiveness=effectiveness, uncertainty=uncertainty).effects(draws)
    np.testing.assert_allclose(effects.mean(axis=0), np.array([1, 2, 1]) / 1.2, rtol=1e-12)
    np.testing.assert_allclose(effects @ [0.5, 0.2, 0.3], 1.0, rtol=1e-12)
    assert (effects > 0).all()
    assert effects[:, 0].std() > 0.01


def uncertain_parent(draws: int = 40) -> mg.ResponseCurves:
    """Two channels that saturate, whose height and bend differ from draw to draw, in single precision."""
    rng = np.random.default_rng(4)
    points = 100 * np.linspace(0, 1, 80) ** 2
    top, half = rng.lognormal(3, 0.4, (draws, 2, 1)), rng.lognormal(3, 0.3, (draws, 2, 1))
    response = (top * points / (half + points)).astype(np.float32)
    history = pd.DataFrame([[10.0, 10.0]], index=pd.date_range("2025-01-06", periods=1), columns=["c0", "c1"])
    return mg.ResponseCurves.from_arrays(["c0", "c1"], [points, points], response, history)


@pytest.mark.parametrize("names", [("a", "b", "c", "d"), ("feed", "reels", "stories", "other"), ("d", "c", "b", "a")])
@pytest.mark.parametrize("uncertain", [(0, 1, 2, 3), (0,), (1, 2)])
def test_equal_parts_get_equal_money_whatever_their_names_and_their_uncertainty(
    names: tuple[str, ...], uncertain: tuple[int, ...]
) -> None:
    whole = uncertain_parent()
    split = mg.SubChannels("c0", dict.fromkeys(names, 0.25), uncertainty={names[i]: 0.4 for i in uncertain})
    before = mg.optimize(whole, goal=mg.FixedBudget(30.0))
    plan = mg.optimize(whole.with_subchannels([split]), goal=mg.FixedBudget(30.0))
    assert plan.spends[list(names)].to_list() == pytest.approx([before.spends["c0"] / 4] * 4, rel=1e-4)
    assert plan.utility == pytest.approx(before.utility, rel=1e-6)


def test_the_mean_curve_of_an_uncertain_part_is_that_of_a_certain_one() -> None:
    whole, shares = uncertain_parent(), {"a": 0.7, "b": 0.3}
    stated = {"effectiveness": {"b": 1.5}}
    certain = whole.with_subchannels([mg.SubChannels("c0", shares, **stated)])
    drawn = whole.with_subchannels([mg.SubChannels("c0", shares, **stated, uncertainty={"a": 0.2, "b": 0.8})])
    np.testing.assert_allclose(drawn.mean, certain.mean, rtol=1e-6)
    assert drawn.response.values[:, 1].std() > 1.2 * certain.response.values[:, 1].std()


@pytest.mark.parametrize("utility", [mg.MeanResponse(), mg.ConditionalValueAtRisk(0.2)], ids=str)
def test_names_that_change_places_change_nothing_but_names(utility: mg.MeanResponse) -> None:
    whole, statement = uncertain_parent(), [("x", 0.2, 1.0, 0.1), ("y", 0.5, 1.5, 0.4), ("z", 0.3, 0.8, 0.0)]
    renamed = {"x": "z", "y": "x", "z": "y"}

    def planned(rows: list[tuple[str, float, float, float]]) -> pd.Series:
        split = mg.SubChannels(
            "c0",
            {name: share for name, share, _, _ in rows},
            effectiveness={name: effect for name, _, effect, _ in rows},
            uncertainty={name: spread for name, _, _, spread in rows},
        )
        return mg.optimize(whole.with_subchannels([split]), goal=mg.FixedBudget(30.0), utility=utility).spends

    plan = planned(statement)
    other = planned([(renamed[name], share, effect, spread) for name, share, effect, spread in reversed(statement)])
    for name, new in renamed.items():
        assert other[new] == pytest.approx(plan[name], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("budget", [5.0, 20.0, 90.0])
def test_a_concave_parent_with_equal_parts_keeps_its_optimum_and_its_mix(budget: float) -> None:
    whole = root_curves([3.0, 1.0, 2.0])
    parts = whole.with_subchannels([FEED])
    before = mg.optimize(whole, goal=mg.FixedBudget(budget))
    after = mg.optimize(parts, goal=mg.FixedBudget(budget))
    assert after.utility == pytest.approx(before.utility, rel=1e-12)
    assert after.spends["feed"] == pytest.approx(0.8 * before.spends["c0"], rel=1e-9)
    assert after.spends["reels"] == pytest.approx(0.2 * before.spends["c0"], rel=1e-9)
    assert after.gap <= 1e-9
    assert not [limit for limit in after.problem.limits if limit.kind == "sub_channel_share"]


def test_uneven_parts_have_the_closed_form_of_square_roots() -> None:
    split = mg.SubChannels("c0", {"feed": 0.8, "reels": 0.2}, effectiveness={"feed": 1.0, "reels": 2.0})
    curves = root_curves([3.0, 1.0], points=3000, top=400).with_subchannels([split])
    plan = mg.optimize(curves, goal=mg.FixedBudget(60))
    # w e k sqrt(x / w) is a square root again, with the scale k e sqrt(w).
    scales = [3 * (1 / 1.2) * np.sqrt(0.8), 3 * (2 / 1.2) * np.sqrt(0.2), 1.0]
    np.testing.assert_allclose(plan.spends, square_root_optimum(scales, 60), atol=0.2)
    assert plan.spends["reels"] / plan.spends["feed"] > 0.3  # more than the 0.25 of history


def enumerated(
    curves: mg.ResponseCurves, budget: float, steps: int, **rules: object
) -> tuple[float, tuple[float, ...]]:
    readers = [
        partial(interpolated, points=curves.spend.values[place], values=curves.mean[place])
        for place in range(len(curves.channels))
    ]
    return best_by_enumeration(readers, budget, steps, **rules)  # type: ignore[arg-type]


def test_an_s_shaped_parent_rewards_one_part_and_is_held_unless_the_planner_insists() -> None:
    whole, shares, budget = s_curve(), {"feed": 0.5, "reels": 0.5}, 15.0
    held = whole.with_subchannels([mg.SubChannels("c0", shares)])
    free = whole.with_subchannels([mg.SubChannels("c0", shares, hold="never")])
    assert is_held(held, held.origin.assumed[0])
    assert not is_held(free, free.origin.assumed[0])
    best, where = enumerated(free, budget, 120)
    insisted = mg.optimize(free, goal=mg.FixedBudget(budget))
    assert insisted.utility == pytest.approx(best, rel=2e-3)
    assert min(where[:2]) == 0  # all on one part
    assert min(insisted.spends[["feed", "reels"]]) == pytest.approx(0, abs=1e-9)
    plan = mg.optimize(held, goal=mg.FixedBudget(budget))

    def near_the_mix(spends: tuple[float, ...]) -> bool:
        return all(0.4 * sum(spends[:2]) <= part <= 0.6 * sum(spends[:2]) for part in spends[:2])

    inside, _ = enumerated(held, budget, 120, allowed=near_the_mix)
    assert plan.utility >= inside * (1 - 1e-9)
    assert near_the_mix(tuple(plan.spends))
    assert plan.utility < insisted.utility * 0.9
    told = next(limit.label for limit in plan.problem.limits if limit.kind == "sub_channel_share")
    assert told == "feed at least 40 % of c0, near its historical mix"


def test_the_hold_can_be_asked_for_and_says_what_it_means() -> None:
    curves = root_curves([3.0, 1.0]).with_subchannels(
        [mg.SubChannels("c0", {"feed": 0.8, "reels": 0.2}, hold="always", within=0.5)]
    )
    assert [limit.label for limit in sub_channel_limits(curves)] == [
        "feed at least 40 % of c0, near its historical mix",
        "reels at least 10 % of c0, near its historical mix",
        "reels at most 30 % of c0, near its historical mix",
    ]
    assert sub_channel_limits(root_curves([3.0])) == ()


def test_shares_that_leave_a_held_mix_are_refused_instead_of_spending_nothing() -> None:
    curves = s_curve().with_subchannels([mg.SubChannels("c0", {"feed": 0.5, "reels": 0.5})])
    groups = mg.ChannelGroups({"Social": ["feed", "reels"]})
    split = {"Social": {"feed": 0.9, "reels": 0.1}}
    with pytest.raises(SplitError, match=r"The shares of 'Social' leave the historical mix .* Change the shares"):
        mg.optimize(curves, goal=mg.FixedBudget(30), groups=groups, split=split)
    at_the_end = {"Social": {"feed": 0.6, "reels": 0.4}}
    plan = mg.optimize(curves, goal=mg.FixedBudget(60), groups=groups, split=at_the_end)
    assert plan.spends["Social"] > 1  # a share exactly at the end of the hold is inside it


def test_the_right_effectiveness_recovers_a_truth_that_is_known() -> None:
    # The truth: feed earns 2.4 sqrt(x), reels 1.8 sqrt(x). The model saw only their sum at 70 : 30.
    shares, truth = {"feed": 0.7, "reels": 0.3}, {"feed": 2.4, "reels": 1.8}
    seen = sum(truth[part] * np.sqrt(share) for part, share in shares.items())
    whole = root_curves([seen, 2.0], draws=1, points=3000, top=400)
    right = {part: truth[part] / np.sqrt(share) for part, share in shares.items()}
    recovered = whole.with_subchannels([mg.SubChannels("c0", shares, effectiveness=right)])
    for part, scale in truth.items():
        at = np.array([9.0, 36.0])
        np.testing.assert_allclose(recovered.draws_along(part, at)[0], scale * np.sqrt(at), rtol=1e-5)
    best = square_root_optimum([2.4, 1.8, 2.0], 80)
    plan = mg.optimize(recovered, goal=mg.FixedBudget(80))
    np.testing.assert_allclose(plan.spends, best, atol=0.3)
    wrong = mg.optimize(whole.with_subchannels([mg.SubChannels("c0", shares)]), goal=mg.FixedBudget(80))
    scales = np.array([2.4, 1.8, 2.0])
    lost = scales @ np.sqrt(best) - scales @ np.sqrt(wrong.spends.to_numpy())
    assert lost > 10 * (scales @ np.sqrt(best) - scales @ np.sqrt(plan.spends.to_numpy()))


def test_parts_are_grouped_bounded_locked_and_split_like_channels() -> None:
    curves = root_curves([3.0, 1.0, 2.0]).with_subchannels([FEED])
    groups = mg.ChannelGroups({"Video": ["reels", "c2"]})
    plan = mg.optimize(
        curves,
        goal=mg.FixedBudget(30),
        groups=groups,
        split="marginal_roi",
        constraints=[C.lock("feed", 6.0), C.spend_bounds("reels", lower=8.0), C.group_max_spend(["Video"], 20.0)],
    )
    assert plan.channel_spends["feed"] == pytest.approx(6.0)
    assert plan.channel_spends["reels"] == pytest.approx(8.0)
    assert plan.spends["Video"] == pytest.approx(20.0)
    report = mg.consistency(plan)
    assert report.holds
    historical = mg.optimize(curves, goal=mg.FixedBudget(30), groups=groups)
    assert historical.channels["split"]["reels"] == pytest.approx(2.0 / 12.0)  # 20 % of 10 beside 10
    assert mg.split_plan(historical, {"Video": {"reels": 0.3, "c2": 0.7}}).total == pytest.approx(30)


def test_shares_come_from_history() -> None:
    dates = pd.date_range("2025-01-06", periods=3, freq="W-MON")
    spend = pd.DataFrame({"feed": [100.0, 3.0, 1.0], "reels": [0.0, 1.0, 3.0]}, index=dates)
    assert mg.SubChannels.from_history("c0", spend, periods=2).shares == {"feed": 0.5, "reels": 0.5}
    assert mg.SubChannels.from_history("c0", spend[::-1], periods=1).shares == {"feed": 0.25, "reels": 0.75}
    assert mg.SubChannels.from_history("c0", spend).shares["feed"] == pytest.approx(104 / 108)
    with pytest.raises(SubChannelError, match=r"\['reels'\], parts of 'c0', spent nothing in the latest 1 dates"):
        mg.SubChannels.from_history("c0", spend.head(1))
    with pytest.raises(SubChannelError, match=r"\['feed'\].*gaps or negative money"):
        mg.SubChannels.from_history("c0", spend.assign(feed=-1.0))
    with pytest.raises(SubChannelError, match="must be numbers by date"):
        mg.SubChannels.from_history("c0", spend.assign(feed="much"))


@pytest.mark.parametrize(
    ("shares", "more", "told"),
    [
        ({"feed": 1.0}, {}, r"parts of 'c0' is 1.0"),
        ({"feed": 0.5}, {}, r"needs at least two parts; it has \['feed'\]"),
        ({"feed": 0.5, "reels": 0.4}, {}, r"add up to 90 %, not to 100 %. Change one by \+10 %"),
        ({"feed": 1.2, "reels": -0.2}, {}, r"feed of shares in the parts of 'c0' is 1.2"),
        ({"feed": 0.5, "c0": 0.5}, {}, "cannot bear the name of its channel 'c0'"),
        ({"feed": 0.5, "Feed": 0.5}, {}, "can hardly be told apart"),
        ({"feed": 0.5, " ": 0.5}, {}, "must not be blank"),
        ({"feed": 0.5, "reels": 0.5}, {"effectiveness": {"reel": 2.0}}, r"effectiveness names \['reel'\]"),
        ({"feed": 0.5, "reels": 0.5}, {"effectiveness": {"reels": 0.0}}, "more than 0"),
        ({"feed": 0.5, "reels": 0.5}, {"uncertainty": {"reels": -0.1}}, "at least 0"),
    ],
)
def test_what_no_split_can_be_is_refused(
    shares: dict[str, float], more: dict[str, dict[str, float]], told: str
) -> None:
    with pytest.raises(SubChannelError, match=told):
        mg.SubChannels("c0", shares, **more)


def test_splits_that_do_not_fit_the_channels_are_refused() -> None:
    curves = root_curves([3.0, 1.0], draws=1)
    with pytest.raises(SubChannelError, match=r"no channel 'tv' to split. The channels are \['c0', 'c1'\]"):
        curves.with_subchannels([mg.SubChannels("tv", {"a": 0.5, "b": 0.5})])
    with pytest.raises(SubChannelError, match=r"taken by another channel or part: \['c1'\]"):
        curves.with_subchannels([mg.SubChannels("c0", {"c1": 0.5, "b": 0.5})])
    with pytest.raises(SubChannelError, match=r"Split more than once: \['c0'\]"):
        curves.with_subchannels([FEED, mg.SubChannels("c0", {"a": 0.5, "b": 0.5})])
    with pytest.raises(SubChannelError, match="'feed' is a part itself"):
        parted_names(curves.channels, [FEED, mg.SubChannels("feed", {"a": 0.5, "b": 0.5})])
    with pytest.raises(SubChannelError, match=r"drawn, but these curves hold only a mean"):
        curves.with_subchannels([mg.SubChannels("c0", {"a": 0.5, "b": 0.5}, uncertainty={"a": 0.2})])
    with pytest.raises(CurvesError, match="have parts already"):
        curves.with_subchannels([FEED]).with_subchannels([mg.SubChannels("c1", {"a": 0.5, "b": 0.5})])
    conditional = mg.ResponseCurves.from_arrays(
        ["c0"], [[0.0, 1.0]], [[0.0, 1.0]], others_at=pd.Series({"c0": 1.0}), reference={"c0": 1.0}
    )
    with pytest.raises(NotAdditiveError, match="no channel of this model can be split"):
        conditional.with_subchannels([FEED])
    assert curves.with_subchannels([]) is curves


def test_the_assumption_is_part_of_the_curves_and_of_their_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = root_curves([3.0, 1.0])
    split = mg.SubChannels("c0", {"feed": 0.8, "reels": 0.2}, effectiveness={"reels": 2.0}, uncertainty={"reels": 0.1})
    parts = whole.with_subchannels([split])
    assert parts.origin.notes[-1] == (
        "c0 is split by assumption, not by the model: feed 80 %, reels 20 % of its historical spend; relative "
        "effectiveness feed 1, reels 2 (± 10 %)."
    )
    known = [whole, parts, whole.with_subchannels([FEED])]
    assert len({curves.origin.fingerprint for curves in known}) == 3
    path = tmp_path_factory.mktemp("parts") / "parts.nc"
    parts.save(path)
    back = mg.ResponseCurves.open(path)
    assert back.origin.assumed == (split,)
    np.testing.assert_array_equal(back.response, parts.response)
    damaged = load_dataset(path)
    damaged.attrs["assumed"] = '[{"parent": "c0"}]'
    with pytest.raises(CurvesError, match="must be a JSON list of parts"):
        curve_fields(damaged, "parts")
    damaged.attrs["assumed"] = '[{"parent": "c0", "shares": {"feed": 0.5, "stories": 0.5}}]'
    with pytest.raises(CurvesError, match=r"parts without a curve: \['stories'\]"):
        curve_fields(damaged, "parts")


def test_money_goes_back_to_the_modelled_channels() -> None:
    spends = pd.Series({"feed": 3.0, "reels": 1.0, "c1": 5.0})
    assert on_modelled_channels([FEED], spends).to_dict() == {"c0": 4.0, "c1": 5.0}
    assert at_historical_mix([FEED], spends).to_dict() == pytest.approx({"feed": 3.2, "reels": 0.8, "c1": 5.0})


@pytest.mark.pymc
def test_the_model_checks_the_parts_summed(
    demo: mg.FittedModel,
    demo_curves: mg.ResponseCurves,
    model_evaluation: Callable[[np.ndarray], np.ndarray],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The model compiled once for all tests answers, in place of one that would be compiled here.
    report_module = "mmm_groups.evaluation.consistency"
    monkeypatch.setattr(f"{report_module}.response_of", lambda curves, model: None)
    monkeypatch.setattr(
        f"{report_module}.incremental_by_date", lambda response, spend: model_evaluation(spend).sum(axis=1)
    )
    split = mg.SubChannels("facebook", {"feed": 0.7, "reels": 0.3}, effectiveness={"reels": 1.5})
    curves = demo_curves.with_subchannels([split])
    budget = float(demo_curves.reference_spend.sum())
    plan = mg.optimize(curves, goal=mg.FixedBudget(budget))
    report = mg.consistency(plan).verify_with(demo)
    assert report.holds, report
    told = report.checks[-1].finding
    assert "The model knows facebook only as a whole, so the parts are summed for this check" in told
    # What the mix adds is the plan's own response less that of its money at the historical mix.
    whole = on_modelled_channels([split], plan.channel_spends)
    more = float(plan.response.mean()) - float(demo_curves.earned_by(by_name(whole)).mean())
    assert more > 0
    assert f"makes {more:+,.0f} of it" in told
    with pytest.raises(CurvesError, match="knows no parts of facebook"):
        report.compare_with(demo)


def test_reports_say_which_channels_are_assumed() -> None:
    curves = root_curves([3.0, 1.0]).with_subchannels([FEED])
    report = PlanReport(mg.optimize(curves, goal=mg.FixedBudget(20)), None, "x", datetime(2026, 3, 4, tzinfo=UTC))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(report)))["Plan by channel"]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(row for row in rows if "Assumed part of" in row)
    said = {row[1]: row[head.index("Assumed part of")] for row in rows if row[1] in ("feed", "reels", "c1")}
    assert (said["feed"], said["reels"]) == ("c0", "c0")
    assert not said["c1"]
    page = report_html(report)
    assert re.search(r"reels( \*)? \(assumed part of c0\)", page)
    assert "c0 is split by assumption, not by the model" in page


def test_the_model_is_asked_with_the_flighting_and_prices_of_whole_channels() -> None:
    flighting = pd.DataFrame({"feed": [0.2, 0.8], "reels": [0.2, 0.8], "c1": [0.5, 0.5]})
    whole = flighting_of_modelled([FEED], flighting)
    assert whole.to_dict("list") == {"c0": [0.2, 0.8], "c1": [0.5, 0.5]}
    assert prices_of_modelled([FEED], {"feed": 2.0, "reels": 2.0}) == {"c0": 2.0}
    with pytest.raises(SubChannelError, match="parts of 'c0' have different prices per unit"):
        prices_of_modelled([FEED], {"feed": 2.0, "reels": 3.0})


def test_a_scenario_holds_parts_and_takes_them_to_another_source() -> None:
    source = Source(kind="curves", name="roots", sha256="0" * 64, channels=("c0", "c1"))
    typed = Scenario(
        name="A",
        source=source,
        sub_channels=(FEED,),
        groups=(Group(id="g1", name="Video", color=0, channels=("reels", "c1")),),
        constraints=(C.group_max_spend(["feed"], 5.0),),
        goal=mg.FixedBudget(20),
    )
    assert typed.channels == ("feed", "reels", "c1")
    assert read_scenario(scenario_json(typed)) == typed
    assert typed.inputs_hash != typed.model_copy(update={"sub_channels": (), "groups": ()}).inputs_hash
    other = Source(kind="curves", name="new", sha256="1" * 64, channels=("facebook", "c1"))
    renamed = transfer(typed, other, {"c0": "facebook"}).scenario
    assert renamed.sub_channels[0].parent == "facebook"
    assert renamed.groups == typed.groups
    assert renamed.constraints == typed.constraints
    gone = transfer(typed, other, {"c0": None})
    assert gone.scenario.sub_channels == ()
    assert gone.scenario.groups[0].channels == ("c1",)
    assert gone.scenario.constraints == ()
    assert any("feed" in change for change in gone.changes)


def test_a_history_is_refused_where_its_shares_would_be_others() -> None:
    spend = pd.DataFrame([[1.0, 2.0], [3.0, 2.0]])
    with pytest.raises(SubChannelError, match=r"two columns of one name: \['feed'\]"):
        mg.SubChannels.from_history("c0", spend.set_axis(["feed", "feed"], axis=1))
    for periods in (0, -1):  # -1 would mean all dates but the first
        with pytest.raises(SubChannelError, match=f"need at least 1 date; {periods} were asked for"):
            mg.SubChannels.from_history("c0", spend.set_axis(["feed", "reels"], axis=1), periods=periods)
