"""What exactly a media plan brings, by date and channel, in every draw: one evaluation of the compiled model."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from mmm_groups.curves.notes import notes_of
from mmm_groups.curves.prices import is_price, usual_prices
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.curves.sub_channel_curves import SplitChannels, prices_of_modelled, split_channels
from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.errors import MediaPlanError, NotAdditiveError, PriceError
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.media_plan.plan_evaluation import PlanEvaluation
from mmm_groups.media_plan.plan_question import PlanQuestion
from mmm_groups.model.dated_response import dated_response
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.spend_history import windows
from mmm_groups.model.time_variation import refuse_beyond_variation
from mmm_groups.numerics.digits import marked_rate
from mmm_groups.numerics.intervals import INTERVAL
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.sentences import some_of

_STEP = 0.01  # of the plan's money: over which its marginal return is measured


def evaluate(
    plan: MediaPlan,
    on: FittedModel | ResponseCurves,
    *,
    prices: Mapping[str, float] | None = None,
    sub_channels: Sequence[SubChannels] = (),
    interval: float = INTERVAL,
) -> PlanEvaluation:
    """Evaluate exactly this plan, with all draws.

    On a model: by date and channel, at the plan's own phasing. On curves: by the plan's totals, at the phasing that the
    curves were read with; a note says so.

    Parameters
    ----------
    plan : MediaPlan
    on : FittedModel or ResponseCurves
        The first plan on a model and window takes a second or two (PyMC-Marketing is imported and the window compiled),
        the next ones milliseconds.
    prices : mapping, optional
        Channel to planned price per unit, for channels that the model knows in units. Default: the usual ones.
    sub_channels : sequence of SubChannels
        The parts that the plan's channels are, where some modelled channels are split: `curves.origin.assumed`.
    interval : float
        Mass of the highest-density intervals.

    Raises
    ------
    MediaPlanError
        If the plan's channels are not those of the model or the curves.
    CurvesError
        If money is beyond the end of curves, or PyMC-Marketing cannot build the window.
    PriceError
        If a price is none, or its channel is not known in units.
    NotAdditiveError
        If channels are split that do not add up.
    """
    if isinstance(on, ResponseCurves):
        return _on_curves(plan, on, interval)
    return _on_model(plan, on, prices or {}, sub_channels, interval)


def _refuse_others(plan: MediaPlan, channels: Sequence[str], where: str) -> None:
    missing, unknown = sorted(set(channels) - set(plan.channels)), sorted(set(plan.channels) - set(channels))
    if missing or unknown:
        raise MediaPlanError(
            f"The plan '{plan.name}' has other channels than {where}. Missing: {missing}; unknown: {unknown}. Make the "
            "plan on it, or name the sub-channels that it is split into."
        )


def _on_curves(plan: MediaPlan, curves: ResponseCurves, interval: float) -> PlanEvaluation:
    _refuse_others(plan, curves.channels, "the curves")
    totals = by_name(plan.totals)
    more = curves.earned_by({name: min(spend * (1 + _STEP), curves.upper[name]) for name, spend in totals.items()})
    added = sum(min(spend * _STEP, float(curves.upper[name]) - spend) for name, spend in totals.items())
    response = curves.earned_by(totals)
    channels = curves.response_at(totals)[:, [curves.channels.index(name) for name in plan.channels]]
    phasing = " spread over the dates as the curves were read" if curves.horizon is not None else ""
    notes = [MarkedText(f"Evaluated by each channel's total{phasing}: curves alone know no response by date.")]
    if curves.is_conditional:
        notes.append(_JOINT)
    return PlanEvaluation(
        plan=plan,
        target=curves.target,
        response=xr.DataArray(response, dims=("draw",)),
        channel_response=channels,
        by_date=None,
        total_by_date=None,
        carry_in=None,
        is_joint=curves.is_conditional,
        marginal_return=float((more - response).mean()) / added if added > 0 else float("nan"),
        largest_spend=curves.largest_spend[list(plan.channels)],
        largest_on_a_date=_most_on_a_date(curves.historical_spend, plan.channels),
        interval=interval,
        notes=tuple(notes),
    )


def _on_model(
    plan: MediaPlan,
    model: FittedModel,
    prices: Mapping[str, float],
    sub_channels: Sequence[SubChannels],
    interval: float,
) -> PlanEvaluation:
    if plan.horizon is None:
        raise MediaPlanError(
            f"The plan '{plan.name}' was made on curves that know no dates, so the model '{model.name}' cannot answer "
            "for it. Make the plan on the model."
        )
    split = split_channels(model.channels, sub_channels, model.draws)
    _refuse_others(plan, split.names, f"the model '{model.name}'")
    refuse_beyond_variation(model.file.attributes, model.dates, plan.horizon)
    known_prices = _unit_prices(model, plan, prices, sub_channels)
    unit_price = np.array([known_prices.get(channel, 1.0) for channel in model.channels])
    asked = PlanQuestion(dated_response(model, plan.horizon), split, unit_price)
    money = plan.money[list(split.names)].to_numpy(dtype=np.float64)
    by_date, total, is_joint = asked.response(money)
    if is_joint and sub_channels:
        raise NotAdditiveError(
            "The channels of this model do not add up, so none of them can be split. Evaluate the plan without "
            "sub-channels."
        )
    more = asked.total(money * (1 + _STEP))
    added = _STEP * float(money[:, asked.known].sum())
    periods, dates = plan.horizon.periods, asked.answering.dates
    named = {"date": dates, "channel": list(split.names)}
    channels = xr.DataArray(by_date, coords=named, dims=("draw", "date", "channel")).sel(channel=list(plan.channels))
    joint = xr.DataArray(total, coords={"date": dates}, dims=("draw", "date"))
    history = split.by_date(model.historical_spend)
    return PlanEvaluation(
        plan=plan,
        target=model.target,
        response=joint.sum("date"),
        channel_response=channels.sum("date", dtype=np.float64),
        by_date=channels,
        total_by_date=joint,
        carry_in=xr.DataArray(
            asked.answering.carry_in.total[:, :periods], coords={"date": dates[:periods]}, dims=("draw", "date")
        ),
        is_joint=is_joint,
        marginal_return=float((more - total).sum(axis=1).mean()) / added if added > 0 else float("nan"),
        largest_spend=windows(history, periods).max()[list(plan.channels)],
        largest_on_a_date=_most_on_a_date(history, plan.channels),
        interval=interval,
        notes=tuple(_notes(plan, model, split, known_prices, is_joint=is_joint)),
    )


def _unit_prices(
    model: FittedModel, plan: MediaPlan, prices: Mapping[str, float], sub_channels: Sequence[SubChannels]
) -> dict[str, float]:
    """Price of a unit of each modelled channel that is known in units, in currency."""
    assert plan.horizon is not None
    usual = usual_prices(model, plan.horizon.periods)
    planned = prices_of_modelled(sub_channels, dict(prices))
    if unknown := sorted(set(planned) - set(usual)):
        raise PriceError(
            f"A price per unit is given for {unknown}, but the model knows "
            + (f"only {sorted(usual)} in units." if usual else "no channel in units: all are in money.")
        )
    if bad := {name: price for name, price in planned.items() if not is_price(price)}:
        raise PriceError(f"A price per unit must be a positive number; these are not: {bad}.")
    return usual | planned


def _most_on_a_date(history: pd.DataFrame, channels: Sequence[str]) -> pd.Series:
    """Channel to the most that was ever spent on one date, in currency; NaN where history is unknown."""
    return history.reindex(columns=list(channels)).max()


_JOINT = MarkedText(
    "The channels of this model do not add up: a channel's part is what the plan would lose without it, and the parts "
    "do not sum to the total."
)


def _notes(
    plan: MediaPlan, model: FittedModel, split: SplitChannels, prices: Mapping[str, float], *, is_joint: bool
) -> list[MarkedText]:
    assert plan.horizon is not None
    notes = [MarkedText(note) for note in notes_of(model, plan.horizon)]
    if prices:
        units = ", ".join(f"{channel} {marked_rate(price)}" for channel, price in prices.items())
        notes.append(MarkedText(f"The model knows some channels in units, bought here at these prices each: {units}."))
    totals = plan.totals
    never = [
        name
        for name, source in zip(split.names, split.sources, strict=True)
        if totals[name] > 0 and not model.historical_spend[source].any()
    ]
    if never:
        notes.append(
            MarkedText(
                f"The plan's money on {some_of(never)} counts as bringing nothing: the model never saw any spend there."
            )
        )
    return [*notes, _JOINT] if is_joint else notes
