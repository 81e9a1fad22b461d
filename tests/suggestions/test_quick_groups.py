"""Groupings by dim and by how names begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmm_groups.errors import GroupingError
from mmm_groups.suggestions.quick_groups import groups_by_dim, groups_by_prefix

CELLS = ["US · facebook", "US · tv", "DE · facebook", "DE · tv"]


def test_a_panel_by_geo_and_by_channel() -> None:
    assert groups_by_dim(CELLS, ["geo"], "geo") == {
        "US": ("US · facebook", "US · tv"),
        "DE": ("DE · facebook", "DE · tv"),
    }
    assert groups_by_dim(CELLS, ["geo"], "channel") == {
        "facebook": ("US · facebook", "DE · facebook"),
        "tv": ("US · tv", "DE · tv"),
    }


def test_two_dims() -> None:
    cells = ["US · shoes · tv", "US · hats · tv", "DE · shoes · tv"]
    assert groups_by_dim(cells, ["geo", "product"], "product") == {
        "shoes": ("US · shoes · tv", "DE · shoes · tv"),
        "hats": ("US · hats · tv",),
    }


@pytest.mark.parametrize(
    ("channels", "dims", "dim", "words"),
    [
        (CELLS, ["geo"], "product", r"no dim 'product'.*\['geo', 'channel'\]"),
        (["US · a · b", "US · c"], ["geo"], "geo", r"cannot be told apart by \['geo', 'channel'\].*\['US · a · b'\]"),
    ],
)
def test_impossible_dims_are_refused(channels: list[str], dims: list[str], dim: str, words: str) -> None:
    with pytest.raises(GroupingError, match=words):
        groups_by_dim(channels, dims, dim)


def test_names_that_begin_alike() -> None:
    channels = ["facebook_prospecting", "Facebook-retargeting", "search brand", "search.generic", "tv", "radio_spots"]
    assert groups_by_prefix(channels) == {
        "facebook": ("facebook_prospecting", "Facebook-retargeting"),
        "search": ("search brand", "search.generic"),
    }
    assert groups_by_prefix(["tv", "radio", "search"]) == {}


def test_a_group_never_bears_the_name_of_a_channel() -> None:
    assert groups_by_prefix(["meta", "meta_video", "tv"]) == {"meta (group)": ("meta", "meta_video")}


def test_in_a_panel_the_channels_own_name_counts() -> None:
    cells = [f"{geo} · {name}" for geo in ("US", "DE") for name in ("fb_video", "fb_feed", "tv_spots")]
    assert groups_by_prefix(cells, ["geo"]) == {"fb": tuple(cell for cell in cells if "fb" in cell)}


names = st.lists(st.text("ab_ -.·", min_size=1, max_size=6).map(str), unique=True, min_size=1, max_size=12)


@given(names)
def test_every_channel_is_in_one_group_at_most_and_none_is_invented(channels: list[str]) -> None:
    groups = groups_by_prefix(channels)
    inside = [channel for members in groups.values() for channel in members]
    assert len(inside) == len(set(inside))
    assert set(inside) <= set(channels)
    assert all(len(members) > 1 for members in groups.values())
