"""What a plan's numbers rest on, in sentences for a reader who was not there."""

import numpy as np
import pandas as pd

from mmm_groups.model.spend_history import is_shorter
from mmm_groups.numerics.digits import marked_amount
from mmm_groups.numerics.labelled import column_of, labels_of
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.plan.plan import Plan
from mmm_groups.problem.utilities import ConditionalValueAtRisk, Quantile
from mmm_groups.sentences import some_of

_EVEN = 1e-9  # shares that differ by less are the same on every date
_NAMES_SHOWN = 12
_METHODS = {
    "sum": "The sum: what the channels of a group earn along its split.",
    "weighted_average": "The weighted average: each group as one blended channel.",
    "re_estimated": "Re-estimated: one saturation curve through what past mixes of the group would have earned.",
}
_SPLITS_SHOWN = 40


def assumptions_of(plan: Plan) -> dict[str, MarkedText]:
    """Topic to sentence: window, flighting, prices, group curves, split, reference, history, interval and risk.

    Parameters
    ----------
    plan : Plan
    """
    curves = plan.problem.channel_curves
    sentences = {
        "Window": _window(plan),
        "Flighting": _flighting(plan),
        "Prices": _prices(plan),
        "Group curves": _METHODS[plan.problem.group_curves.method] if _has_groups(plan) else "",
        "Split inside groups": _splits(plan),
        "Reference": _reference(plan),
        "Beyond history": _extrapolation(plan),
        "Uncertainty": _interval(plan),
        "Planned for": _risk(plan),
        "Channels together": _together(plan),
        "Notes on the curves": MarkedText.joined(" ", (*curves.origin.notes, *plan.problem.group_curves.notes)).marked,
    }
    return {topic: MarkedText(sentence) for topic, sentence in sentences.items() if sentence}


def _has_groups(plan: Plan) -> bool:
    return any(len(members) > 1 for members in plan.problem.groups.values())


def _window(plan: Plan) -> str:
    curves = plan.problem.channel_curves
    if curves.horizon is None:
        return "All money is over the curves' own window, whose dates their file does not say."
    dates = f"{curves.horizon} ({curves.horizon.periods} dates)"
    tail = (
        "What the spend causes after the last date, by carry-over, counts as well." if curves.origin.model_hash else ""
    )
    return f"All money and response are over {dates}. {tail}".strip()


def _flighting(plan: Plan) -> str:
    flighting = plan.problem.channel_curves.flighting
    if flighting.empty:
        return "How money is spread over the dates is not known: the curves come from a file that does not say."
    uneven = [str(name) for name in flighting if float(np.ptp(column_of(flighting, str(name)).to_numpy())) > _EVEN]
    if not uneven:
        return "Every channel's money is spread evenly over the dates."
    others = "" if len(uneven) == len(flighting.columns) else " All other channels are spread evenly."
    return f"A pattern of its own over the dates: {some_of(uneven, _NAMES_SHOWN)}.{others}"


def _prices(plan: Plan) -> str:
    prices = plan.problem.channel_curves.prices
    listed = ", ".join(f"{name} {marked(price):.6g}" for name, price in prices.items())
    return f"Price per unit of the channels that the model knows in units: {listed}." if listed else ""


def _splits(plan: Plan) -> str:
    shares, paths = plan.problem.group_curves.shares_at(plan.spends), plan.problem.group_curves.paths
    sentences = []
    for name, members in plan.problem.groups.items():
        if len(members) > 1:
            is_best = name not in plan.problem.decisions.paths or paths[name].fractions is None
            rule = "what earns most" if is_best else "fixed shares"
            parts = ", ".join(f"{channel} {marked(100 * share):.1f} %" for channel, share in shares[name].items())
            sentences.append(f"{name} ({rule}): {parts}.")
    more = [f"And {len(sentences) - _SPLITS_SHOWN} more groups."] if len(sentences) > _SPLITS_SHOWN else []
    return " ".join([*sentences[:_SPLITS_SHOWN], *more])


def _reference(plan: Plan) -> str:
    curves = plan.problem.channel_curves
    if not curves.has_reference:
        return "There is no reference plan: what was spent is not known."
    spent = f"{marked_amount(float(curves.reference_spend.sum()))}"
    if curves.historical_spend.empty:
        return f"The plan is compared with a reference spend of {spent}, as the file of curves gives it."
    dated = curves.historical_spend.index
    when = f", up to {dated[-1]:%Y-%m-%d}" if isinstance(dated, pd.DatetimeIndex) else ""
    if is_shorter(curves.historical_spend, curves.periods):
        return (
            f"The plan is compared with all that history spent{when}, scaled up from its "
            f"{len(curves.historical_spend)} dates to the {curves.periods} of the window: {spent} in all."
        )
    dates = "date" if curves.periods == 1 else f"{curves.periods} dates"
    return f"The plan is compared with what the latest {dates} of history spent{when}: {spent} in all."


def _extrapolation(plan: Plan) -> str:
    curves = plan.problem.channel_curves
    if not curves.has_largest_spend:
        return "Which spends go beyond history is not known: the file does not say what was spent when."
    names = labels_of(plan.channels[plan.channels["extrapolated"]])
    if not names:
        return "No channel gets more than some window of this length in history: the model does not extrapolate."
    shown = some_of(names, _NAMES_SHOWN)
    return f"More than in any past window of this length, so that the model extrapolates there: {shown}."


def _interval(plan: Plan) -> str:
    curves = plan.problem.channel_curves
    if curves.has_draws:
        return (
            f"Figures are means over {curves.draws} posterior draws; intervals hold {marked(100 * plan.interval):.4g} "
            "% of them (highest density)."
        )
    if curves.band is None:
        return "The file of curves holds a mean only, so no interval and no probability is known."
    mass = "" if np.isnan(curves.band.mass) else f" of {marked(100 * curves.band.mass):.4g} %"
    return f"Intervals{mass} are those of the file, for single channels; it holds no draws, so groups have none."


def _risk(plan: Plan) -> str:
    match plan.problem.utility:
        case Quantile(q=q):
            return f"A bad case: the response that is exceeded with a probability of {marked(100 * (1 - q)):.4g} %."
        case ConditionalValueAtRisk(alpha=alpha):
            return f"Bad cases: the mean of the worst {marked(100 * alpha):.4g} % of the draws."
        case _:
            return "The mean response over all draws."


def _together(plan: Plan) -> str:
    curves = plan.problem.channel_curves
    if curves.is_conditional:
        return (
            "The channels of this model do not add up. The plan's figures come from the model with all channels "
            "together; each curve alone holds while every other channel keeps its reference spend."
        )
    if np.isnan(curves.origin.measured_error):
        return "The channels' responses are taken to add up, as the curves' file says nothing else."
    return (
        "The channels' responses add up: the sum of the curves and the model's own answer to random joint plans differ "
        f"by at most {marked(100 * curves.origin.measured_error):.4f} %."
    )
