"""How numbers are written: separators, and whether large ones are shortened."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NumberStyle:
    """How numbers are written.

    Attributes
    ----------
    thousands, decimal : str
        One character each.
    shortens : bool
        True: large numbers as 1.23M; False: in full.
    """

    thousands: str = ","
    decimal: str = "."
    shortens: bool = True

    @property
    def is_english(self) -> bool:
        """True if separators are those that Python itself writes."""
        return (self.thousands, self.decimal) == (",", ".")

    @property
    def plotly_separators(self) -> str:
        """Both separators as Plotly wants them."""
        return self.decimal + self.thousands

    def written(self, english: str) -> str:
        """A number that Python wrote, such as `1,234.5`, in this style."""
        return english if self.is_english else english.translate({44: self.thousands, 46: self.decimal})


ENGLISH = NumberStyle()
SEPARATORS = {"1,234.5": (",", "."), "1.234,5": (".", ","), "1 234,5": ("\u00a0", ",")}
"""Name to the separators of thousands and decimals; the third has a space that does not break."""
