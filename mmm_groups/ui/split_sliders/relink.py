"""The rule that keeps linked shares at 100 %, in whole tenths of a percent.

Whole numbers, so that the sum is exactly 1000 and the browser (`sliders.js`) finds the same numbers;
tests/split_vectors.json holds both to it.
"""

from collections.abc import Collection, Sequence

import numpy as np

from mmm_groups.errors import SplitError

WHOLE = 1000
_SUM_TOLERANCE = 1e-6  # far below half a tenth of a percent, far above what float shares lose in a sum


def relink(start: Sequence[int], index: int, value: int, locked: Collection[int]) -> list[int]:
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
        Where it is moved to; at most what the locked shares leave is taken, and at least 0.
    locked : collection of int
        Shares that stay. If ``index`` is one of them, or no other share is free, nothing moves.

    Returns
    -------
    list of int
        Tenths of a percent that add up to 1000. Free shares that were all 0 get equal parts.

    Raises
    ------
    SplitError
        If ``start`` is not a split, or ``index`` or ``locked`` name a row it does not have.
    """
    check_split(start, locked)
    if index not in range(len(start)):
        raise SplitError(f"There is no row {index}. The split has {len(start)} rows, counted from 0.")
    free = [row for row in range(len(start)) if row != index and row not in locked]
    moved = list(start)
    if index in locked or not free:
        return moved
    room = start[index] + sum(start[row] for row in free)
    moved[index] = min(max(value, 0), room)
    weights = [start[row] for row in free]
    for row, part in zip(free, _apportion(room - moved[index], weights), strict=True):
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
        raise SplitError(f"Shares must add up to 1, {list(shares)} add up to {exact.sum() / WHOLE:g}.")
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
