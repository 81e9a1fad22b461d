"""A field for money that understands what planners type: `1.2M`, `400k`, `-10 %` of the reference."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmm_groups.display.presentation import number_style
from mmm_groups.numerics.digits import exact_amount
from mmm_groups.tables.typed_amounts import typed_amount
from mmm_groups.ui.planner.open_planners import refuse_beyond, tied
from mmm_groups.ui.planner.planner import Planner


def amount_field(
    label: str,
    key: str,
    amount: float | None,
    store: Callable[[Planner, float | None], None],
    *,
    of: float | None = None,
    of_what: str = "the reference spend",
    may_be_empty: bool = False,
    help: str = "",
    placeholder: str = "",
    place: DeltaGenerator | None = None,
) -> None:
    """One amount; what cannot be read is said by the page, and the amount of before stands.

    Parameters
    ----------
    label : str
    key : str
        Of the widget.
    amount : float or None
        What is typed now, in currency.
    store : callable
        Takes the planner and the new amount; None where an emptied field means that there is none.
    of : float, optional
        What a typed percentage is of; without it percentages are refused.
    of_what : str
        The same in words.
    may_be_empty : bool
    help, placeholder : str
    place : DeltaGenerator, optional
        Where it is drawn; default: here.
    """
    style = number_style()

    def take(planner: Planner, text: str) -> None:
        if not text.strip() and may_be_empty:
            store(planner, None)
            return
        amount = typed_amount(text, thousands=style.thousands, of=of)
        refuse_beyond(amount)
        store(planner, amount)

    shown = "" if amount is None else style.written(exact_amount(amount))
    (place or st).text_input(
        label,
        help=f"{help} 1.2M, 400k and −10 % (of {of_what}) are understood.".strip(),
        placeholder=placeholder,
        **tied(key, shown, take),
    )
