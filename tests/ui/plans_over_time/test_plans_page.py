"""The page Plans over time: a sheet is pasted, a name is mapped, and what the plan delivers stands there."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from support.pages import figures, opened, optimum, read
from support.scenario_steps import planner_in

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.display.media_plan_words import room_in_words
from mmm_groups.display.numbers import compact
from mmm_groups.errors import MediaPlanError
from mmm_groups.model.horizon import Horizon
from mmm_groups.scenario.references import GivenReference, LastYearReference, LatestReference
from mmm_groups.ui.planner.opening import new_planner, planner_of
from mmm_groups.ui.planner.plan_findings import shown_plan
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.plans_over_time.money_grid import with_cells
from mmm_groups.ui.widgets.board.layout import add_group

WEEKS = pd.date_range("2025-01-06", periods=60, freq="W-MON")
WINDOW = Horizon(WEEKS[-1] + pd.Timedelta(weeks=1), WEEKS[-1] + pd.Timedelta(weeks=4), "W-MON")
SHEET = (
    "\tTelly\tsearch\tFees\n2026-03-02\t10\t4\t1\n2026-03-09\t10\t4\t1\n2026-03-16\t10\t4\t1\n2026-03-23\t10\t4\t1\n"
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Curves of three channels, response = effect * root of spend, over four weeks after sixty of history."""
    channels, spend = ["tv", "search", "radio"], np.linspace(0, 400.0, 801)
    rng = np.random.default_rng(3)
    effects = np.array([3.0, 2.0, 1.0]) * rng.normal(1, 0.1, (200, 3))
    response = effects[:, :, None] * np.sqrt(spend)
    history = pd.DataFrame({"tv": 9.0, "search": np.linspace(1.0, 4.0, 60), "radio": 2.0}, index=WEEKS)
    curves = mg.ResponseCurves.from_arrays(
        channels, np.tile(spend, (3, 1)), response, history, periods=4, horizon=WINDOW, target="sales"
    )
    path = tmp_path_factory.mktemp("plans") / "roots.nc"
    curves.save(path)
    return open_curve_file(path)


@pytest.fixture
def planner(source: object) -> Planner:
    made = new_planner(source)  # type: ignore[arg-type]
    made.set_board(add_group(made.board, "Air", ["tv", "radio"]))
    return made


def pasted(at: AppTest, sheet: str = SHEET) -> AppTest:
    at.text_area(key="plan-paste").set_value(sheet)
    return at.button(key="read-plan").click().run()


def answered(at: AppTest) -> AppTest:
    pasted(at)
    at.selectbox(key="plan-name-Telly").set_value("tv").run()
    at.selectbox(key="plan-name-Fees").set_value("Leave it out").run()
    return at.button_group(key="plan-missing").set_value("zero").run()


def test_a_pasted_sheet_is_asked_about_and_then_evaluated(planner: Planner) -> None:
    at = pasted(opened("plans", planner))
    assert "These names are neither channels nor groups here" in read(at)
    assert "Left on the table" not in figures(at)
    at = answered(at)
    assert not at.exception
    shown = figures(at)
    curves = planner.known_curves
    expected = float(curves.earned_by({"tv": 40.0, "search": 16.0, "radio": 0.0}).mean())
    assert shown["Delivers (sales)"] == compact(expected)
    best = mg.optimize(curves, goal=mg.FixedBudget(56.0), groups=planner.groups)
    assert shown["Left on the table"] == compact(float(best.response.mean()) - expected)
    assert "Beside the last 4 weeks" in read(at)
    kept = planner_in(at).scenario.media_plans
    assert kept.shown == "Pasted plan"
    assert kept.names == {"Telly": "tv", "Fees": None}


def test_the_best_small_change_is_shown_and_can_be_kept(planner: Planner) -> None:
    at = answered(opened("plans", planner, unfolded=("plan-small-change",)))
    assert "Moving up to €5.60 delivers" in read(at)
    assert "Another 1 %" not in read(at)  # the best use of all of it moves less
    at.select_slider(key="small-change").set_value(1).run()
    said = read(at)
    assert "Moving up to €0.560 delivers" in said
    assert "Another 1 % of the money would add about" in said
    (table,) = (found.value for found in at.dataframe if "Changed" in found.value)
    assert np.maximum(table["Plan"] - table["Changed"], 0).sum() <= 0.56 + 1e-6
    at.button(key="keep-small-change").click().run()
    kept = planner_in(at).scenario.media_plans
    assert kept.shown == "Pasted plan, up to 1 % moved"
    plan = shown_plan(planner_in(at))
    assert plan is not None
    assert float(plan.totals[["tv", "radio"]].sum()) == pytest.approx(float(table["Changed"]["Air"]))


def test_the_next_sheet_of_the_same_agency_needs_no_mapping(planner: Planner) -> None:
    at = pasted(answered(opened("plans", planner)), SHEET.replace("\t10\t", "\t12\t"))
    at.button_group(key="plan-missing").set_value("reference").run()
    plans = planner_in(at).scenario.media_plans
    assert [plan.name for plan in plans.kept] == ["Pasted plan", "Pasted plan 2"]
    assert plans.shown_plan is not None
    assert plans.shown_plan.totals == {"tv": 48.0, "search": 16.0, "radio": pytest.approx(8.0)}


def test_what_cannot_be_read_is_said(planner: Planner) -> None:
    at = opened("plans", planner)
    assert "Paste a table with its headings" in read(at.button(key="read-plan").click().run())
    at = pasted(at, "no money at all")
    assert at.error
    assert planner_in(at).scenario.media_plans.kept == ()


def test_a_number_with_two_readings_is_asked_about(planner: Planner) -> None:
    at = pasted(opened("plans", planner), "\ttv\tsearch\tradio\n2026-03-02\t0,001\t0\t0\n".replace("0,001", "1,001"))
    assert "which mark begins the decimals" in at.button_group(key="plan-decimal").label
    at.button_group(key="plan-decimal").set_value(",").run()
    plan = shown_plan(planner_in(at))
    assert plan is not None
    assert plan.totals.to_dict() == {"tv": 1.001, "search": 0.0, "radio": 0.0}
    assert "decimals begin with a comma, as was chosen" in read(at)


@pytest.mark.parametrize("label", ["last_year", "latest", "empty", "optimum"])
def test_a_plan_can_be_taken_instead_of_pasted(planner: Planner, label: str) -> None:
    planner.optimise()
    at = opened("plans", planner)
    at.button(key=f"take-{label}").click().run()
    assert not at.exception
    plan = shown_plan(planner_in(at))
    assert plan is not None
    curves, result = planner.known_curves, planner.result
    assert result is not None
    expected = {
        "last_year": curves.historical_spend.iloc[8:12].sum().sum(),
        "latest": curves.reference_spend.sum(),
        "empty": 0.0,
        "optimum": result.plan.total,
    }
    assert plan.total == pytest.approx(float(expected[label]))


def test_the_reference_that_is_chosen_counts_everywhere(planner: Planner) -> None:
    at = answered(opened("plans", planner))
    at.selectbox(key="plan-reference").set_value("last_year").run()
    own = planner_in(at)
    assert own.scenario.reference == LastYearReference()
    assert own.reference_of(["search"]) == pytest.approx(float(own.known_curves.historical_spend["search"][8:12].sum()))
    at.selectbox(key="plan-reference").set_value("plan Pasted plan").run()
    own = planner_in(at)
    assert own.scenario.reference == GivenReference(spends={"tv": 40.0, "search": 16.0, "radio": 0.0}, of="Pasted plan")
    assert "Beside “Pasted plan”: the same response" in read(at)
    own.optimise()
    assert own.result is not None
    assert own.result.plan.reference_spend.to_dict() == {"tv": 40.0, "search": 16.0, "radio": 0.0}
    at.selectbox(key="plan-reference").set_value("latest").run()
    assert planner_in(at).scenario.reference == LatestReference()
    assert planner_in(at).is_stale


def test_media_plans_change_no_optimum_and_come_back_with_the_scenario(planner: Planner) -> None:
    planner.optimise()
    before = planner.document().inputs_hash
    at = answered(opened("plans", planner))
    own = planner_in(at)
    assert not own.is_stale
    assert own.document().inputs_hash == before
    again = planner_of(own.document(), own.source)
    assert again.scenario.media_plans == own.scenario.media_plans
    assert not opened("plans", again).exception


def test_the_reference_is_chosen_on_the_start_page_as_well(planner: Planner) -> None:
    at = opened("start", planner)
    assert "What the spend of the last 4 weeks would bring" in read(at)
    at.selectbox(key="start-reference").set_value("last_year").run()
    assert "What the spend of last year, same weeks would bring" in read(at)
    assert planner_in(at).scenario.reference == LastYearReference()


def test_the_optimum_says_how_far_each_group_may_move(planner: Planner) -> None:
    planner.optimise()
    at = opened("optimise", planner)
    shown = optimum(at)
    assert planner.result is not None
    room = planner.result.elbow_room(0.01)
    assert shown["room"]["Air"] == room_in_words(room["lower"]["Air"], room["upper"]["Air"], "€")


def test_plans_are_renamed_and_removed(planner: Planner) -> None:
    at = answered(opened("plans", planner))
    at.button(key="take-latest").click().run()
    at.text_input(key="plan-name").set_value("Pasted plan").run()
    assert "There is a plan called “Pasted plan” already" in read(at)
    at.text_input(key="plan-name").set_value("As now").run()
    assert planner_in(at).scenario.media_plans.shown == "As now"
    at.button(key="drop-plan").click().run()
    assert planner_in(at).scenario.media_plans.shown == "Pasted plan"


def test_beliefs_elbow_room_and_tables_open(planner: Planner) -> None:
    planner.optimise()
    at = answered(opened("plans", planner, unfolded=("plan-beliefs", "plan-elbow", "plan-table", "plan-grid")))
    assert not at.exception
    assert "search: as the model says" in read(at)
    assert any("share_of_draws" in table.value.columns for table in at.dataframe)


def test_a_plan_for_other_dates_says_so(planner: Planner) -> None:
    at = answered(opened("plans", planner))
    own = planner_in(at)
    kept = own.scenario.media_plans.kept[0]
    window = kept.window
    assert window is not None
    late = kept.model_copy(update={"window": window.model_copy(update={"end": window.end + pd.Timedelta(weeks=1)})})
    own.change(media_plans=own.scenario.media_plans.model_copy(update={"kept": (late,)}))
    with pytest.raises(MediaPlanError, match="is for 2026-03-02 to 2026-03-30, not for"):
        shown_plan(own)
    assert "Plan its window, or bring another plan" in read(opened("plans", own))


def test_money_typed_for_a_group_goes_to_its_channels_as_before() -> None:
    money = pd.DataFrame({"a": [1.0, 0.0], "b": [3.0, 0.0], "c": [0.0, 0.0]})
    typed = with_cells(money, {"G": ("a", "b")}, {(0, "G"): 8.0, (1, "G"): 4.0, (1, "c"): 5.0})
    assert typed.to_dict("list") == {"a": [2.0, 1.0], "b": [6.0, 3.0], "c": [0.0, 5.0]}
    empty = with_cells(money[["c"]].assign(d=0.0), {"H": ("c", "d")}, {(0, "H"): 2.0})
    assert empty.iloc[0].to_list() == [1.0, 1.0]
