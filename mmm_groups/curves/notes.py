"""What a planner must know of a model in a window, in sentences."""

from mmm_groups.model.calendar import period_word
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.horizon import Horizon
from mmm_groups.model.spend_history import is_shorter
from mmm_groups.model.time_variation import varying_effects


def notes_of(model: FittedModel, horizon: Horizon) -> list[str]:
    """What is unknown or assumed about a window; none for a window that follows the training data, as a rule."""
    return [
        *_of_noise(model),
        *_of_carry_in(model, horizon),
        *_of_reference(model, horizon),
        *_of_effects(model, horizon),
    ]


def _of_noise(model: FittedModel) -> list[str]:
    likelihood = model.file.attributes["model_config"].get("likelihood") or {}
    if model.link != "log" or likelihood.get("dist") != "LogNormal":
        return []
    return [
        "The noise of this model is log-normal. What a draw answers for a date is the median of what the noise lets "
        "happen, as in PyMC-Marketing; the mean is higher. Averages, bad cases and intervals are over draws of these "
        "medians."
    ]


def _of_carry_in(model: FittedModel, horizon: Horizon) -> list[str]:
    if horizon.start > model.next_horizon(1).start:
        return [
            f"The window starts on {horizon.start:%Y-%m-%d}, but the training data ends on {model.dates[-1]:%Y-%m-%d}. "
            "Spend between the two is unknown, so no carry-over from it enters the window."
        ]
    if horizon.start <= model.dates[0]:
        when = "when" if horizon.start == model.dates[0] else "before"
        return [
            f"The window starts on {horizon.start:%Y-%m-%d}, {when} the training data begins "
            f"({model.dates[0]:%Y-%m-%d}). Earlier spend is unknown, so no carry-over from it enters the window."
        ]
    return []


def _of_reference(model: FittedModel, horizon: Horizon) -> list[str]:
    if not is_shorter(model.historical_spend, horizon.periods):
        return []
    word = period_word(horizon.frequency)
    return [
        f"The training data has {len(model.dates)} {word}, fewer than the {horizon.periods} of the window. So the "
        f"reference plan is what was spent in all of them, scaled up to {horizon.periods} {word}."
    ]


def _of_effects(model: FittedModel, horizon: Horizon) -> list[str]:
    notes = []
    never = [channel for channel in model.channels if not model.historical_spend[channel].any()]
    if never:
        notes.append(f"Never spent on in the training data, so the model knows no effect of: {', '.join(never)}.")
    if horizon.end <= model.dates[-1]:
        return notes
    if varying_effects(model.file.attributes):
        notes.append(
            "The effect of media varies over time in this model. After the training data, which ends on "
            f"{model.dates[-1]:%Y-%m-%d}, it is carried on by the model, not measured."
        )
    controls = model.file.attributes.get("control_columns") or []
    if model.link != "identity" and controls:
        notes.append(
            f"With this model's '{model.link}' link the controls shape what media earn. After the training data they "
            f"are unknown and taken as 0: {', '.join(controls)}."
        )
    return notes
