"""Groups from a YAML or JSON file: what they would do is said first, and making them is one step that can be undone."""

from collections.abc import Callable

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import GroupingError
from mmm_groups.groups.groups_file import groups_text, read_groups
from mmm_groups.ui.group_channels.board_steps import take_over
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import to_mapping
from mmm_groups.ui.widgets.board.regroup import Regrouping, regrouping

_FILE = "groups-file"


def groups_from_file(current: Planner, in_words: Callable[[Regrouping], str]) -> None:
    """Offer to make the groups of a file, and to keep those of the board in one.

    Parameters
    ----------
    current : Planner
    in_words : callable
        Says in words what a regrouping would do.
    """
    st.caption("A YAML or JSON file that lists channels by group:")
    st.code("groups:\n  Meta: [facebook, instagram]", language="yaml")
    upload = st.file_uploader("File with groups", type=["yaml", "yml", "json"], key=_FILE, max_upload_size=1)
    if upload is not None:
        try:
            groups = read_groups(upload.getvalue(), upload.name, current.source.channels)
        except GroupingError as error:
            st.error(plain(error), icon=":material/error:")
        else:
            offer = regrouping(current.board, groups)
            st.caption(plain(in_words(offer)))
            st.button(
                "Make these groups",
                key="groups-from-file",
                type="primary",
                disabled=offer.changes_nothing,
                on_click=safe_change(_make),
                args=(groups, upload.name),
            )
    there = to_mapping(current.board)
    if there:
        st.download_button(
            "Groups of the board as YAML",
            groups_text({name: tuple(members) for name, members in there.items()}),
            file_name=current.file_name("groups", "yaml"),
            mime="application/yaml",
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
            key="groups-as-file",
        )


def _make(groups: dict[str, tuple[str, ...]], name: str) -> None:
    """Make the groups on the board as it is now: a drop may have reached Python with this very click."""
    current = planner()
    take_over(current, regrouping(current.board, groups).after, f"groups from {name}")
