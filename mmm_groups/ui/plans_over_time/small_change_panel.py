"""The best small change of a plan: what moving only so much of its money would deliver."""

import pandas as pd
import streamlit as st

from mmm_groups.display.media_plan_words import small_change_in_words
from mmm_groups.display.numbers import money, percent, plain, signed
from mmm_groups.errors import MmmGroupsError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.media_plan.small_change import SmallChange, best_small_change
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.plan_findings import evaluation_of
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.plans_over_time.taking import keep_plan

_SHARES = (1, 2, 5, 10, 15, 20, 30, 50)


def small_change_panel(current: Planner, found: PlanEvaluation) -> None:
    """A slider, what that change delivers, and what each group gets then."""
    place = st.expander("The best small change", icon=":material/tune:", key="plan-small-change", on_change="rerun")
    if not place.open:
        return
    with place:
        share = st.select_slider(
            "Of the plan's money, move at most",
            _SHARES,
            value=10,
            format_func=lambda share: percent(share / 100),
            key="small-change",
            width=420,
            help="Between groups, under the limits. Each group keeps its split, each channel its phasing.",
        )
        try:
            with st.spinner("Looking for the best small change …"):
                change = best_small_change(
                    found.plan,
                    current.known_curves,
                    share / 100,
                    groups=ChannelGroups(current.groups),
                    constraints=current.constraints(),
                    utility=current.scenario.utility,
                )
                gain = evaluation_of(current, change.plan).compare(found).total
        except MmmGroupsError as error:
            st.info(plain(error), icon=":material/info:")
            return
        st.markdown(plain(small_change_in_words(change, gain, share / 100, current.currency)))
        _table(current, found, change)
        st.button(
            "Keep it as a plan",
            key="keep-small-change",
            icon=":material/bookmark_add:",
            on_click=safe_change(_keep),
            args=(change,),
        )


def _keep(change: SmallChange) -> None:
    keep_plan(planner(), change.plan)


def _table(current: Planner, found: PlanEvaluation, change: SmallChange) -> None:
    totals = found.plan.totals
    before = pd.Series({name: float(totals[list(members)].sum()) for name, members in current.groups.items()})
    after = change.best.spends[before.index]
    table = pd.DataFrame({"Plan": before, "Changed": after, "Difference": after - before}).rename_axis("Group")

    def amount(value: float) -> str:
        return money(value, current.currency)

    shown = written(
        table, {"Plan": amount, "Changed": amount, "Difference": lambda value: signed(amount(value), value)}
    )
    st.dataframe(shown, key="small-change-table", width="stretch", height="content")
