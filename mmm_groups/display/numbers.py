"""Numbers as planners read them."""

import html
import math
import re

from mmm_groups.display.presentation import number_style
from mmm_groups.errors import MmmGroupsError
from mmm_groups.numerics.digits import amount, decimals_of, rate
from mmm_groups.numerics.marking import with_numbers

CURRENCIES = {"€ euro": "€", "$ dollar": "$", "£ pound": "£", "CHF franc": "CHF", "kr krona": "kr", "no symbol": ""}
UNKNOWN = "–"


def compact(value: float) -> str:
    """Three significant digits with k, M or bn: 1234567 is `1.23M`; in full where the planner does not shorten."""
    if number_style().shortens or not math.isfinite(value):
        return short(value)
    return _written(amount(abs(value)), value)


def short(value: float) -> str:
    """Three significant digits, also where the planner does not shorten: for labels that have no room."""
    return _written(_shortened(abs(value)), value) if math.isfinite(value) else UNKNOWN


def _written(text: str, value: float) -> str:
    return ("−" if value < 0 and text.strip("0,.") else "") + number_style().written(text)


def _shortened(size: float) -> str:
    for unit, suffix in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if size >= unit * 0.9995:
            scaled = size / unit
            return f"{scaled:,.{decimals_of(scaled)}f}{suffix}"
    return amount(size)


def number(value: float, digits: int | None = None) -> str:
    """A number in full, with separators: `1,234,567`; with as many decimals as its size or `digits` asks."""
    if not math.isfinite(value):
        return UNKNOWN
    return _written(amount(abs(value)) if digits is None else f"{abs(value):,.{digits}f}", value)


def ratio(value: float) -> str:
    """An ROI or mROI: two decimals, and below 0.1 two digits."""
    return _written(rate(abs(value)), value) if math.isfinite(value) else UNKNOWN


def money(value: float, currency: str) -> str:
    """Money in full with thousands separators, whole from a hundred upwards: `€1,234,567`."""
    return _signed(number(abs(value)), value, currency) if math.isfinite(value) else UNKNOWN


def compact_money(value: float, currency: str) -> str:
    """Money in three digits: `€1.23M`."""
    return _signed(compact(abs(value)), value, currency) if math.isfinite(value) else UNKNOWN


def percent(share: float, digits: int = 0) -> str:
    """A share as percent: 0.345 is `34 %`; with as many decimals as a small one needs so as not to read as none."""
    if not math.isfinite(share):
        return UNKNOWN
    size = abs(100 * share)
    needed = digits if size >= 0.5 * 10.0**-digits else decimals_of(size, 1)
    return f"{number_style().written(f'{100 * share:.{needed}f}')} %"


def in_style(text: str) -> str:
    """A text of ours, its marked numbers as the planner reads them."""
    return with_numbers(text, number_style().written)


def plain(text: str | MmmGroupsError) -> str:
    """A text, or what an error says, for Streamlit's Markdown: numbers `in_style`, and no character is markup."""
    shown = in_style(text.text if isinstance(text, MmmGroupsError) else text)
    shown = re.sub(r"([\\`*_\[\]<>|~$:@&])", r"\\\1", shown)
    shown = re.sub(r"(?i)\b(www)\.", r"\1\\.", shown)  # a link without being written as one
    return re.sub(r"(?m)^(\s*)([-+](?=\s|$|-+\s*$)|#|=|\d{1,9}(?=[.)](?:\s|$)))", _not_a_list, shown)


def _not_a_list(found: re.Match[str]) -> str:
    """What begins a list or a title at the beginning of a line, as a character like any other."""
    indent, begin = found.groups()
    return f"{indent}{begin}\\" if begin.isdigit() else f"{indent}\\{begin}"


def chart_label(name: str, length: int = 24) -> str:
    """A name for Plotly, which reads HTML: escaped, and shortened so that it leaves room for the chart."""
    return html.escape(name if len(name) <= length else f"{name[: length - 1]}…")


def signed(text: str, value: float) -> str:
    """Put a plus before the text of a positive value."""
    return f"+{text}" if value > 0 else text


def _signed(text: str, value: float, currency: str) -> str:
    space = " " if len(currency) > 1 else ""
    return f"{'−' if value < 0 else ''}{currency}{space}{text}"
