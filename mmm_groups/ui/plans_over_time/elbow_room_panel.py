"""How far each group's money may move while the optimum stays almost as good."""

import streamlit as st

from mmm_groups.display.charts.frame import config_for
from mmm_groups.display.charts.media_plans import elbow_room_chart
from mmm_groups.display.media_plan_words import room_in_words
from mmm_groups.display.numbers import percent, plain
from mmm_groups.errors import MmmGroupsError
from mmm_groups.numerics.labelled import labels_of, number_at
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.downloads import download_data

_WITHIN = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0)


def elbow_room_panel(current: Planner) -> None:
    """A bar a group, where there is an optimum that answers to what is typed."""
    if current.result is None or current.is_stale:
        return
    place = st.expander(
        "Elbow room: how far the optimum may be moved",
        icon=":material/swap_horiz:",
        key="plan-elbow",
        on_change="rerun",
    )
    if not place.open:
        return
    with place:
        within = st.select_slider(
            "The response may fall by",
            _WITHIN,
            value=1.0,
            format_func=lambda share: percent(share / 100, 1),
            key="elbow-within",
            width=420,
            help="The other groups are re-optimised at both ends; the money in all and the limits stay.",
        )
        try:
            room = current.result.elbow_room(within / 100)
        except MmmGroupsError as error:
            st.info(plain(error), icon=":material/info:")
            return
        st.plotly_chart(
            elbow_room_chart(room, current.colors_for(room.index), current.currency),
            key="elbow-chart",
            config=config_for("elbow room"),
            alt="; ".join(
                f"{name}: "
                + room_in_words(number_at(room, name, "lower"), number_at(room, name, "upper"), current.currency)
                for name in labels_of(room)
            ),
        )
        download_data(lambda: room, "elbow room", key="elbow-csv")
        if not room["is_proven"].all():
            st.caption("On curves of this shape the search ended before every end was proven to be the last one.")
