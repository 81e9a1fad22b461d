"""Pieces of an HTML page. Every text is escaped here, so that no name of a channel or a scenario is markup."""

import html
import math
from collections.abc import Iterable, Sequence
from typing import Literal

from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, money, percent, ratio, signed
from mmm_groups.export.report import Headline


def text(value: object) -> str:
    """A value as text that no browser reads as markup."""
    return html.escape(str(value), quote=True)


def paragraph(value: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f"<p{f' class="{kind}"' if kind else ''}>{text(value)}</p>"


def section(title: str, *parts: str, is_whole: bool = False) -> str:
    """A part of the page under a heading; `is_whole` keeps it on one printed page."""
    return f"<section{' class="whole"' if is_whole else ''}><h2>{text(title)}</h2>{''.join(parts)}</section>"


def bullets(items: Iterable[tuple[str, str]]) -> str:
    """A list of (lead, sentence); the lead is bold, and may be empty."""
    lines = [f"<li>{f'<strong>{text(lead)}</strong> ' if lead else ''}{text(said)}</li>" for lead, said in items]
    return f"<ul>{''.join(lines)}</ul>" if lines else ""


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and what they mean, side by side."""
    return f"<dl>{''.join(f'<dt>{text(name)}</dt><dd>{text(said)}</dd>' for name, said in pairs)}</dl>"


Kind = Literal["", "short", "number"]
"""How a column stands: text that wraps, text that does not, or numbers on the right."""


def table(head: Sequence[tuple[str, Kind]], rows: Sequence[Sequence[str]], total: Sequence[str] = ()) -> str:
    """A table of texts; a column is (header, kind)."""
    kinds = [f' class="{kind}"' if kind else "" for _, kind in head]

    def line(cells: Sequence[str], tag: str = "td") -> str:
        made = (f"<{tag}{kind}>{text(cell)}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))
        return f"<tr>{''.join(made)}</tr>"

    header = "".join(f'<th scope="col"{kind}>{text(name)}</th>' for kind, (name, _) in zip(kinds, head, strict=True))
    foot = f"<tfoot>{line(total)}</tfoot>" if total else ""
    body = "".join(line(row) for row in rows)
    return f'<div class="wide"><table><thead><tr>{header}</tr></thead><tbody>{body}</tbody>{foot}</table></div>'


def tiles(figures: Iterable[Headline], currency: str, mass: float) -> str:
    """Headline figures, each with its interval."""
    return f'<div class="tiles">{"".join(_tile(figure, currency, mass) for figure in figures)}</div>'


def _tile(figure: Headline, currency: str, mass: float) -> str:
    shown = written(figure.value, figure.unit, currency)
    if figure.is_change and math.isfinite(figure.value):
        shown = signed(shown, figure.value)
    between = ""
    if math.isfinite(figure.low):
        ends = [written(end, figure.unit, currency) for end in (figure.low, figure.high)]
        if figure.is_change:
            ends = [signed(end, value) for end, value in zip(ends, (figure.low, figure.high), strict=True)]
        between = f"{percent(mass)} interval {ends[0]} to {ends[1]}"
    return (
        f'<div class="tile"><div class="label">{text(figure.label)}</div><div class="value">{text(shown)}</div>'
        f'<div class="between">{text(between)}</div></div>'
    )


def written(value: float, unit: str, currency: str) -> str:
    """A figure as people read it."""
    if not math.isfinite(value):
        return UNKNOWN
    if unit == "money":
        return compact_money(value, currency)
    return {"share": percent(value), "ratio": ratio(value)}.get(unit, compact(value))


def whole_money(value: float, currency: str) -> str:
    """Whole money with separators of thousands."""
    return money(value, currency)


def change_of(value: float, currency: str) -> str:
    """A difference in money with its sign."""
    if not math.isfinite(value):
        return UNKNOWN
    return signed(money(value, currency), value)
