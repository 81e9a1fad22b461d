"""Splitting a channel on the board: what the planner reads, what follows it, and that undo brings everything back."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from support.curves import s_curve
from support.jobs import ended
from support.pages import opened, read

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.curves.sub_channel_spend import part_spend
from mmm_groups.errors import SubChannelError
from mmm_groups.export.plan_tables import plan_table
from mmm_groups.jobs.job_queue import jobs
from mmm_groups.scenario.document import read_scenario, scenario_json
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.run import run_scenario
from mmm_groups.suggestions.sweep import sweep
from mmm_groups.ui.group_channels.board_steps import captions, redo, split_channels, undo, use_grouping
from mmm_groups.ui.group_channels.sub_channel_draft import SubChannelRow, first_rows, rows_of_file, stated
from mmm_groups.ui.group_channels.sweep_panel import groupings_of, question_of
from mmm_groups.ui.planner.opening import new_planner, planner_of
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import initial_state, to_mapping
from mmm_groups.ui.widgets.board.sub_channels import with_channels_replaced

C = mg.ConstraintBuilder
META = mg.SubChannels("facebook", {"feed": 0.7, "reels": 0.3})


def planner_in(at: AppTest) -> Planner:
    found: Planner = next(iter(at.session_state["mmm_groups.planners"].values()))
    return found


@pytest.fixture
def hand(grouped: Planner, monkeypatch: pytest.MonkeyPatch) -> Planner:
    """A planner that the callbacks of widgets find, without a page."""
    for module in ("board_steps", "sub_channel_panel", "sweep_panel"):
        monkeypatch.setattr(f"mmm_groups.ui.group_channels.{module}.planner", lambda: grouped)
    return grouped


def test_parts_stand_where_their_channel_stood_and_back_again() -> None:
    board = initial_state(["tv", "fb", "ig", "radio"], {"Meta": ["fb", "ig"]})
    split = with_channels_replaced(board, [(("fb",), ("feed", "reels"))])
    assert to_mapping(split) == {"Meta": ["feed", "reels", "ig"]}
    assert split.ungrouped == ("tv", "radio")
    assert with_channels_replaced(split, [(("feed", "reels"), ("fb",))]) == board
    loose = with_channels_replaced(board, [(("radio",), ("am", "fm"))])
    assert loose.ungrouped == ("tv", "am", "fm")
    renamed = with_channels_replaced(split, [(("feed", "reels"), ("feed", "stories"))])
    assert to_mapping(renamed) == {"Meta": ["stories", "feed", "ig"]}
    apart = replace(
        split, groups=(replace(split.groups[0], channels=("feed", "ig")),), ungrouped=("tv", "reels", "radio")
    )
    assert to_mapping(with_channels_replaced(apart, [(("feed", "reels"), ("fb",))])) == {"Meta": ["fb", "ig"]}


def test_a_split_is_typed_applied_undone_and_done_again(grouped: Planner) -> None:
    at = opened("group", grouped, unfolded=("parts-open", "sweep-open"))
    at.text_input(key="parts-facebook-0-2-name").set_value("feed")
    at.text_input(key="parts-facebook-1-2-name").set_value("reels")
    at.number_input(key="parts-facebook-0-2-share").set_value(60.0).run()
    assert "The shares of facebook’s parts add up to 110 %, not to 100 %: 10 % are too many." in read(at)
    assert not [button for button in at.button if button.key == "parts-apply"]
    at.number_input(key="parts-facebook-1-2-share").set_value(40.0).run()
    at.number_input(key="parts-facebook-1-2-effect").set_value(1.5).run()
    at.button(key="parts-apply").click().run()
    assert not at.exception
    planner = planner_in(at)
    assert planner.groups["Meta"] == ("feed", "reels", "instagram")
    assert planner.scenario.sub_channels[0].effectiveness == {"feed": 1.0, "reels": 1.5}
    text = read(at)
    assert "facebook is planned as feed and reels. The model knows no such parts" in text
    assert "facebook is split by assumption, not by the model: feed 60 %, reels 40 %" in text
    assert captions(planner)["reels"].endswith("· assumed")
    at.button(key="undo").click().run()
    assert planner_in(at).groups["Meta"] == ("facebook", "instagram")
    assert planner_in(at).scenario.sub_channels == ()
    assert "planned as feed" not in read(at)
    at.button(key="redo").click().run()
    assert planner_in(at).groups["Meta"] == ("feed", "reels", "instagram")
    at.button(key="merge-0").click().run()
    assert planner_in(at).groups["Meta"] == ("facebook", "instagram")
    assert planner_in(at).board_history.past[-1].what == "merge facebook"


def test_parts_are_optimised_split_and_exported_as_an_assumption(hand: Planner) -> None:
    split_channels(hand, (META,), "split facebook")
    hand.optimise()
    assert hand.result is not None
    table = plan_table(hand.result.plan).set_index("channel")
    assert table.loc[["feed", "reels", "tv"], "assumed_part_of"].tolist() == ["facebook", "facebook", ""]
    for page in ("curves", "optimise", "split", "export"):
        at = opened(page, hand)
        assert "facebook is planned as feed and reels" in read(at)
        assert not at.error
    merged = hand.result.plan.channel_spends
    undo()
    assert hand.is_stale
    hand.optimise()
    # At historical shares the group's answer does not depend on how its channels are cut.
    assert hand.result.plan.channel_spends["facebook"] == pytest.approx(merged[["feed", "reels"]].sum(), rel=1e-6)
    assert "assumed_part_of" not in plan_table(hand.result.plan)


def test_what_was_typed_about_the_channel_goes_on_and_comes_back(hand: Planner) -> None:
    hand.change(channel_limits=True)
    hand.set_limits({"facebook": RowLimit(lower=100_000.0, upper=300_000.0)})
    hand.change(constraints=(*hand.scenario.constraints, C.group_max_spend(["facebook", "tv"], 900_000.0)))
    hand.set_split(("facebook", "instagram"), {"facebook": 0.9, "instagram": 0.1})
    whole = hand.constraints()
    split_channels(hand, (META,), "split facebook")
    assert C.group_min_spend(["feed", "reels"], 100_000.0) in hand.constraints()
    assert C.group_max_spend(["feed", "reels"], 300_000.0) in hand.constraints()
    assert C.group_max_spend(["tv", "feed", "reels"], 900_000.0) in hand.constraints()
    hand.set_split(("feed", "reels", "instagram"), {"feed": 0.3, "reels": 0.1, "instagram": 0.6})
    hand.change(constraints=(*hand.scenario.constraints, C.group_max_spend(["reels"], 50_000.0)))
    hand.optimise()
    assert hand.result is not None
    spends = hand.result.plan.channel_spends
    assert 100_000 - 1 <= spends[["feed", "reels"]].sum() <= 300_000 + 1
    assert spends["reels"] <= 50_000 + 1
    undo()
    assert hand.constraints() == whole
    assert hand.split["Meta"] == {"facebook": 0.9, "instagram": 0.1}
    assert hand.scenario.kept.constraints == (C.group_max_spend(["reels"], 50_000.0),)
    redo()
    assert not hand.scenario.kept.constraints
    assert C.group_max_spend(["reels"], 50_000.0) in hand.constraints()
    assert hand.split["Meta"]["reels"] == 0.1


@pytest.mark.parametrize(("on_set", "holds"), [(250_000.0, 250_000.0), (350_000.0, 300_000.0)])
def test_the_same_limit_from_the_row_and_from_a_set_stands_once(hand: Planner, on_set: float, holds: float) -> None:
    hand.change(channel_limits=True)
    hand.set_limits({"facebook": RowLimit(upper=300_000.0)})
    hand.change(constraints=(*hand.scenario.constraints, C.group_max_spend(["facebook"], on_set)))
    split_channels(hand, (META,), "split facebook")
    assert hand.constraints() == [C.group_max_spend(["feed", "reels"], holds)]


def test_a_scenario_keeps_parts_and_gives_the_same_numbers(hand: Planner) -> None:
    hand.change(channel_limits=True)
    hand.set_limits({"facebook": RowLimit(lower=100_000.0, upper=300_000.0)})
    hand.change(constraints=(*hand.scenario.constraints, C.group_max_spend(["facebook", "tv"], 900_000.0)))
    split_channels(hand, (META,), "split facebook")
    hand.set_split(("feed", "reels", "instagram"), {"feed": 0.3, "reels": 0.1, "instagram": 0.6})
    hand.set_limits({"reels": RowLimit(upper=50_000.0)})
    hand.optimise()
    assert hand.result is not None
    typed = read_scenario(scenario_json(hand.document_with_figures()))
    plan = run_scenario(typed, hand.source)
    spends = hand.result.plan.channel_spends
    assert plan.channel_spends.to_dict() == pytest.approx(spends.to_dict(), rel=1e-9)
    again = planner_of(typed, hand.source)
    assert again.document_with_figures() == typed
    assert again.groups == hand.groups
    assert again.constraints() == hand.constraints()
    hand.set_limits({"facebook": RowLimit(upper=200_000.0)})
    assert hand.document().inputs_hash != typed.inputs_hash
    undo()
    merged = hand.document()
    assert merged.sub_channels == ()
    assert [row.key for row in merged.kept.limits] == ["reels"]  # at rest until the part comes back


def test_parts_that_do_not_fit_change_nothing(hand: Planner) -> None:
    before = hand.board
    with pytest.raises(SubChannelError, match=r"taken by another channel or part: \['tv'\]"):
        split_channels(hand, (mg.SubChannels("facebook", {"tv": 0.5, "reels": 0.5}),), "split facebook")
    assert (hand.board, hand.scenario.sub_channels, hand.board_history.past) == (before, (), ())


def test_an_s_shaped_channel_is_held_and_the_page_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("s") / "s.nc"
    s_curve(draws=3).save(path)
    source = open_curve_file(path)
    planner = new_planner(source)
    planner.set_goal(budget=15.0)
    at = opened("group", planner, unfolded=("parts-open", "sweep-open"))
    text = read(at)
    assert "Plans keep each part within ± 20 % of its share of c0, because its curve is S-shaped" in text
    at.button(key="parts-apply").click().run()
    held = planner_in(at)
    held.optimise()
    assert held.result is not None
    spends = held.result.plan.channel_spends
    assert spends["c0 part 1"] <= 0.6 * (spends["c0 part 1"] + spends["c0 part 2"]) + 1e-6
    assert "Plans keep each part within ± 20 % of its share of c0." in read(at)
    at.selectbox(key="parts-c0-0-hold").set_value("never").run()
    assert [w.value for w in at.warning if "may put all money on one part" in w.value]
    at.button(key="parts-apply").click().run()
    assert planner_in(at).scenario.sub_channels[0].hold == "never"
    assert "the history never showed that" in read(at)


def test_shares_come_from_a_file() -> None:
    content = b"date;feed;reels\n2025-01-06;70;30\n2025-01-13;10;30\n2025-01-20;30;10\n"
    spend = part_spend(content, "parts.csv")
    assert list(spend.columns) == ["feed", "reels"]
    assert spend.index[0] == pd.Timestamp("2025-01-06")
    assert rows_of_file("facebook", spend, periods=2) == [SubChannelRow("feed", 50.0), SubChannelRow("reels", 50.0)]
    thirds = rows_of_file("facebook", spend.assign(stories=[0, 20, 20], feed=20.0, reels=20.0), periods=2)
    assert [row.share for row in thirds] == [33.34, 33.33, 33.33]
    assert stated("facebook", thirds, "when_s_shaped", 20.0).shares["reels"] == 0.3333


def test_dates_count_as_they_are_written_and_numbers_as_the_file_means_them() -> None:
    local = b"date,feed,reels\n2026-03-23T00:00:00+01:00,1000,500\n2026-03-30T00:00:00+02:00,2000,700\n"
    spend = part_spend(local, "parts.csv")  # across the change to summer time
    assert [str(date) for date in spend.index] == ["2026-03-23 00:00:00", "2026-03-30 00:00:00"]
    assert spend.sum().to_dict() == {"feed": 3000.0, "reels": 1200.0}
    mixed = part_spend(b"date,a,b,\n2026-01-05T00:00:00+05:00,1,2,\n2026-01-12,3,4,\n", "parts.csv")
    assert [str(date.date()) for date in mixed.index] == ["2026-01-05", "2026-01-12"]
    german = "Ausgaben 2026\r\nDatum;Feed ;Reels\r\n2026-01;1.250;980,50\r\n2026-02;2.000;20\r\n"
    assert part_spend(german.encode("utf-16"), "parts.txt").sum().to_dict() == {"Feed": 3250.0, "Reels": 1000.5}
    with pytest.raises(SubChannelError, match=re.escape("Line 2: “1.250” in the column “feed” may mean 1250 or 1.25")):
        part_spend(b"date;feed;reels\n2026-01-05;1.250;980\n", "parts.csv")


def test_how_a_file_of_spend_was_read_is_said(grouped: Planner) -> None:
    at = opened("group", grouped, unfolded=("parts-open",))
    at.file_uploader(key="parts-file").upload(
        "parts.csv", b"date;feed;reels\n2025-12-29;1.250;750,00\n", "text/csv"
    ).run()
    assert not at.exception
    assert "decimals begin with a comma, as “750,00” in line 2 shows." in read(at)
    assert at.number_input(key="parts-facebook-0-2-share").value == 62.5


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00", "not written in UTF-8"),
        (b"date,feed\n2025-01-06,1\n", "has 2 columns and 1 rows. It needs a column of dates and 2 to 12"),
        (b"date,feed,reels\n", "has 3 columns and 0 rows"),
        (b"date,feed,reels\n2025-01-06,1,2\n06.01.2025,1,2\n", "line 3 has '06.01.2025'"),
        (b"date,feed,reels\n2025-01-06,much,2\n", "Line 2: “much” in the column “feed” is no number"),
        (b'date,feed,reels\n"2025', "cannot be read as a table"),
        (b"," * 6_000_000, "more than 5"),
    ],
)
def test_files_that_hold_no_parts_are_refused(content: bytes, told: str) -> None:
    with pytest.raises(SubChannelError, match=told):
        part_spend(content, "x.csv")


def test_the_form_says_what_is_missing() -> None:
    rows = [SubChannelRow("a", 50.0), SubChannelRow("", 50.0)]
    with pytest.raises(SubChannelError, match="Part 2 of tv has no name yet"):
        stated("tv", rows, "always", 20.0)
    with pytest.raises(SubChannelError, match="Two parts of tv are called a"):
        stated("tv", [SubChannelRow("a", 50.0), SubChannelRow("a ", 50.0)], "always", 20.0)
    with pytest.raises(SubChannelError, match=r"add up to 90 %, not to 100 %: 10 % are missing"):
        stated("tv", [SubChannelRow("a", 50.0), SubChannelRow("b", 40.0)], "always", 20.0)
    with pytest.raises(SubChannelError, match="leave b out, or give it some"):
        stated("tv", [SubChannelRow("a", 100.0), SubChannelRow("b", 0.0)], "always", 20.0)
    made = stated("tv", [SubChannelRow("a", 70.0, 1.0, 20.0), SubChannelRow("b", 30.0, 2.0)], "always", 30.0)
    assert first_rows("tv", made, 2) == [SubChannelRow("a", 70.0, 1.0, 20.0), SubChannelRow("b", 30.0, 2.0)]
    assert (made.hold, made.within, made.uncertainty) == ("always", 0.3, {"a": 0.2})
    assert [row.name for row in first_rows("tv", made, 3)] == ["tv part 1", "tv part 2", "tv part 3"]


def test_groupings_are_compared_and_one_is_taken_over(grouped: Planner) -> None:
    at = opened("group", grouped, unfolded=("parts-open", "sweep-open"))
    at.button(key="sweep").click().run()
    assert not at.exception
    assert "The present groups (7 amounts to decide) give up" in read(at)
    planner = planner_in(at)
    assert planner.sweep is not None
    table = planner.sweep.sweep.table
    shown = next(frame.value for frame in at.dataframe if "is_best" in frame.value.columns)
    assert shown["name"].tolist() == table["name"].tolist()
    assert np.allclose(shown["cost"], table["cost"].clip(lower=0))
    at.selectbox(key="sweep-choice").set_value("Join Meta and tv").run()
    at.button(key="sweep-use").click().run()
    assert planner_in(at).groups["Meta + tv"] == ("facebook", "instagram", "tv")
    assert planner_in(at).groups["Google"] == ("search", "youtube")
    assert "compare again" in "".join(w.value for w in at.warning)
    planner_in(at).optimise()
    result = planner_in(at).result
    assert result is not None
    told = table.set_index("name").loc["Join Meta and tv", "cost"]
    assert result.report.cost_of_grouping == pytest.approx(told, abs=1e-6 * float(result.plan.utility))
    at.button(key="undo").click().run()
    assert planner_in(at).groups["Meta"] == ("facebook", "instagram")
    assert not [w for w in at.warning if "compare again" in w.value]


def test_further_joins_reach_one_amount(grouped: Planner) -> None:
    at = opened("group", grouped, unfolded=("parts-open", "sweep-open"))
    at.toggle(key="sweep-further").set_value(True).run()
    at.button(key="sweep").click().run()
    sweep = planner_in(at).sweep
    assert sweep is not None
    assert set(sweep.sweep.table["decisions"]) == set(range(1, 10))


def test_limits_of_groups_that_go_hold_their_channels_as_a_set(hand: Planner) -> None:
    meta = next(group for group in hand.board.groups if group.name == "Meta")
    hand.set_limits({meta.name: RowLimit(upper=400_000.0)})
    use_grouping(
        hand, {"Meta + tv": ("facebook", "instagram", "tv"), "Google": ("search", "youtube")}, "join Meta and tv"
    )
    assert hand.scenario.constraints == (C.group_max_spend(["facebook", "instagram"], 400_000.0),)
    undo()
    assert not hand.scenario.constraints
    assert hand.row_limit("Meta") == RowLimit(upper=400_000.0)
    redo()
    assert hand.scenario.constraints == (C.group_max_spend(["facebook", "instagram"], 400_000.0),)
    assert len(hand.board_history.past) == 1


def test_without_a_goal_the_comparison_waits(hand: Planner) -> None:
    hand.set_goal(hand.goal_inputs.model_copy(update={"kind": "target_roi"}))
    at = opened("group", hand, unfolded=("parts-open", "sweep-open"))
    assert [error.value for error in at.error]
    assert not [button for button in at.button if button.key == "sweep"]


def test_many_groupings_are_compared_by_a_job_whose_result_stays(
    grouped: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmm_groups.ui.group_channels.sweep_panel._AT_ONCE", 5)
    at = opened("group", grouped, unfolded=("sweep-open",))
    at.button(key="sweep").click().run()
    assert len(jobs()) == 1
    ended(jobs()[0])
    assert jobs()[0].record.state == "done", jobs()[0].record
    # Another session with the same question finds the answer.
    again = opened("group", replace(grouped, sweep=None), unfolded=("sweep-open",))
    assert "groupings compared in" in read(again)
    kept = planner_in(again).sweep
    assert kept is not None
    here = sweep(question_of(grouped), groupings_of(grouped))
    assert kept.sweep.table["cost"].to_numpy() == pytest.approx(here.table["cost"].to_numpy(), rel=1e-12)


def test_the_weighted_average_of_parts_is_explained(hand: Planner) -> None:
    split_channels(hand, (META,), "split facebook")
    assert "a channel's parts, grouped again, are less than the channel" not in read(opened("curves", hand))
    hand.change(method="weighted_average")
    assert "a channel's parts, grouped again, are less than the channel" in read(opened("curves", hand))
