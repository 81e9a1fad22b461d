"""What a planner exports and imports on the screens."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import PAGES, opened, read

import mmm_groups as mg
from mmm_groups.scenario.limit_table import read_limit_lines
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.tables.spreadsheet import read_table
from mmm_groups.ui.export.export_files import export_rows, plan_report, with_checks
from mmm_groups.ui.optimise.limits_import import imported
from mmm_groups.ui.planner.opening import new_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import initial_state

HEAD = "names,minimum,maximum,unit,compared_with\n"
LIMITS = (
    HEAD + "tv,500000,900000,money,\nfacebook,-20,30,change %,\nsearch; youtube,,40,share %,\nradio,,2,times,outdoor\n"
)
CAMPAIGNS = "channel,campaign,spend\ntv,Film,300\ntv,Spring,150\nsearch,=Brand,10\n"


@pytest.fixture
def planned(demo: mg.FittedModel) -> Planner:
    """The demo with Meta as a group, optimised."""
    made = new_planner(demo)
    made.set_board(initial_state(demo.channels, {"Meta": ["facebook", "instagram"]}))
    made.set_goal(budget=4_401_403.0)
    made.optimise()
    return made


def upload(at: AppTest, key: str, name: str, text: str) -> AppTest:
    at.file_uploader(key=key).set_value((name, text.encode(), "text/plain")).run()
    assert not at.exception, at.exception
    return at


def errors(at: AppTest) -> str:
    return " ".join(str(error.value) for error in at.error).replace("\\", "")


def test_every_download_says_what_is_inside(planned: Planner) -> None:
    at = opened("export", planned)
    said = read(at)
    for part in (
        "Opens in any browser",
        "money by date, limits, checks, inputs, a sheet each",
        "one plain table a file",
    ):
        assert part in said
    labels = [getattr(button, "label", "") for button in at.get("download_button")]
    assert labels[:6] == ["Download report", "Download Excel", "By channel", "By group", "By date", "Download JSON"]
    at.segmented_control(key="export-view").set_value("By date").run()
    dates = at.dataframe[0].value
    assert len(dates) == 13
    assert round(100 * dates.to_numpy().sum()) == 100 * 4_401_403
    at.segmented_control(key="export-view").set_value("By group").run()
    assert at.dataframe[0].value.set_index("group").loc["Meta", "channels"] == "facebook; instagram"


def test_the_report_tells_the_plan_with_the_split_as_it_is_now(planned: Planner) -> None:
    planned.set_split(("facebook", "instagram"), {"facebook": 0.1, "instagram": 0.9})
    final = planned.final()
    report = plan_report(planned, final)
    assert report.plan is final.plan
    assert with_checks(replace(report, consistency=None), final).consistency is final.report
    assert "facebook 10.0 %, instagram 90.0 %" in report.assumptions["Split inside groups"]
    assert (report.source, report.currency) == ("demo_model", "€")


def test_channels_are_parted_into_campaigns(planned: Planner) -> None:
    at = upload(opened("export", planned), "rows-file", "campaigns.csv", CAMPAIGNS)
    assert at.selectbox(key="rows-basis").value == "historical_spend"  # the column is called spend
    at.button(key="use-rows").click().run()
    assert "3 rows for 2 channels" in read(at)
    assert "left as one row each: facebook, instagram," in read(at)
    table = next(frame.value for frame in at.dataframe if "is_mapped" in frame.value)
    film, spring = table.set_index("row").loc[["Film", "Spring"], "spend"]
    assert film == pytest.approx(2 * spring, abs=0.02)
    assert round(100 * table["spend"].sum()) == 100 * 4_401_403
    at.switch_page(PAGES["split"]).run()
    at.switch_page(PAGES["export"]).run()
    assert "your export rows, a sheet each" in read(at)  # kept while the planner looks elsewhere
    at.button(key="drop-rows").click().run()
    assert export_rows(planned, planned.final()) is None


def test_how_a_table_was_read_is_said_before_it_counts(planned: Planner) -> None:
    text = "Campaigns\nchannel;campaign;spend\ntv;Spring;1.250\n tv ;Film;980,50\n"
    at = upload(opened("export", planned), "rows-file", "campaigns.csv", text)
    assert (
        "Read 2 lines with semicolons between the fields; the columns are named in line 2; decimals begin with a "
        "comma, as “980,50” in line 4 shows."
    ) in read(at)
    at.button(key="use-rows").click().run()
    assert planned.scenario.kept.export_mapping is not None
    assert planned.scenario.kept.export_mapping.channels == {"tv": {"Spring": 1250.0, "Film": 980.5}}
    at = upload(at, "rows-file", "campaigns.csv", text.replace("980,50", "980"))
    assert "Line 3: “1.250” in the column “spend” may mean 1250 or 1.25: no other number says" in errors(at)


def test_a_bad_table_of_campaigns_is_explained(planned: Planner) -> None:
    at = upload(opened("export", planned), "rows-file", "c.csv", "channel,campaign,share\ntv,A,0.5\n")
    assert "The shares of 'tv' add up to 50 %, not to 100 %" in errors(at)
    upload(at, "rows-file", "c.csv", "channel,campaign,share\nTelly,A,1\n")
    assert "names channels that the plan does not have: Telly" in errors(at)
    assert "use-rows" not in [button.key for button in at.button]


def test_a_mapping_that_no_longer_fits_can_be_forgotten(planned: Planner) -> None:
    planned.change_kept(export_mapping=mg.DisaggregationMappingConfig(channels={"Telly": {"A": 1.0}}))
    at = opened("export", planned)
    assert "names channels that the plan does not have: Telly" in errors(at)
    at.button(key="drop-rows").click().run()
    assert not at.error
    assert planned.scenario.kept.export_mapping is None


def test_limits_come_in_as_one_step_after_a_preview(planned: Planner) -> None:
    planned.set_limits({"Meta": RowLimit(lower=1.0)})
    at = upload(opened("optimise", planned), "limits-file", "limits.csv", LIMITS)
    said = read(at)
    assert "4 limits in limits.csv. They take the place of all limits that are there now." in said
    assert "- tv at least 500,000 and at most 900,000" in said
    assert "Read 4 lines with commas between the fields; the columns are named in line 1" in said
    assert "- search + youtube at most 40 % of the total" in said
    assert list(planned.limits.values()) == [RowLimit(lower=1.0)]  # nothing happened yet
    at.button(key="use-limits").click().run()
    assert planned.limits == {
        ("channel", "tv"): RowLimit(lower=500_000, upper=900_000),
        ("channel", "facebook"): RowLimit(lower=-20, upper=30, unit="change"),
    }
    build = mg.ConstraintBuilder
    assert planned.scenario.constraints == (
        build.group_max_ratio(["search", "youtube"], 0.4),
        build.ratio_between(["radio"], ["outdoor"], max=2),
    )
    assert planned.scenario.channel_limits  # facebook stands inside Meta
    planned.optimise()
    assert planned.result is not None
    assert 500_000 - 1 <= planned.result.plan.channel_spends["tv"] <= 900_000 + 1
    at.button(key="limits-undo").click().run()
    assert list(planned.limits.values()) == [RowLimit(lower=1.0)]
    assert not planned.scenario.constraints
    assert not planned.scenario.channel_limits


def test_limits_from_a_table_leave_the_limit_on_moved_money(planned: Planner) -> None:
    moved = mg.ConstraintBuilder.max_moved({"tv": 100_000.0}, 0.1)
    planned.change(constraints=(moved,))
    at = upload(opened("optimise", planned), "limits-file", "limits.csv", LIMITS)
    assert "The limit on money moved away from a plan stays." in " ".join(text.value for text in at.markdown)
    at.button(key="use-limits").click().run()
    assert planned.scenario.constraints[0] == moved
    assert at.number_input(key="edit-0-share").value == 10.0


def test_a_bad_line_of_limits_changes_nothing(planned: Planner) -> None:
    at = upload(opened("optimise", planned), "limits-file", "limits.csv", HEAD + "tv,1,,\nTelly,1,,\n")
    assert "Line 3: the column “names” names ['Telly'], which are neither groups nor channels" in errors(at)
    assert not planned.limits
    assert "use-limits" not in [button.key for button in at.button]


def test_a_set_is_kept_by_channel(planned: Planner) -> None:
    table = read_table((HEAD + "Meta; tv,5,,money,\n").encode(), "x.csv")
    made = imported(planned, read_limit_lines(table, planned.groups))
    assert made.sets == (mg.ConstraintBuilder.group_min_spend(["facebook", "instagram", "tv"], 5.0),)


def test_groups_come_in_as_one_step_that_undo_takes_back(planned: Planner) -> None:
    text = "groups:\n  Meta: [facebook, tiktok]\n  Offline: [tv, radio]\n"
    at = upload(opened("group", planned), "groups-file", "groups.yaml", text)
    assert "Makes 2 groups of 2 channels each: Meta, Offline. Meta gives up 1 of its 2 channels." in read(at)
    at.button(key="groups-from-file").click().run()
    assert set(planned.groups["Meta"]) == {"facebook", "tiktok"}
    assert set(planned.groups["Offline"]) == {"tv", "radio"}
    assert planned.board_history.past[-1].what == "groups from groups.yaml"
    at.button(key="undo").click().run()
    assert set(planned.groups["Meta"]) == {"facebook", "instagram"}


def test_a_bad_file_of_groups_is_explained(planned: Planner) -> None:
    at = upload(opened("group", planned), "groups-file", "g.yaml", "groups:\n  Meta: [facebok]\n")
    assert "Line 2 of 'g.yaml': group 'Meta' names 'facebok', a channel the model does not have." in errors(at)
    assert set(planned.groups["Meta"]) == {"facebook", "instagram"}
