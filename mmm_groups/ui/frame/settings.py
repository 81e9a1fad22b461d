"""The settings of a session: currency, number format, large numbers shortened or in full, mass of intervals."""

from dataclasses import replace

import streamlit as st

from mmm_groups.display.number_style import SEPARATORS, NumberStyle
from mmm_groups.display.numbers import CURRENCIES, percent
from mmm_groups.ui.planner.open_planners import tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Answers, Result
from mmm_groups.ui.planner.session_presentation import choose_numbers, chosen_numbers

MASSES = (0.5, 0.8, 0.9, 0.94, 0.95)


def settings(planner: Planner) -> None:
    """A small menu in the header; it holds for every page."""
    with st.popover("", icon=":material/settings:", type="tertiary", help="Currency, number format, intervals"):
        st.segmented_control(
            "Currency",
            list(CURRENCIES.values()),
            format_func=lambda symbol: symbol.replace("$", r"\$") or "none",
            required=True,
            help="Only the symbol: models do not store a currency and nothing is converted.",
            **tied("currency", planner.currency, lambda own, symbol: own.change_settings(currency=symbol)),
        )
        style = chosen_numbers()
        name = next(known for known, pair in SEPARATORS.items() if pair == (style.thousands, style.decimal))
        st.segmented_control(
            "Number format",
            list(SEPARATORS),
            required=True,
            help="The separators of thousands and decimals, in text, tables and charts.",
            **tied("separators", name, _separate),
        )
        st.segmented_control(
            "Large numbers",
            [True, False],
            format_func=lambda shortens: "Shortened (1.23M)" if shortens else "In full",
            required=True,
            help="Tables always show numbers in full.",
            **tied("shortens", style.shortens, lambda _, on: choose_numbers(replace(chosen_numbers(), shortens=on))),
        )
        st.segmented_control(
            "Intervals hold",
            sorted({*MASSES, planner.interval}),
            format_func=percent,
            required=True,
            disabled=planner.curves is not None and not planner.curves.has_draws,
            help="How much of what the model holds possible lies inside an interval or a band.",
            **tied("interval", planner.interval, choose_interval),
        )


def _separate(_: Planner, name: str) -> None:
    thousands, decimal = SEPARATORS[name]
    choose_numbers(NumberStyle(thousands, decimal, chosen_numbers().shortens))


def choose_interval(planner: Planner, mass: float) -> None:
    """Show intervals of another mass, of the last plan as well: its spends stay."""
    planner.change_settings(interval=mass)
    if planner.result is not None:
        planner.result = _with_interval(planner.result, mass)
    planner.resplit = None


def _with_interval(result: Result, mass: float) -> Result:
    plan = replace(result.plan, interval=mass)
    # New answers: what was worked out says the old interval.
    return Result(plan, result.inputs, result.split, result.seconds, Answers(), result.what_if)
