"""What one would have to believe for a plan to be the best one."""

import streamlit as st

from mmm_groups.display.numbers import money, percent, plain, ratio
from mmm_groups.errors import ConstraintError, MmmGroupsError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.numerics.labelled import by_name
from mmm_groups.plan.beliefs import belief_sentences, beliefs
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.planner import Planner

_SAID = 5


def beliefs_panel(current: Planner, plan: MediaPlan) -> None:
    """One sentence a group, the most disputed first, and the factors as a table."""
    place = st.expander(
        "What would you have to believe?", icon=":material/psychology:", key="plan-beliefs", on_change="rerun"
    )
    if not place.open:
        return
    with place:
        st.caption(
            "By what factor each group's effect would have to differ from the model, the others as they are, for this "
            "plan to be the best use of its money under the limits."
        )
        _beliefs(current, plan)


def _beliefs(current: Planner, plan: MediaPlan) -> None:
    spends, curves = by_name(plan.totals), current.known_curves
    groups = ChannelGroups(current.groups)
    try:
        try:
            found = beliefs(spends, curves, groups=groups, constraints=current.constraints())
        except ConstraintError as error:
            st.warning(plain(f"{error.text.marked} Asked without limits:"), icon=":material/rule:")
            found = beliefs(spends, curves, groups=groups)
    except MmmGroupsError as error:
        st.info(plain(error), icon=":material/info:")
        return
    said = belief_sentences(found)
    st.markdown("\n".join(f"{place}. {plain(sentence)}" for place, sentence in enumerate(said[:_SAID], 1)))
    number = st.column_config.NumberColumn
    shown = found[["spend", "factor", "lower", "upper", "share_of_draws"]]
    st.dataframe(
        written(
            shown,
            {
                "spend": lambda amount: money(amount, current.currency),
                **dict.fromkeys(("factor", "lower", "upper"), _factor),
                "share_of_draws": percent,
            },
        ),
        key="plan-belief-table",
        width="stretch",
        height="content" if len(shown) <= 15 else 560,
        placeholder="",
        column_config={
            "_index": st.column_config.TextColumn("Group", pinned=True),
            "spend": number("Spend"),
            "factor": number("Factor needed", help="How many times as well as the model says it would have to work."),
            "lower": number("from", help="The least factor at which this spend is the best one."),
            "upper": number("to", help="The greatest one."),
            "share_of_draws": number("Draws that agree", help="Share of the model's draws that agree with this spend."),
        },
    )


def _factor(value: float) -> str:
    return "any more" if value == float("inf") else ratio(value)
