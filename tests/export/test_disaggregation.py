"""A channel's money parted over campaigns: to the cent, and refused by name."""

import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.errors import DisaggregationError
from mmm_groups.export.disaggregation import unmapped
from mmm_groups.numerics.rounding import cents_in_parts
from mmm_groups.tables.spreadsheet import read_table

Config = mg.DisaggregationMappingConfig


def largest_remainders(cents: int, shares: list[int]) -> list[int]:
    """The rule in exact fractions: the slow, obvious way."""
    exact = [Fraction(cents * share, sum(shares)) for share in shares]
    whole = [int(part) for part in exact]
    order = sorted(range(len(shares)), key=lambda place: whole[place] - exact[place])
    for place in order[: cents - sum(whole)]:
        whole[place] += 1
    return whole


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_parts_follow_the_largest_remainders(cents: int, shares: list[int]) -> None:
    parts = cents_in_parts(cents, np.array(shares, dtype=float))
    assert sum(parts) == cents
    expected = largest_remainders(cents, shares)
    exact = [Fraction(cents * share, sum(shares)) for share in shares]
    # Floating point may order remainders that are equal to a millionth of a cent otherwise.
    assert all(abs(int(part) - whole) <= 1 for part, whole in zip(parts, expected, strict=True))
    assert all(abs(int(part) - want) < 1 + 1e-3 for part, want in zip(parts, exact, strict=True))
    assert all(part == 0 for part, share in zip(parts, shares, strict=True) if share == 0)


def test_three_equal_campaigns_share_a_cent() -> None:
    assert cents_in_parts(100, np.ones(3)) == [34, 33, 33]
    assert cents_in_parts(5, np.array([0.5, 0.3, 0.2])) == [3, 1, 1]
    assert cents_in_parts(2, np.array([1.0, 0.0, 1e-9])) == [2, 0, 0]


@pytest.fixture(scope="module")
def plan() -> mg.Plan:
    curves = root_curves([3.0, 1.0, 2.0], top=1e6, history=[10.0, 20.0, 30.0])
    return mg.optimize(curves, goal=mg.FixedBudget(1000.01), groups=mg.ChannelGroups({"G": ["c0", "c1"]}))


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=9), st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_channels_keep_their_money_to_the_cent(plan: mg.Plan, spent: list[float], more: list[float]) -> None:
    config = Config(
        channels={
            "c0": {f"campaign {place}": amount for place, amount in enumerate(spent)},
            "c2": {f"other {place}": amount + 0.01 for place, amount in enumerate(more)},
        },
        basis="historical_spend",
    )
    rows = mg.disaggregate(plan, config)
    cents = (rows["spend"] * 100).round().astype(int).groupby(rows["channel"]).sum()
    exported = mg.plan_table(plan).set_index("channel")["spend"]
    assert {name: round(100 * spend) for name, spend in exported.items()} == cents.to_dict()
    assert cents.sum() == 100_001
    own = rows[rows["channel"] == "c0"]
    expected = np.array(spent) / sum(spent) * exported["c0"]
    assert np.abs(own["spend"].to_numpy() - expected).max() <= 0.01 + 1e-6
    assert own["share_of_channel"].sum() == pytest.approx(1)


def test_channels_left_out_stay_one_row(plan: mg.Plan) -> None:
    config = Config(channels={"c2": {"Brand": 0.25, "Generic": 0.75}})
    rows = mg.disaggregate(plan, config)
    assert rows["row"].tolist() == ["c0", "c1", "Brand", "Generic"]
    assert rows["group"].tolist() == ["G", "G", "c2", "c2"]
    assert rows["is_mapped"].tolist() == [False, False, True, True]
    assert rows["spend"].iloc[3] == pytest.approx(0.75 * plan.channel_spends["c2"], abs=0.01)
    assert unmapped(plan, config) == ["c0", "c1"]


def table(rows: list[tuple[object, object, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["channel", "campaign", "value"], index=range(2, 2 + len(rows)))


def read(rows: list[tuple[object, object, object]], basis: str = "given_shares") -> mg.DisaggregationMappingConfig:
    return Config.from_table(table(rows), channel="channel", row="campaign", value="value", basis=basis)  # type: ignore[arg-type]


def test_a_table_of_shares_may_be_in_percent() -> None:
    config = read([("tv", "A", "25"), ("tv", "B", 75), ("radio", "C", 0.5), ("radio", "D", 0.5)])
    assert config.shares("tv") == {"A": 0.25, "B": 0.75}
    assert config.shares("radio") == {"C": 0.5, "D": 0.5}


def test_shares_of_rounded_percent_are_told_in_percent() -> None:
    rows: list[tuple[object, object, object]] = [
        ("search", "Brand", 33.3),
        ("search", "Generic", 33.3),
        ("search", "Shopping", 33.3),
    ]
    with pytest.raises(DisaggregationError, match=r"The shares of 'search' add up to 99\.9 %, not to 100 %"):
        read(rows)
    assert read([*rows[:2], ("search", "Shopping", "33.4")]).shares("search")["Shopping"] == pytest.approx(0.334)


def test_numbers_mean_what_their_file_says(plan: mg.Plan) -> None:
    def of(text: str, basis: str = "historical_spend") -> mg.DisaggregationMappingConfig:
        table = read_table(text.encode(), "rows.csv")
        return Config.from_table(table, channel="channel", row="campaign", value="spend", basis=basis)  # type: ignore[arg-type]

    head = "channel;campaign;spend\n"
    config = of(head + "c0;Brand;1.250\nc0;Generic;980,00\n")
    assert config.shares("c0") == {"Brand": pytest.approx(1250 / 2230), "Generic": pytest.approx(980 / 2230)}
    with pytest.raises(DisaggregationError, match=re.escape("Line 2: “1.250” in the column “spend” may mean 1250")):
        of(head + "c0;Brand;1.250\nc0;Generic;980\n")
    assert of(head + "c0;Brand;25 %\nc0;Generic;75%\n", "given_shares").shares("c0") == {"Brand": 0.25, "Generic": 0.75}
    with pytest.raises(DisaggregationError, match="Line 2: 25 % in the column 'spend' is a percentage, not money"):
        of(head + "c0;Brand;25 %\n")


def test_channels_are_known_but_for_unseen_spaces(plan: mg.Plan) -> None:
    config = Config(channels={" c0\u00a0": {"A": 1.0}})
    assert mg.disaggregate(plan, config)["row"].tolist() == ["A", "c1", "c2"]
    assert unmapped(plan, config) == ["c1", "c2"]
    assert config.named_as(["c0", "c1"]).channels == {"c0": {"A": 1.0}}


def test_weekly_spend_of_a_campaign_is_added_up() -> None:
    config = read([("tv", "A", 10), ("tv", "B", 30), ("tv", "A", 20)], "historical_spend")
    assert config.shares("tv") == {"A": 0.5, "B": 0.5}


@pytest.mark.parametrize(
    ("rows", "basis", "said"),
    [
        ([("tv", "A", 0.5)], "given_shares", r"The shares of 'tv' add up to 50 %, not to 100 %\. Change A by \+50 %"),
        ([("tv", "A", 0.5), ("tv", "A", 0.5)], "given_shares", r"Line 3: 'A' of the channel 'tv' stands there twice"),
        ([("tv", "A", "lots")], "given_shares", "Line 2: “lots” in the column “value” is no number"),
        ([("tv", "A", 1.0), ("tv", "B", -1)], "given_shares", r"Line 3: -1 in the column 'value'"),
        ([("tv", "A", float("nan"))], "given_shares", "Line 2: the column 'value' is empty. Write a number"),
        ([("tv", "A", 1.0), (None, "B", 1)], "given_shares", r"Line 3: the column 'channel' is empty"),
        ([("tv", " ", 1.0)], "given_shares", r"Line 2: the column 'campaign' is empty"),
        ([("tv", "A", 0), ("tv", "B", 0)], "historical_spend", r"rows of 'tv' had no historical spend.*Give shares"),
        ([], "given_shares", r"no lines"),
    ],
)
def test_a_bad_table_is_refused_by_line(rows: list[tuple[object, object, object]], basis: str, said: str) -> None:
    with pytest.raises(DisaggregationError, match=said):
        read(rows, basis)


def test_columns_that_are_not_there_are_named() -> None:
    with pytest.raises(DisaggregationError, match=r"no column \['share'\]\. It has \['channel', 'campaign', 'value'\]"):
        Config.from_table(table([("tv", "A", 1)]), channel="channel", row="campaign", value="share")
    with pytest.raises(DisaggregationError, match="names one twice"):
        Config.from_table(table([("tv", "A", 1)]), channel="channel", row="channel", value="value")


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        ({}, "In the mapping 'channels' cannot be used"),
        ({"tv": {}}, "'tv' is mapped to no rows"),
        ({"tv": {" ": 1.0}}, "row of the channel 'tv' has no name"),
        ({"tv": {"A": -1.0}}, "'A' of 'tv' of 'channels'.*at least 0"),
    ],
)
def test_a_bad_mapping_is_refused_by_name(channels: dict[str, dict[str, float]], said: str) -> None:
    with pytest.raises(DisaggregationError, match=said):
        Config(channels=channels)


def test_a_channel_that_the_plan_does_not_have_is_named(plan: mg.Plan) -> None:
    with pytest.raises(DisaggregationError, match=r"does not have: tv\. The plan has c0, c1, c2"):
        mg.disaggregate(plan, Config(channels={"tv": {"A": 1.0}}))


@pytest.mark.parametrize("empty", [None, float("nan"), pd.NA, pd.NaT, " "])
def test_an_empty_cell_is_no_name(empty: object) -> None:
    table = pd.DataFrame({"channel": ["search"], "row": pd.Series([empty], dtype=object), "value": [1.0]})
    with pytest.raises(DisaggregationError, match="Line 0: the column 'row' is empty"):
        Config.from_table(table, channel="channel", row="row", value="value")
