"""Every sentence of the package has its numbers in the reader's style, its names as they are, and leaves no marks."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from support.stored_scenarios import scenario

import mmm_groups as mg
from mmm_groups.display.number_style import NumberStyle
from mmm_groups.display.numbers import in_style, plain
from mmm_groups.display.presentation import Presentation, presented
from mmm_groups.export.html_page import report_html
from mmm_groups.export.json import plan_json
from mmm_groups.export.plan_tables import group_csv, limits_table
from mmm_groups.export.report import PlanReport
from mmm_groups.export.workbook import workbook
from mmm_groups.groups.method_comparison import method_curves, method_differences
from mmm_groups.groups.re_estimation import re_estimated
from mmm_groups.numerics.digits import marked_exactly
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.plan.assumptions import assumptions_of
from mmm_groups.plan.explain import limit_sentences, reference_sentence, sentences_of
from mmm_groups.plan.share_bounds import share_bounds
from mmm_groups.plan.what_if import moved_plan, spend_bounds
from mmm_groups.refit.fit_statistics import FitStatistics
from mmm_groups.scenario.comparison import typed_in_words
from mmm_groups.scenario.summary import departures, summary_of

FOREIGN = NumberStyle("'", "·")  # separators that English numbers cannot be mistaken for
PROMO, PAIR = "Q1.5 promo 1,234", "Pair 2.5"
NAMES = (PROMO, PAIR)
ENGLISH = re.compile(r"\d[.,]\d")
MARKS = re.compile("[\ufdd0\ufdd1]")


def scaled_curves(draws: int = 5) -> mg.ResponseCurves:
    """Square roots over money in hundreds of thousands, so that every number has its separators."""
    names = [PROMO, "tv", "search"]
    spend = np.tile(1e6 * np.linspace(0, 1, 101) ** 2, (3, 1))
    factors = 1 + 0.1 * (np.arange(draws) - (draws - 1) / 2)
    response = factors[:, None, None] * np.array([30.0, 20.0, 10.5])[None, :, None] * np.sqrt(spend)
    dates = pd.date_range("2025-01-06", periods=32, freq="W-MON")
    history = pd.DataFrame([[41_234.5, 30_000.25, 20_000.0]] * 32, index=dates, columns=names)
    return mg.ResponseCurves.from_arrays(names, spend, response, history, periods=8, target="orders")


@pytest.fixture(scope="module")
def plan() -> mg.Plan:
    build = mg.ConstraintBuilder
    return mg.optimize(
        scaled_curves(),
        goal=mg.FixedBudget(1_234_567.5),
        groups=mg.ChannelGroups({PAIR: [PROMO, "tv"]}),
        constraints=[
            build.spend_bounds(PROMO, 1_000.5, 600_789.5),
            build.group_max_ratio(["search"], 0.1755),
            build.ratio_between(["tv"], ["search"], min=1.25),
        ],
    )


def said_of(plan: mg.Plan) -> list[str]:
    """Whatever the package says about a plan."""
    checks = [check.finding for check in mg.consistency(plan).checks]
    moved = moved_plan(
        plan, {PAIR: float(plan.spends[PAIR]) - 200_000, "search": float(plan.spends["search"]) + 200_000}
    )
    bounds = [spend_bounds(plan), share_bounds(plan, PAIR)]
    pair = method_curves(plan.problem.group_curves, PAIR)
    differences = method_differences({PAIR: pair}, {"plan": {PAIR: 3e6}})
    return [
        reference_sentence(plan, "€"),
        *sentences_of(plan, "€"),
        *limit_sentences(plan, "€"),
        *assumptions_of(plan).values(),
        *checks,
        *moved.broken,
        *(limit.label for limit in plan.problem.limits),
        *plan.groups["binding"],
        *plan.channels["binding"],
        *(text for table in bounds for end in ("lower_by", "upper_by") for text in table[end]),
        *differences["why_not"],
    ]


def without_names(text: str) -> str:
    for name in NAMES:
        text = text.replace(name, "NAME")
    return text


def assert_foreign(texts: list[str]) -> None:
    assert [text for text in texts if MARKS.search(text)] == []
    with presented(Presentation(FOREIGN)):
        foreign = [in_style(text) for text in texts]
    assert [text for text in foreign if ENGLISH.search(without_names(text))] == []
    assert any(re.search(r"\d['·]\d", text) for text in foreign)
    for before, after in zip(texts, foreign, strict=True):
        assert [before.count(name) for name in NAMES] == [after.count(name) for name in NAMES]
    with presented(Presentation()):
        assert [in_style(text) for text in texts] == texts


def test_all_that_is_said_of_a_plan(plan: mg.Plan) -> None:
    assert_foreign(said_of(plan))


@pytest.mark.parametrize(
    "goal",
    [mg.TargetRoi(0.025), mg.TargetMarginalRoi(0.0125), mg.TargetResponse(30_000.5), mg.MaxProfit(40.25)],
    ids=lambda goal: goal.kind,
)
def test_all_that_is_said_of_every_goal(goal: mg.TargetRoi) -> None:
    found = mg.optimize(scaled_curves(), goal=goal, groups=mg.ChannelGroups({PAIR: [PROMO, "tv"]}))
    assert_foreign([reference_sentence(found, "€"), *sentences_of(found, "€"), *limit_sentences(found, "€")])


def _optimize(**asked: object) -> Callable[[], object]:
    return lambda: mg.optimize(scaled_curves(), **{"goal": mg.FixedBudget(1_234_567.5)} | asked)  # type: ignore[arg-type]


REFUSED: dict[str, Callable[[], object]] = {
    "beyond the curves": _optimize(goal=mg.FixedBudget(1_234_567_890)),
    "clash": _optimize(
        constraints=[
            mg.ConstraintBuilder.spend_bounds(PROMO, 700_000.5),
            mg.ConstraintBuilder.spend_bounds("tv", 700_000.5),
        ]
    ),
    "out of reach": _optimize(goal=mg.TargetResponse(1_234_567_890)),
    "roi out of reach": _optimize(goal=mg.TargetRoi(1_234.5), constraints=[mg.ConstraintBuilder.lock("tv", 5_000.5)]),
    "shares": _optimize(groups=mg.ChannelGroups({PAIR: [PROMO, "tv"]}), split={PAIR: {PROMO: 0.12345, "tv": 0.5}}),
    "bounds": lambda: mg.ConstraintBuilder.spend_bounds(PROMO, 1_234.5, 1_000.25),
    "budgets": lambda: mg.TargetRoi(1.5, min_budget=2_345.5, max_budget=1_000.25),
    "curve": lambda: scaled_curves().response_at({PROMO: 2_345_678.5, "tv": 0.0, "search": 0.0}),
    "twice": _optimize(constraints=[mg.ConstraintBuilder.spend_bounds(PROMO, 1_234.5, 9_876.5)] * 2),
    "parts": lambda: mg.SubChannels(parent=PROMO, shares={"a": 0.123456, "b": 0.5}),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_refusals(refused: str) -> None:
    with pytest.raises(mg.MmmGroupsError, match=r"\d") as raised:
        REFUSED[refused]()
    assert not MARKS.search(str(raised.value))
    assert_foreign([raised.value.text])
    with presented(Presentation(FOREIGN)):
        assert "\\" not in plain(raised.value).replace(r"\:", "").replace(r"\[", "").replace(r"\]", "")


def test_no_mark_leaves_the_package(plan: mg.Plan) -> None:
    report = PlanReport(plan, mg.consistency(plan), "made up", datetime(2026, 3, 4, tzinfo=UTC), "€")
    book = load_workbook(io.BytesIO(workbook(report)))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    for text in (
        mg.plan_csv(plan),
        group_csv(plan),
        limits_table(plan).to_csv(),
        plan_json(report),
        report_html(report),
        repr(plan),
        repr(plan.problem),
        plan.groups.to_string(),
        " ".join(cells),
    ):
        shown = text.decode() if isinstance(text, bytes) else text
        assert PROMO in shown or PAIR in shown
        assert not MARKS.search(shown)
        assert "ufdd0" not in shown  # as JSON would write it


def test_what_is_said_of_curves_scenarios_and_fits(plan: mg.Plan) -> None:
    curves = scaled_curves()
    split = mg.SubChannels(
        parent="tv", shares={"a": 0.1255, "b": 0.8745}, effectiveness={"a": 1.25}, uncertainty={"a": 0.125}
    )
    named = scenario("Spring", 1_234_567.5).model_copy(
        update={"constraints": (mg.ConstraintBuilder.spend_bounds("a", 1_000.5),), "prices": {"a": 0.125}}
    )
    _, doubts = re_estimated(curves, PAIR, (PROMO, "tv"))
    summary = summary_of(named, plan)
    told = departures(summary.model_copy(update={"response": 2_345_678.5}), plan)
    fit = FitStatistics(0.9, 0.1, 1200, 4, 1.234, PROMO, 123.4, 0)
    assert len(told) == 1
    assert len(fit.troubles) == 2
    assert doubts
    assert_foreign([split.sentence, *typed_in_words(named).values(), *doubts, *told, *fit.troubles])


def test_a_sum_that_is_whole_but_for_rounding_is_written_whole() -> None:
    assert MarkedText(marked_exactly(0.1 * 3 * 1e7 / 3)) == "1,000,000"
    assert MarkedText(marked_exactly(662_007.26)) == "662,007.26"
