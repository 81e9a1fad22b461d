"""Suggested groups: what links two channels, and that every two members are linked."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mmm_groups as mg
from mmm_groups.suggestions.suggested_groups import (
    FEWEST_DATES,
    TOGETHER,
    SuggestedGroup,
    groups_by_platform,
    suggested_groups,
)

NO_SPEND = pd.DataFrame()


def spend_of(**columns: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(columns)


def waves(count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Two patterns of spend whose correlation over whole periods is 0."""
    t = 2 * np.pi * np.arange(count) / 20
    return 2 + np.sin(t), 2 + np.cos(t)


def sets(found: list[SuggestedGroup]) -> dict[str, tuple[str, ...]]:
    return {group.name: group.channels for group in found}


def test_platforms_and_words_bring_channels_together() -> None:
    channels = ["fb_video", "InstagramFeed", "radio_north", "youtube", "google-search", "radio_south", "tv"]
    assert sets(suggested_groups(channels, (), NO_SPEND)) == {
        "Meta": ("fb_video", "InstagramFeed"),
        "radio": ("radio_north", "radio_south"),
        "Google": ("youtube", "google-search"),
    }


def test_platforms_alone_make_groups_of_two_and_more() -> None:
    channels = ["fb_video", "bing_brand", "InstagramFeed", "youtube", "tv", "google-search"]
    assert groups_by_platform(channels) == {
        "Meta": ("fb_video", "InstagramFeed"),
        "Google": ("youtube", "google-search"),
    }
    assert groups_by_platform(["tv", "bing"]) == {}
    cells = [f"{geo} · {name}" for geo in ("US", "DE") for name in ("facebook", "tv")]
    assert groups_by_platform(cells, ["geo"]) == {"Meta": ("US · facebook", "DE · facebook")}
    assert list(groups_by_platform(["meta", "facebook"])) == ["Meta (group)"]


def test_the_platform_weighs_more_than_a_common_word() -> None:
    found = suggested_groups(["tiktok_video", "facebook_video", "instagram_stories"], (), NO_SPEND)
    assert sets(found) == {"Meta": ("facebook_video", "instagram_stories")}


def test_words_that_say_nothing_or_stand_everywhere_do_not_count() -> None:
    assert suggested_groups(["tv_spend", "radio_spend", "x1_2", "x2_2"], (), NO_SPEND) == []
    assert suggested_groups(["acme tv", "acme radio", "acme outdoor"], (), NO_SPEND) == []


def test_a_group_never_takes_the_name_of_a_channel() -> None:
    assert list(sets(suggested_groups(["meta", "instagram"], (), NO_SPEND))) == ["Meta (group)"]


def test_cells_of_one_channel_belong_together_in_a_panel_model() -> None:
    cells = [f"{geo} · {name}" for geo in ("US", "DE") for name in ("tv", "radio")]
    assert sets(suggested_groups(cells, ("geo",), NO_SPEND)) == {
        "tv": ("US · tv", "DE · tv"),
        "radio": ("US · radio", "DE · radio"),
    }


def test_spend_that_moved_together_links_channels_and_only_then() -> None:
    one, other = waves()
    spend = spend_of(tv=one, radio=3 * one + 1, display=other, outdoor=-one + 9)
    (group,) = suggested_groups(["tv", "radio", "display", "outdoor"], (), spend)
    assert (group.name, group.channels, group.moved_together) == ("tv and radio", ("tv", "radio"), True)
    assert group.correlation == pytest.approx(1.0)
    assert suggested_groups(["tv", "radio"], (), spend.head(FEWEST_DATES - 1)) == []
    # sin + a·cos over whole periods correlates with sin by 1 / sqrt(1 + a²): just enough, and just too little.
    a = np.sqrt(1 / TOGETHER**2 - 1)
    for factor, count in ((0.98, 1), (1.02, 0)):
        mixed = spend_of(tv=one, radio=one + factor * a * other)
        assert len(suggested_groups(["tv", "radio"], (), mixed)) == count


def test_a_channel_that_never_changed_moved_with_nobody() -> None:
    one, _ = waves()
    assert suggested_groups(["tv", "radio"], (), spend_of(tv=one, radio=np.ones(60))) == []


@given(st.integers(2, 8), st.integers(0, 10_000))
def test_every_two_members_moved_together_and_nobody_is_in_two_groups(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(60, 2))
    values = 10 + common @ rng.normal(size=(2, count)) + 0.3 * rng.normal(size=(60, count))
    channels = [f"{letter}{letter}" for letter in "abcdefgh"[:count]]
    spend = pd.DataFrame(values, columns=channels)
    found = suggested_groups(channels, (), spend)
    inside = [channel for group in found for channel in group.channels]
    assert len(set(inside)) == len(inside)
    for group in found:
        lowest = min(np.corrcoef(spend[a], spend[b])[0, 1] for a, b in combinations(group.channels, 2))
        assert group.correlation == pytest.approx(lowest)
        assert lowest >= TOGETHER
    # Two whole sets that could be one are one, and so are two channels that were left alone.
    parts = [list(group.channels) for group in found] + [[channel] for channel in channels if channel not in inside]
    for one, other in combinations(parts, 2):
        assert min(np.corrcoef(spend[a], spend[b])[0, 1] for a in one for b in other) < TOGETHER


def test_labels_that_cannot_be_taken_apart_are_refused() -> None:
    with pytest.raises(mg.errors.GroupingError, match="Group them by hand"):
        suggested_groups(["US · a · b", "US · c"], ("geo",), NO_SPEND)
