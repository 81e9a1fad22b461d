"""The rule that keeps linked shares at 100 %, in whole tenths of a percent.

Whole numbers, so that the sum is exactly 1000 and the browser (`relink.js`) finds the same numbers;
tests/ui/split/split_vectors.json holds both to it.
"""

from collections.abc import Collection, Sequence

import numpy as np

from mmm_groups.errors import SplitError
from mmm_groups.numerics.marking import marked

WHOLE = 1000
_SUM_TOLERANCE = 1e-6  # far below half a tenth of a percent, far above what float shares lose in a sum


def relink(
    start: Sequence[int],
    index: int,
    value: int,
    locked: Collection[int],
    bounds: Sequence[tuple[int, int]] | None = None,
) -> list[int]:
    """All shares after one of them was moved.

    The others share what is left in proportion to ``start``, not to where the last small move left
    them: so a drag out and back ends where it began, and roundings do not add up.

    Parameters
    ----------
    start : sequence of int
        Tenths of a percent when the drag began; they add up to 1000.
    index : int
        The share that is moved.
    value : int
        Where it is moved to; what locks, bounds and the others leave is taken.
    locked : collection of int
        Shares that stay. If ``index`` is one of them, or no other share is free, nothing moves.
    bounds : sequence of (int, int), optional
        Smallest and largest value of every share, in tenths of a percent; default: 0 and 1000. A share that began
        beyond a bound may stay there, but goes no further.

    Returns
    -------
    list of int
        Tenths of a percent that add up to 1000. Free shares that were all 0 get equal parts; one that would leave its
        bounds stops there, and the others take the rest.

    Raises
    ------
    SplitError
        If ``start`` is not a split, ``index`` or ``locked`` name a row it does not have, or there is not one pair of
        bounds for each row.
    """
    check_split(start, locked)
    if bounds is not None and len(bounds) != len(start):
        raise SplitError(f"There are {len(bounds)} pairs of bounds for {len(start)} rows. Give one for each row.")
    if index not in range(len(start)):
        raise SplitError(f"There is no row {index}. The split has {len(start)} rows, counted from 0.")
    free = [row for row in range(len(start)) if row != index and row not in locked]
    moved = list(start)
    if index in locked or not free:
        return moved
    stated = [(0, WHOLE)] * len(start) if bounds is None else bounds
    ends = [(min(low, at), max(high, at)) for (low, high), at in zip(stated, start, strict=True)]
    room = start[index] + sum(start[row] for row in free)
    least = max(ends[index][0], room - sum(ends[row][1] for row in free))
    most = min(ends[index][1], room - sum(ends[row][0] for row in free))
    moved[index] = min(max(value, least), most)
    parts = _apportion_inside(room - moved[index], [start[row] for row in free], [ends[row] for row in free])
    for row, part in zip(free, parts, strict=True):
        moved[row] = part
    return moved


def from_shares(shares: Sequence[float]) -> list[int]:
    """Whole tenths of a percent nearest to shares that add up to 1 (largest remainder; the sum is 1000).

    Raises
    ------
    SplitError
        If a share is negative or not a number, or the shares do not add up to 1.
    """
    exact = np.asarray(shares, dtype=float) * WHOLE
    if not np.isfinite(exact).all() or (exact < 0).any():
        raise SplitError(f"Shares must be numbers from 0 to 1, they are {list(shares)}.")
    if abs(exact.sum() - WHOLE) > _SUM_TOLERANCE * WHOLE:
        raise SplitError(f"Shares must add up to 1, {list(shares)} add up to {marked(exact.sum() / WHOLE):g}.")
    whole = np.floor(exact)
    largest_first = np.argsort(whole - exact, kind="stable")
    whole[largest_first[: WHOLE - int(whole.sum())]] += 1
    return [int(part) for part in whole]


def to_shares(tenths: Sequence[int]) -> list[float]:
    """Shares that add up to 1 (within float rounding), from tenths of a percent."""
    return [part / WHOLE for part in tenths]


def check_split(tenths: Sequence[int], locked: Collection[int]) -> None:
    """Refuse tenths of a percent that are negative or do not add up to 1000, and locks on rows that do not exist.

    Raises
    ------
    SplitError
        Naming what is wrong.
    """
    if any(part < 0 for part in tenths) or sum(tenths) != WHOLE:
        raise SplitError(
            f"A split must be tenths of a percent, none below 0, that add up to {WHOLE}. "
            f"{list(tenths)} add up to {sum(tenths)}."
        )
    if unknown := sorted(set(locked) - set(range(len(tenths)))):
        raise SplitError(f"The locks name rows that do not exist: {unknown}. The split has {len(tenths)} rows.")


def _apportion_inside(total: int, weights: Sequence[int], ends: Sequence[tuple[int, int]]) -> list[int]:
    """As `_apportion`, but every part stays inside its ends, which have room for ``total``.

    As browsers do for flexible boxes: parts beyond their ends are held there, those first whose side misses more
    altogether, and the others are worked out again.
    """
    parts = [0] * len(weights)
    free = list(range(len(weights)))
    while free:
        found = _apportion(total, [weights[row] for row in free])
        held = [min(max(part, ends[row][0]), ends[row][1]) for row, part in zip(free, found, strict=True)]
        over = sum(held) - total
        missed = [inside - part for inside, part in zip(held, found, strict=True)]
        stuck = [row for row, by in zip(free, missed, strict=True) if by * over > 0 or (by and not over)]
        for place, row in enumerate(free):
            parts[row] = held[place] if row in stuck else found[place]
        if not stuck:
            return parts
        total -= sum(parts[row] for row in stuck)
        free = [row for row in free if row not in stuck]
    return parts


def _apportion(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` in whole parts in proportion to ``weights``; equal parts if all are 0. Ties: first row first."""
    if not any(weights):
        weights = [1] * len(weights)
    divisor = sum(weights)
    parts = [total * weight // divisor for weight in weights]
    largest_first = sorted(range(len(weights)), key=lambda row: -(total * weights[row] % divisor))
    for row in largest_first[: total - sum(parts)]:
        parts[row] += 1
    return parts
