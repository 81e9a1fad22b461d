"""Numbers as planners read them."""

import html
import math
import re

CURRENCIES = {"€ euro": "€", "$ dollar": "$", "£ pound": "£", "CHF franc": "CHF", "kr krona": "kr", "no symbol": ""}
UNKNOWN = "–"


def compact(value: float) -> str:
    """Three significant digits with k, M or bn: 1234567 is `1.23M`."""
    if not math.isfinite(value):
        return UNKNOWN
    for size, suffix in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * 0.9995:
            scaled = value / size
            digits = 2 if abs(scaled) < 9.995 else 1 if abs(scaled) < 99.95 else 0
            return f"{scaled:.{digits}f}{suffix}"
    return f"{value:.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2f}"


def money(value: float, currency: str) -> str:
    """Whole money with thousands separators: `€1,234,567`."""
    return _signed(f"{abs(value):,.0f}", value, currency) if math.isfinite(value) else UNKNOWN


def compact_money(value: float, currency: str) -> str:
    """Money in three digits: `€1.23M`."""
    return _signed(compact(abs(value)), value, currency) if math.isfinite(value) else UNKNOWN


def percent(share: float, digits: int = 0) -> str:
    """A share as percent: 0.345 is `34 %`."""
    return f"{100 * share:.{digits}f} %" if math.isfinite(share) else UNKNOWN


def plain(text: str) -> str:
    """Text for Streamlit's Markdown that shows every character as it is: names and `$` are no markup."""
    return re.sub(r"([\\`*_\[\]<>|~$:])", r"\\\1", text)


def chart_label(name: str, length: int = 24) -> str:
    """A name for Plotly, which reads HTML: escaped, and shortened so that it leaves room for the chart."""
    return html.escape(name if len(name) <= length else f"{name[: length - 1]}…")


def period_word(frequency: str) -> str:
    """What one date of a model is called, in the plural: `weeks` for `W-MON`."""
    return {"D": "days", "W": "weeks", "M": "months", "Q": "quarters"}.get(frequency[:1], "dates")


def one_period(frequency: str) -> str:
    """What one date of a model is called, in the singular: `week` for `W-MON`."""
    return period_word(frequency).removesuffix("s")


def signed(text: str, value: float) -> str:
    """Put a plus before the text of a positive value."""
    return f"+{text}" if value > 0 else text


def _signed(text: str, value: float, currency: str) -> str:
    space = " " if len(currency) > 1 else ""
    return f"{'−' if value < 0 else ''}{currency}{space}{text}"
