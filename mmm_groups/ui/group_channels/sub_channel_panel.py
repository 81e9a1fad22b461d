"""Below the board: split a channel into sub-channels, change them, and merge them again."""

import streamlit as st
from streamlit.elements.lib.utils import LabelVisibility

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.curves.sub_channel_spend import part_spend
from mmm_groups.curves.sub_channels import Hold, SubChannels
from mmm_groups.display.charts.frame import config_for
from mmm_groups.display.charts.sub_channels import sub_channel_figure
from mmm_groups.display.numbers import plain
from mmm_groups.display.presentation import look
from mmm_groups.errors import MmmGroupsError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import group_curves
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.marking import marked
from mmm_groups.problem.sub_channel_limits import is_held, is_s_shaped
from mmm_groups.scenario.on_curves import split_channel_constraints
from mmm_groups.tables.lined_table import understood
from mmm_groups.ui.group_channels.board_steps import split_channels
from mmm_groups.ui.group_channels.sub_channel_draft import HOLD_WORDS, SubChannelRow, first_rows, rows_of_file, stated
from mmm_groups.ui.panels.curve_panel import words_of
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.plotted_curves import plotted_curve
from mmm_groups.ui.planner.sources import curves_with_sub_channels
from mmm_groups.ui.widgets.choices import one_of
from mmm_groups.ui.widgets.widget_state import key_of

_MOST_SUB_CHANNELS = 8
_TROUBLE = "parts-trouble"
OPEN = "parts-open"
_FIELDS = ("name", "share", "effect", "doubt")


def sub_channel_panel(current: Planner) -> None:
    """The channels that are split, and a form for one more."""
    # Its figures are worked out while it is open only: every drop on the board above would pay for them.
    place = st.expander("Split a channel into parts", icon=":material/call_split:", key=OPEN, on_change="rerun")
    if not place.open:
        return
    with place:
        st.caption(
            "For a channel that you brief in parts. The model knows the channel only as a whole, so what you type here "
            "is an assumption. It is marked as one wherever it counts."
        )
        if current.known_curves.is_conditional:
            st.info("The channels of this model do not add up, so none of them can be split.")
            return
        _splits(current)
        _form(current)


def _splits(current: Planner) -> None:
    for place, split in enumerate(current.scenario.sub_channels):
        text, merge = st.columns([6, 1], vertical_alignment="center")
        text.markdown(f":material/call_split: {plain(split.sentence)} {plain(_held_in_words(current, split))}")
        merge.button(
            "Merge",
            key=f"merge-{place}",
            on_click=safe_change(_merge),
            args=(split.parent,),
            help=f"Plan {plain(split.parent)} as a whole",
        )
    for limit in split_channel_constraints(current.scenario, current.known_curves):
        parts = ", ".join(getattr(limit, "channels", ()))
        st.caption(plain(f"The limit that you typed on the whole channel now holds {parts} together."))


def _held_in_words(current: Planner, split: SubChannels) -> str:
    if is_held(current.known_curves, split):
        return f"Plans keep each part within ± {marked(100 * split.within):.3g} % of its share of {split.parent}."
    if is_s_shaped(current.known_curves, split.parts):
        return "Its curve is S-shaped, and plans may put all money on one part: the history never showed that."
    return ""


def _form(current: Planner) -> None:
    channels = list(current.source.channels)
    left, right = st.columns([3, 2], gap="large")
    with left:
        parent = one_of(channels, st.selectbox("Channel", channels, key="parts-parent"))
        split = next((split for split in current.scenario.sub_channels if split.parent == parent), None)
        _from_file(current, parent)
        rows = _rows(current, parent, split)
        hold, within = _hold(parent, split)
    try:
        draft = stated(parent, rows, hold, within)
        others = tuple(other for other in current.scenario.sub_channels if other.parent != parent)
        order = channels.index
        assumed = tuple(sorted((*others, draft), key=lambda one: order(one.parent)))
        curves = curves_with_sub_channels(current.modelled_curves, assumed)
    except MmmGroupsError as error:
        with left:
            st.error(plain(error), icon=":material/error:")
        return
    with left:
        _note_on_s_shape(curves, draft)
        label = f"Split {plain(parent)}" if split is None else f"Change the parts of {plain(parent)}"
        what = f"split {parent}" if split is None else f"change parts of {parent}"
        st.button(
            label,
            key="parts-apply",
            type="primary",
            disabled=split == draft,
            on_click=safe_change(_take),
            args=(assumed, what),
        )
        if trouble := st.session_state.pop(_TROUBLE, None):
            st.error(plain(trouble), icon=":material/error:")
    with right:
        _chart(current, curves, draft)


def _note_on_s_shape(curves: ResponseCurves, draft: SubChannels) -> None:
    if is_held(curves, draft):
        kept = f"Plans keep each part within ± {marked(100 * draft.within):.3g} % of its share of {draft.parent}"
        why = ", because its curve is S-shaped: the formula alone would reward putting all money on one part."
        st.caption(plain(kept + (why if is_s_shaped(curves, draft.parts) else ".")))
    elif is_s_shaped(curves, draft.parts):
        st.warning(
            "The curve is S-shaped: without a hold, plans may put all money on one part. The history never showed "
            "such a mix, so do not trust what that promises.",
            icon=":material/warning:",
        )


def _rows(current: Planner, parent: str, split: SubChannels | None) -> list[SubChannelRow]:
    """One row of fields for each sub-channel."""
    count_key = _key(parent, 0, "count")
    st.session_state.setdefault(count_key, len(split.parts) if split is not None else 2)
    count = int(st.number_input("Number of parts", 2, _MOST_SUB_CHANNELS, key=count_key))
    has_draws = current.known_curves.has_draws
    rows = []
    for place, row in enumerate(first_rows(parent, split, count)):
        keys = {field: _key(parent, place, f"{count}-{field}") for field in _FIELDS}
        given = (row.name, row.share, row.effectiveness, row.uncertainty)
        for key, value in zip(keys.values(), given, strict=True):
            st.session_state.setdefault(key, value)
        name, share, effect, doubt = st.columns([4, 2, 2, 2])
        shown: LabelVisibility = "visible" if place == 0 else "collapsed"
        rows.append(
            SubChannelRow(
                name.text_input("Part", key=keys["name"], label_visibility=shown, max_chars=60),
                share.number_input(
                    "Share %", 0.0, 100.0, key=keys["share"], step=1.0, label_visibility=shown, help=_SHARE_HELP
                ),
                effect.number_input(
                    "Effect", 0.01, 100.0, key=keys["effect"], step=0.1, label_visibility=shown, help=_EFFECT_HELP
                ),
                doubt.number_input(
                    "± %", 0.0, 200.0, key=keys["doubt"], step=5.0, label_visibility=shown, help=_DOUBT_HELP
                )
                if has_draws
                else 0.0,
            )
        )
    return rows


_SHARE_HELP = "Share of the channel’s spend that the part had. The shares add up to 100 %."
_EFFECT_HELP = (
    "What the part’s money earns against that of the other parts, at the historical mix: 2 beside 1 is twice as much. "
    "Take it from a lift test or from judgement; only proportions count."
)
_DOUBT_HELP = "How unsure the effect is, as a standard deviation: it is drawn for each draw of the model."


def _hold(parent: str, split: SubChannels | None) -> tuple[Hold, float]:
    kind, amount = _key(parent, 0, "hold"), _key(parent, 0, "within")
    st.session_state.setdefault(kind, split.hold if split is not None else "when_s_shaped")
    st.session_state.setdefault(amount, 100 * split.within if split is not None else 20.0)
    left, right = st.columns([3, 2])
    hold: Hold = left.selectbox(
        "Keep the parts near their historical mix",
        list(HOLD_WORDS),
        format_func=lambda choice: HOLD_WORDS[choice],
        key=kind,
        help="Far from the mix that history showed, the parts’ curves are guesses. On an S-shaped curve they reward "
        "putting all money on one part.",
    )
    within = right.number_input("Within ± % of each share", 1.0, 100.0, key=amount, step=5.0, disabled=hold == "never")
    return one_of(HOLD_WORDS, hold), float(within)


def _from_file(current: Planner, parent: str) -> None:
    with st.popover("Take the shares from a file", icon=":material/upload:"):
        periods = current.known_curves.periods
        st.write(
            "A CSV or Excel file of what the parts spent: the first column holds dates, each other column is a part, "
            f"such as `date,feed,reels`. The latest {periods} dates count, as in the reference spend."
        )
        st.file_uploader(
            "Spend of the parts",
            type=["csv", "txt", "xlsx"],
            key="parts-file",
            on_change=safe_change(_take_file),
            args=(parent,),
        )
    if trouble := st.session_state.pop("parts-file-trouble", None):
        st.error(plain(trouble), icon=":material/error:")
    if read_as := st.session_state.pop("parts-file-read-as", None):
        st.caption(plain(read_as))


def _take_file(parent: str) -> None:
    upload = st.session_state["parts-file"]
    if upload is None:
        return
    try:
        spend = part_spend(upload.getvalue(), upload.name)
        fill_rows(parent, rows_of_file(parent, spend, planner().known_curves.periods))
        st.session_state["parts-file-read-as"] = understood(spend)
    except MmmGroupsError as error:
        st.session_state["parts-file-trouble"] = error.text


def fill_rows(parent: str, rows: list[SubChannelRow]) -> None:
    """Put rows into the form of a channel."""
    count = len(rows)
    st.session_state[_key(parent, 0, "count")] = count
    for place, row in enumerate(rows):
        for field, value in zip(_FIELDS, (row.name, row.share, row.effectiveness, row.uncertainty), strict=True):
            st.session_state[_key(parent, place, f"{count}-{field}")] = value


def _chart(current: Planner, curves: ResponseCurves, draft: SubChannels) -> None:
    alone = group_curves(curves, ChannelGroups())
    reference = curves.reference_spend
    furthest = max(alone.chart_end(name, [float(reference[name])]) for name in draft.parts)
    ends = {name: min(furthest, float(curves.upper[name])) for name in draft.parts}
    plotted = {name: plotted_curve(alone, name, ends[name], current.interval) for name in draft.parts}
    colors = dict(zip(draft.parts, look().palette, strict=False))
    words = words_of(current)
    st.plotly_chart(
        sub_channel_figure(plotted, by_name(reference), colors, words),
        key="parts-chart",
        config=config_for("parts of", draft.parent),
        alt=f"Assumed response curves of {', '.join(draft.parts)}.",
    )
    st.caption(
        plain(
            f"Assumed curves of the parts, before anything is applied. Dot: reference spend. At their historical mix "
            f"they add up to the model’s curve of {draft.parent}."
        )
    )


def _take(assumed: tuple[SubChannels, ...], what: str) -> None:
    try:
        split_channels(planner(), assumed, what)
    except MmmGroupsError as error:
        st.session_state[_TROUBLE] = error.text


def _merge(parent: str) -> None:
    current = planner()
    _take(tuple(split for split in current.scenario.sub_channels if split.parent != parent), f"merge {parent}")


def _key(parent: str, place: int, field: str) -> str:
    return key_of("parts", parent, str(place), field)
