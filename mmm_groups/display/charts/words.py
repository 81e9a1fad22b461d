"""Units and labels of the curve charts."""

from dataclasses import dataclass

from mmm_groups.display.charts.frame import RATIO_FORMAT, amount_format
from mmm_groups.display.numbers import chart_label
from mmm_groups.display.presentation import number_style
from mmm_groups.groups.curve_with_interval import Quantity


@dataclass(frozen=True)
class ChartWords:
    """Units and labels of a chart.

    Attributes
    ----------
    quantity : Quantity
    target, currency : str
    period : str
        `week` if money and response are those of one period; empty for the whole window.
    mass : float
        Mass of the interval; NaN if nobody says.
    has_tail : bool
        True if the response counts what spend causes after the window: a file of curves does not say.
    """

    quantity: Quantity
    target: str
    currency: str
    period: str
    mass: float
    has_tail: bool = True

    @property
    def outcome(self) -> str:
        """The target for Plotly, which reads HTML."""
        return chart_label(self.target, 40)

    @property
    def spend_title(self) -> str:
        """Title of the spend axis."""
        unit = f" ({self.currency})" if self.currency else ""
        return (f"Spend per {self.period}" if self.period else "Spend over the window") + unit

    @property
    def value_title(self) -> str:
        """Title of the value axis."""
        money = self.currency or "unit of money"
        per = f" per {self.period}" if self.period else ""
        return {
            "response": f"Incremental {self.outcome}{per}{' (tail included)' * self.has_tail}",
            "roi": f"ROI: {self.outcome} per {money}",
            "mroi": f"mROI: {self.outcome} per next {money}",
        }[self.quantity]

    @property
    def value_format(self) -> str:
        """How Plotly writes the ticks of the value axis."""
        if self.quantity != "response":
            return RATIO_FORMAT
        return amount_format()

    @property
    def writes_in_full(self) -> bool:
        """True if the value axis shows numbers such as 1,234,567."""
        return self.quantity == "response" and not number_style().shortens
