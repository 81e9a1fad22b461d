"""How money is spent in the window: over which dates, and at which prices per unit."""

from collections.abc import Callable
from typing import Literal

import pandas as pd
import streamlit as st

from mmm_groups.curves.prices import usual_prices
from mmm_groups.display.numbers import plain
from mmm_groups.errors import FlightingError, PriceError
from mmm_groups.model.calendar import period_word
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.flighting import FlightingRule, flighting_shares
from mmm_groups.numerics.marking import marked
from mmm_groups.scenario.fields import TableFlighting
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner, tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.widget_state import key_of

_CHOICES: dict[FlightingRule | Literal["table"], str] = {
    "even": "Evenly",
    "last_year": "As a year before",
    "table": "Own table",
}
_TROUBLE = "money-trouble"


def pick_flighting(current: Planner) -> None:
    """Choose how each channel's money is spread over the window's dates."""
    st.segmented_control(
        "Spread the money",
        list(_CHOICES),
        **tied("flighting", current.flighting, _choose),
        format_func=lambda choice: _CHOICES[choice],
        required=True,
        help="**Evenly**: the same on every date. **As a year before**: each channel in the proportions of the same "
        "dates a year earlier. **Own table**: weights by date and channel, of which only the proportions count.",
    )
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/error:")
    if current.flighting == "table":
        _table(current)


def pick_prices(current: Planner) -> None:
    """Planned prices per unit, where the model knows channels in units such as impressions or clicks."""
    model, horizon = current.source, current.horizon
    if not isinstance(model, FittedModel) or horizon is None or model.historical_units.empty:
        return
    usual = usual_prices(model, horizon.periods)
    with st.expander("Prices per unit", icon=":material/sell:"):
        st.caption(
            "The model knows these channels in units (impressions, clicks). The price turns money into units; the "
            "usual one is what the units cost over the latest dates, as many as the window has."
        )
        planned = current.scenario.prices
        for channel, price in usual.items():
            st.number_input(
                plain(channel),
                min_value=0.0,
                format="%.6g",
                help=plain(f"Usually {marked(price):.6g} for each unit."),
                **tied(key_of("price", channel), planned.get(channel, price), _price_of(channel, price)),
            )


def _price_of(channel: str, usual: float) -> Callable[[Planner, float], None]:
    def store(own: Planner, price: float) -> None:
        before = own.scenario
        prices = {name: known for name, known in before.prices.items() if name != channel}
        own.change(prices=prices if price == usual else prices | {channel: float(price)})
        try:
            own.ask_again()
        except PriceError as error:
            own.scenario = before
            st.session_state[_TROUBLE] = error.text

    return store


def _choose(own: Planner, choice: FlightingRule | Literal["table"]) -> None:
    before, table = own.scenario, own.scenario.table
    model, horizon = own.source, own.horizon
    if not isinstance(model, FittedModel) or horizon is None:
        return
    try:
        if choice != "table":
            flighting_shares(model.historical_spend, horizon, choice)
        elif table is None or not table.frame.index.equals(horizon.dates):
            rule: FlightingRule = "even" if own.flighting == "table" else own.flighting
            shares, _ = flighting_shares(model.historical_spend, horizon, rule)
            table = TableFlighting.of((100 * shares).round(6))
        own.set_flighting(choice, table)
        own.ask_again()
    except FlightingError as error:
        own.scenario = before
        st.session_state[_TROUBLE] = error.text


def _table(current: Planner) -> None:
    weights = current.weights
    if weights is None or current.horizon is None:
        return
    # What is stored is part of the key, so that the table never applies an edit a second time.
    key = f"weights-{pd.util.hash_pandas_object(weights).sum()}"
    st.data_editor(
        weights.set_axis([f"{date:%Y-%m-%d}" for date in weights.index], axis=0).rename_axis("Date"),
        key=key,
        on_change=safe_change(_store_weights),
        args=(key,),
        width="stretch",
        height=min(38 * (len(weights) + 1), 360),
        column_config={str(name): st.column_config.NumberColumn(min_value=0.0, format="%.4g") for name in weights},
    )
    st.caption(f"Weights of each channel by {period_word(current.horizon.frequency)}; only their proportions count.")


def _store_weights(key: str) -> None:
    own = planner()
    model, horizon = own.source, own.horizon
    if own.weights is None or not isinstance(model, FittedModel) or horizon is None:
        return
    changed = own.weights.copy()
    for row, edit in st.session_state[key]["edited_rows"].items():
        for channel, weight in edit.items():
            changed.loc[changed.index[int(row)], channel] = 0.0 if weight is None else float(weight)
    try:
        flighting_shares(model.historical_spend, horizon, changed)
    except FlightingError as error:
        st.session_state[_TROUBLE] = error.text
        return
    own.set_flighting("table", TableFlighting.of(changed))
    own.ask_again()
