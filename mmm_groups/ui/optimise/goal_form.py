"""What the planner wants: the goal with its number beside the reference, and what counts of an uncertain response."""

import math
from dataclasses import dataclass
from functools import partial

import streamlit as st

from mmm_groups.curves.first_budget import unusual_budget
from mmm_groups.display.numbers import compact, compact_money, percent, plain, ratio
from mmm_groups.display.source_words import NO_DRAWS, budget_in_words, unusual_budget_in_words
from mmm_groups.model.calendar import one_period
from mmm_groups.numerics.digits import decimals_of
from mmm_groups.numerics.labelled import by_name, row_of
from mmm_groups.problem.utilities import MeanResponse, cases_of
from mmm_groups.scenario.goal_inputs import GoalInputs, GoalKind, UtilityKind
from mmm_groups.ui.panels.amount_field import amount_field
from mmm_groups.ui.planner.last_net import safe_change
from mmm_groups.ui.planner.open_planners import planner, tied
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.plotted_curves import reference_of
from mmm_groups.ui.widgets.choices import one_of

_GOALS: dict[GoalKind, str] = {
    "fixed_budget": "The most from a fixed budget",
    "target_roi": "The most at a target ROI",
    "target_marginal_roi": "Spend while the next money pays (target mROI)",
    "target_response": "A target response for the least money",
    "max_profit": "The largest profit",
}
_EXPLAINED: dict[GoalKind, str] = {
    "fixed_budget": "Spend exactly this money, so that it brings the largest response.",
    "target_roi": "Spend as much as brings the largest response while all money together still earns this ROI.",
    "target_marginal_roi": "Spend until the next unit of money would bring less than this.",
    "target_response": "Reach this response, and spend as little as possible for it.",
    "max_profit": "Spend until the next unit of money would cost more than the profit it brings.",
}
_UTILITIES: dict[UtilityKind, str] = {
    "mean_response": "The average",
    "quantile": "A bad year",
    "conditional_value_at_risk": "The worst cases",
}


_MEANT = "mmm_groups.meant-budget"


@dataclass(frozen=True)
class _Number:
    """The input of one goal's number."""

    label: str
    usual: float  # a value of the usual size, which the step follows
    figure: str | None  # column of the reference that it is held against


def goal_form(planner: Planner) -> None:
    """The goal, its number and its limits on the budget, and the utility."""
    inputs = planner.goal_inputs
    st.selectbox(
        "Goal",
        list(_GOALS),
        format_func=lambda kind: _GOALS[kind],
        help="What you typed for another goal is kept.",
        **tied("goal", inputs.kind, lambda own, kind: _choose_goal(own, one_of(_GOALS, kind))),
    )
    st.caption(_EXPLAINED[inputs.kind])
    if inputs.kind == "fixed_budget":
        _budget(planner)
    else:
        _value(planner)
        _budget_limits(planner)
    _utility(planner)


def _budget(planner: Planner) -> None:
    amount_field(
        f"Budget for {planner.window} ({plain(planner.currency) or 'currency'})",
        "budget",
        planner.budget,
        lambda own, budget: own.set_goal(budget=budget),
        of=reference_spend(planner),
        help="Money over the whole planning window.",
    )
    st.caption(plain(budget_in_words(planner.budget, planner.known_curves, planner.currency)))
    _ask_about_size(planner)


def _ask_about_size(planner: Planner) -> None:
    """Ask about a budget that looks as if it were for one period, or in thousands; it stays as typed until answered."""
    known = planner.known_curves
    readings = unusual_budget(planner.budget, known)
    if readings is None or planner.budget == st.session_state.get(_MEANT):
        return
    st.warning(plain(unusual_budget_in_words(planner.budget, known, planner.currency)), icon=":material/help:")
    with st.container(horizontal=True, gap="small"):
        for what, budget in readings.items():
            label = f"{_readings(planner)[what]}: {compact_money(budget, planner.currency)}"
            st.button(plain(label), key=f"meant-{what}", on_click=safe_change(_mean), args=(budget,))
        st.button("Keep it", key="meant-as-typed", on_click=safe_change(_mean), args=(planner.budget,), type="tertiary")


def _readings(planner: Planner) -> dict[str, str]:
    period = one_period(planner.source.frequency) if planner.horizon else "period"
    return {"per period": f"Per {period}", "in thousands": "In thousands", "in units": "Without thousands"}


def _mean(budget: float) -> None:
    st.session_state[_MEANT] = budget
    planner().set_goal(budget=budget)


def _value(planner: Planner) -> None:
    inputs = planner.goal_inputs
    number = _number_of(planner, inputs.kind)
    st.number_input(
        number.label,
        min_value=0.0,
        step=step_of(number.usual),
        format=shape_of(number.usual if inputs.value is None else inputs.value),
        placeholder="a number",
        **tied(f"goal-{inputs.kind}", inputs.value, _store_value, may_be_empty=True),
    )
    st.caption(plain(_reference_in_words(planner, number)))


def _number_of(planner: Planner, kind: GoalKind) -> _Number:
    money, target = planner.currency or "unit of money", plain(planner.source.target)
    per_money = f"{target} per {plain(money)}"
    match kind:
        case "target_roi":
            return _Number(f"ROI to reach ({per_money})", _figure(planner, "roi"), "roi")
        case "target_marginal_roi":
            label = f"What the next {plain(money)} must bring ({target})"
            return _Number(label, _figure(planner, "mroi"), "mroi")
        case "target_response":
            return _Number(f"Response to reach ({target})", _figure(planner, "response"), "response")
        case _:
            label = f"Profit that one unit of {target} leaves ({plain(planner.currency) or 'currency'})"
            roi = _figure(planner, "roi")
            return _Number(label, 1 / roi if roi > 0 else 1.0, None)


def _figure(planner: Planner, name: str) -> float:
    """A figure of the reference spend; 1 where it is unknown or nothing."""
    known = reference_figures(planner)[name] if planner.known_curves.has_reference else 1.0
    return known if math.isfinite(known) and known > 0 else 1.0


def reference_spend(planner: Planner) -> float | None:
    """What percentages of money are of, in currency; None if it is not known."""
    known = planner.known_curves
    return float(known.reference_spend.sum()) if known.has_reference else None


def step_of(size: float) -> float:
    """The step of a field for values of a size: a power of ten, a hundredth of it or less."""
    return float(10.0 ** (math.floor(math.log10(size)) - 2)) if size > 0 else 1.0


def shape_of(value: float) -> str:
    """The format of a field, with the decimals that the value has: at most two, of small values six digits."""
    most = max(2, decimals_of(abs(value), 6))
    written = f"{value:.{most}f}".rstrip("0").partition(".")[2]
    return f"%.{len(written)}f"


def _reference_in_words(planner: Planner, number: _Number) -> str:
    if number.figure is None:
        return "Before media is paid. If the outcome is revenue: the contribution margin, such as 0.300 for 30 %."
    if not planner.known_curves.has_reference:
        return "What was spent is not known, so there is no reference figure to hold it against."
    figures = reference_figures(planner)
    value = figures[number.figure]
    spent = compact_money(figures["spend"], planner.currency)
    said = {"roi": f"an ROI of {ratio(value)}", "mroi": f"an mROI of {ratio(value)}"}.get(number.figure)
    cases = cases_of(planner.scenario.utility)
    measure = " on average" if cases and number.figure == "mroi" else cases
    return f"The reference spend of {spent} has {said or f'a response of {compact(value)}'}{measure}."


def _budget_limits(planner: Planner) -> None:
    inputs, money = planner.goal_inputs, plain(planner.currency) or "currency"
    least, greatest = st.columns(2)
    for column, label, name in ((least, "Least budget", "min_budget"), (greatest, "Greatest budget", "max_budget")):
        amount_field(
            f"{label} ({money})",
            name,
            getattr(inputs, name),
            partial(_store_budget_limit, name),
            of=reference_spend(planner),
            may_be_empty=True,
            placeholder="no limit",
            help="The goal finds its own budget; leave this empty to let it.",
            place=column,
        )
    st.caption(plain(budget_reference(planner)))


def budget_reference(planner: Planner) -> str:
    """What budgets of one's own can be held against."""
    if not planner.known_curves.has_reference:
        return f"The curves reach {compact_money(float(planner.known_curves.upper.sum()), planner.currency)} in all."
    return f"The reference spend is {compact_money(reference_figures(planner)['spend'], planner.currency)}."


def _utility(planner: Planner) -> None:
    inputs, has_draws = planner.goal_inputs, planner.known_curves.has_draws
    st.segmented_control(
        "Plan for",
        list(_UTILITIES),
        format_func=lambda kind: _UTILITIES[kind],
        required=True,
        disabled=not has_draws,
        help="What counts of an uncertain response.",
        **tied("utility", inputs.utility, lambda own, kind: _change(own, utility=kind)),
    )
    if has_draws:
        st.caption(_utility_explained(inputs))
    else:
        st.caption(f"Only the average can be planned for: {NO_DRAWS}, so bad cases are unknown.")


def _utility_explained(inputs: GoalInputs) -> str:
    match inputs.utility:
        case "mean_response":
            return "The plan that is best on average over everything the model holds possible."
        case "quantile":
            return (
                f"The plan whose response is exceeded in {percent(1 - inputs.quantile)} of the cases the model holds "
                "possible, as high as can be."
            )
        case "conditional_value_at_risk":
            return (
                f"The plan that does best on average over the worst {percent(inputs.tail)} of what the model holds "
                "possible."
            )


def reference_figures(planner: Planner) -> dict[str, float]:
    """Spend, response, ROI and mROI of everything at the reference spend: the mROI mean, the others as planned for."""
    curves, utility = planner.known_curves, planner.scenario.utility
    row = row_of(reference_of(curves, {"all": curves.channels}, planner.interval), "all")
    figures = {name: float(row[name]) for name in ("spend", "response", "roi", "mroi")}
    if not isinstance(utility, MeanResponse) and figures["spend"] > 0:
        figures["response"] = utility.of(curves.earned_by(by_name(curves.reference_spend)))
        figures["roi"] = figures["response"] / figures["spend"]
    return figures


def _choose_goal(planner: Planner, kind: GoalKind) -> None:
    """Take up a goal; a number that was never typed starts at the reference figure, in three digits."""
    _change(planner, kind=kind)
    figure = _number_of(planner, kind).figure if kind != "fixed_budget" else None
    if figure is not None and planner.goal_inputs.value is None and planner.known_curves.has_reference:
        planner.set_goal(planner.goal_inputs.with_value(float(f"{reference_figures(planner)[figure]:.3g}")))


def _store_value(planner: Planner, value: float | None) -> None:
    planner.set_goal(planner.goal_inputs.with_value(value))


def _store_budget_limit(name: str, planner: Planner, typed: float | None) -> None:
    _change(planner, **{name: typed})


def _change(planner: Planner, **changed: object) -> None:
    planner.set_goal(planner.goal_inputs.model_copy(update=changed))
