"""Response curves out of a long CSV: one line for each point of each channel's curve (and each draw).

`docs/other-tools.md` is the description for others. Every refusal names the line.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mmm_groups.curves.netcdf_attributes import interval_mass
from mmm_groups.curves.other_tools.csv_lines import BAND, curve_lines, first_line
from mmm_groups.errors import CurveFileError
from mmm_groups.numerics.arrays import Floats
from mmm_groups.numerics.intervals import Band
from mmm_groups.numerics.labelled import row_of
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.numerics.piecewise import denser, interpolate

_ZERO = 1e-6  # relative to the curve's top: a response at zero spend this small is rounding


@dataclass(frozen=True)
class _Curve:
    """One channel's curve as it stands in the file."""

    points: Floats
    values: Floats  # (row, point): the draws, or the mean and then the two ends of its interval


def csv_fields(content: bytes, name: str) -> dict[str, Any]:
    """Arguments of `ResponseCurves.from_arrays` out of the text of a CSV.

    Lines may stand in any order. A curve without a point at zero spend gets (0, 0), which a note tells. Channels may
    have different numbers of points: widest gaps are filled on the straight line between their ends.

    Parameters
    ----------
    content : bytes
        Commas, semicolons or tabs between fields; see `csv_layout`. Points or commas before decimals: what the numbers
        of the file together say.
    name : str
        What errors call it.

    Raises
    ------
    CurveFileError
        If columns are unknown or missing, or a line does not fit; the text names channel and line.
    """
    table, read_as = curve_lines(content, name)
    _refuse_bad_lines(table, name)
    curves, begin_late = _curves(table, name)
    count = max(len(curve.points) for curve in curves.values())
    points = {channel: denser(curve.points, count) for channel, curve in curves.items()}
    values = np.stack(
        [interpolate(curve.points, curve.values, points[channel]) for channel, curve in curves.items()], axis=1
    )
    has_band = BAND[0] in table
    return {
        "channels": list(curves),
        "spend": np.stack(list(points.values())),
        "response": values[:1] if has_band else values,
        "band": Band(values[1], values[2], _mass(table, name)) if has_band else None,
        "reference": _reference(table, name),
        "target": str(_constant(table, "target", name) or "response"),
        "notes": (*read_as, *_notes(begin_late, curves)),
    }


def _refuse_bad_lines(table: pd.DataFrame, name: str) -> None:
    def refuse(is_bad: pd.Series, what: str) -> None:
        if is_bad.any():
            line = first_line(is_bad)
            row = row_of(table, line)
            said = {str(field): marked(value) if isinstance(value, float) else value for field, value in row.items()}
            raise CurveFileError(f"'{name}', line {line}: {what.format(**said)}")

    refuse(
        (table.channel == "") | table.channel.str.contains(r"[\r\n]"), "the channel has no name, or one with breaks."
    )
    refuse(table.spend < 0, "the spend of '{channel}' is {spend:g}; it must be at least 0.")
    if "draw" in table:
        refuse(
            table.draw == "", "the line of '{channel}' names no draw. Name one in every line, or leave the column out."
        )
    if BAND[0] in table:
        refuse(
            table[BAND[0]] > table[BAND[1]],
            "the interval of '{channel}' is turned round: it goes from {response_low:g} to {response_high:g}.",
        )
    tops = table.response.abs().groupby(table.channel).transform("max")
    refuse(
        (table.spend == 0) & (table.response.abs() > _ZERO * tops),
        "the response of '{channel}' at zero spend is {response:g}. A curve holds the incremental outcome only: "
        "subtract the response at zero spend from the whole curve.",
    )
    key = [column for column in ("channel", "draw", "spend") if column in table]
    again = table.duplicated(key)
    if again.any():
        line = first_line(again)
        first = first_line((table[key] == row_of(table, line)[key]).all(axis=1))
        raise CurveFileError(
            f"'{name}', line {line}: '{table.channel[line]}' has the spend {marked(table.spend[line]):g} a second "
            f"time (first in line {first}). Keep one of them, or tell draws apart in the column 'draw'."
        )


def _curves(table: pd.DataFrame, name: str) -> tuple[dict[str, _Curve], list[str]]:
    """Each channel's curve in the order of the file, and the channels that had no point at zero spend."""
    draws = _draw_numbers(table)
    count = int(draws.max()) + 1
    curves: dict[str, _Curve] = {}
    begin_late = []
    for channel, lines in table.groupby("channel", sort=False):
        order = np.lexsort((draws[lines.index].to_numpy(), lines.spend.to_numpy()))
        lines = lines.iloc[order]
        points, found = np.unique(lines.spend.to_numpy(), return_counts=True)
        if (found != count).any():
            _refuse_missing_draw(lines, draws, count, float(points[int((found != count).argmax())]), str(channel), name)
        if len(points) < 2:
            raise CurveFileError(
                f"The curve of '{channel}' in '{name}' has one point (line {lines.index[0]}). Give it at "
                "least two; ten or more show its shape."
            )
        columns = ["response", *(column for column in BAND if column in lines)]
        # Sorted by spend and then by draw: (point, draw) for each column.
        values = np.concatenate([lines[column].to_numpy().reshape(len(points), count).T for column in columns])
        if points[0] > 0:
            points, values = np.insert(points, 0, 0.0), np.insert(values, 0, 0.0, axis=1)
            begin_late.append(str(channel))
        curves[str(channel)] = _Curve(points, values)
    return curves, begin_late


def _draw_numbers(table: pd.DataFrame) -> pd.Series:
    """The draws numbered from 0, the same label with the same number in every channel."""
    if "draw" not in table:
        return pd.Series(0, index=table.index)
    return pd.Series(pd.factorize(table["draw"])[0], index=table.index)


def _refuse_missing_draw(
    lines: pd.DataFrame, draws: pd.Series, count: int, spend: float, channel: str, name: str
) -> None:
    here = set(draws[lines.index[lines.spend == spend]])
    missing = min(set(range(count)) - here)
    label = lines.draw[draws[lines.index] == missing]
    known = f"Draw '{label.iloc[0]}'" if len(label) else "A draw of other channels"
    raise CurveFileError(
        f"{known} of '{channel}' in '{name}' has no line at the spend {marked(spend):g}, other draws do (line "
        f"{lines.index[lines.spend == spend][0]}). Every draw of a channel needs the same spends, and every "
        "channel the same draws."
    )


def _constant(table: pd.DataFrame, column: str, name: str) -> str | None:
    """The text that a column has in every line; None without the column."""
    if column not in table:
        return None
    first = table[column].iloc[0]
    other = table[column] != first
    if other.any():
        line = other.idxmax()
        raise CurveFileError(
            f"The column '{column}' of '{name}' must hold the same in every line; line {table.index[0]} has "
            f"'{first}', line {line} '{table[column][line]}'."
        )
    return str(first)


def _mass(table: pd.DataFrame, name: str) -> float:
    given = _constant(table, "interval", name)
    return interval_mass(given, name) if given else float("nan")


def _reference(table: pd.DataFrame, name: str) -> dict[str, float] | None:
    if "reference_spend" not in table or table.reference_spend.isna().all():
        return None
    found: dict[str, float] = {}
    for channel, lines in table.groupby("channel", sort=False):
        given = lines.reference_spend
        other = given.isna() | (given != given.iloc[0]) | (given < 0)
        if other.any():
            line = other.idxmax()
            raise CurveFileError(
                f"'{name}', line {line}: the reference_spend of '{channel}' must be one amount, at least 0, "
                "in each of its lines. Leave the column blank everywhere if it is unknown."
            )
        found[str(channel)] = float(given.iloc[0])
    return found


def _notes(begin_late: list[str], curves: dict[str, _Curve]) -> tuple[str, ...]:
    if not begin_late:
        return ()
    first = max(float(curves[channel].points[1] / curves[channel].points[-1]) for channel in begin_late)
    return (
        MarkedText(
            f"No point at zero spend is given for {', '.join(begin_late)}. Zero spend brings nothing, so a straight "
            f"line from there to the first point was added (at most {marked(first):.0%} of a curve)."
        ),
    )
