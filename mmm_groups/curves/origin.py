"""Where response curves come from: what they answer for, what made them, and what a planner must know about it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self, TypedDict

from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.fingerprint import fingerprint_of
from mmm_groups.model.horizon import Horizon


@dataclass(frozen=True)
class CurveOrigin:
    """Where a set of response curves comes from.

    Attributes
    ----------
    periods : int
        Dates of the horizon (for curves of other tools: of the history given).
    horizon : Horizon or None
        The planning window; None for curves of other tools that do not say.
    target : str
        Name of the outcome.
    fingerprint : str
        Identifies model, window and method; empty for curves that did not come from a model file.
    model_hash : str
        Identifies the model file that the curves were read from; empty for curves of other tools.
    saturation : str
        Family of the model's saturation (`logistic`, `michaelis_menten`, `hill`); empty if unknown.
    measured_error : float
        Largest relative difference between summed curves and the model's own response, over random joint plans.
    notes : tuple[str, ...]
        What a planner must know about how the curves were made, in sentences.
    assumed : tuple[SubChannels, ...]
        Channels that were replaced by their sub-channels, by assumption: see `ResponseCurves.with_subchannels`.
    """

    periods: int
    horizon: Horizon | None = None
    target: str = "response"
    fingerprint: str = ""
    model_hash: str = ""
    saturation: str = ""
    measured_error: float = float("nan")
    notes: tuple[str, ...] = ()
    assumed: tuple[SubChannels, ...] = ()

    def noted(self, *notes: str) -> Self:
        """The same origin with more to know about it."""
        return replace(self, notes=(*self.notes, *notes))

    def changed(self, by: object, *notes: str) -> Self:
        """The origin of curves that were worked out from these: another fingerprint, and what to know about the change.

        Parameters
        ----------
        by : object
            What was changed, in types of JSON; equal changes of equal curves have equal fingerprints.
        *notes : str
        """
        mark = f"{self.fingerprint}{json.dumps(by, sort_keys=True)}"
        return replace(self.noted(*notes), fingerprint=fingerprint_of(mark))

    def split(self, assumed: Sequence[SubChannels]) -> Self:
        """The origin of curves whose channels were replaced by their sub-channels."""
        origin = self.changed([split.model_dump() for split in assumed], *(split.sentence for split in assumed))
        return replace(origin, assumed=tuple(assumed))


class OriginFields(TypedDict, total=False):
    """Fields of `CurveOrigin` that `ResponseCurves.from_arrays` takes as they are."""

    horizon: Horizon | None
    target: str
    fingerprint: str
    model_hash: str
    saturation: str
    measured_error: float
