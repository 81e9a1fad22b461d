"""How the curves of a group's members become one: at which spends it has points, and what it answers there."""

from typing import Literal

import numpy as np

from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.groups.split_path import NO_SHARE, SplitPath, thinned
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.labelled import by_name
from mmm_groups.numerics.piecewise import denser

Method = Literal["sum", "weighted_average", "re_estimated"]
METHODS: tuple[Method, ...] = ("sum", "weighted_average", "re_estimated")
_JOINT_POINTS = 41  # of a group's curve that is read from the model: each costs one evaluation


def group_points(curves: ResponseCurves, path: SplitPath, method: Method) -> Floats:
    """Group spends at which a member's curve or the path has a point: between them the sum is exactly linear."""
    own = curves.spend.values[curves.places(path.channels)]
    if len(own) == 1 and path.spend[-1] >= own[0, -1]:
        return np.asarray(own[0])
    end = float(path.spend[-1])
    if curves.is_conditional:
        return end * np.linspace(0, 1, _JOINT_POINTS) ** 2
    if method == "weighted_average":
        end = min(end, float(own[:, -1].min()))
        union = np.unique(np.concatenate([own.ravel(), path.spend if path.fractions is None else []]))
    elif path.fractions is None:
        union = path.spend
    else:
        felt = path.parts[:, -1] > NO_SHARE * end
        union = np.unique((own[felt] / path.parts[felt, -1:]) * end)
    union = union[union < end * (1 - 1e-9)]
    union = union[thinned(union, path.jumps)]
    return np.concatenate([union[np.concatenate([[True], np.diff(union) > 1e-9 * end])], [end]])


def equal_length(points: list[Floats]) -> list[Floats]:
    """Give all groups as many points as the richest has, by halving the widest gaps: linear pieces stay exact."""
    longest = max(map(len, points))
    return [denser(at, longest) for at in points]


def jointly(curves: ResponseCurves, path: SplitPath, at: Floats) -> Floats:
    """What a group adds to the others' spend, on the model itself, at group spends, (draw, n)."""
    assert curves.others_at is not None
    others = by_name(curves.others_at)
    columns = []
    for parts in path.at(at).T:
        columns.append(
            curves.earned_by(others | dict(zip(path.channels, map(float, parts), strict=True)), path.channels)
        )
    return np.stack(columns, axis=1)


def combined(curves: ResponseCurves, path: SplitPath, at: Floats, method: Method) -> Floats:
    """Sum or weighted average of the members at group spends, (draw, n)."""
    parts = path.at(at)
    shares = np.divide(parts, at, out=np.zeros_like(parts), where=at > 0)
    total = np.zeros((curves.draws, len(at)))
    for channel, part, share in zip(path.channels, parts, shares, strict=True):
        if method == "weighted_average":
            total += share * curves.draws_along(channel, at)
        else:
            total += curves.draws_along(channel, part)
    return total
