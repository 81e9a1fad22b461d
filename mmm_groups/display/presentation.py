"""How numbers, colours and type are shown to whoever reads: one value, chosen once for a page or a report.

It lies in a context variable, so that every chart and every number follows it without being handed it. Each thread
begins with the default: light, English, of the usual size.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from mmm_groups.display.look import LIGHT, Look
from mmm_groups.display.number_style import ENGLISH, NumberStyle


@dataclass(frozen=True)
class Presentation:
    """How numbers and charts are shown.

    Attributes
    ----------
    numbers : NumberStyle
        Separators, and whether large numbers are shortened.
    look : Look
        Colours.
    type_scale : float
        How much larger charts and their type are than usual.
    """

    numbers: NumberStyle = ENGLISH
    look: Look = LIGHT
    type_scale: float = 1.0


PLAIN = Presentation()
"""As a report is shown, whatever its maker chose on the screen."""

_current: ContextVar[Presentation] = ContextVar("presentation", default=PLAIN)


def set_presentation(chosen: Presentation) -> None:
    """Show everything like this from now on, in this thread."""
    _current.set(chosen)


@contextmanager
def presented(chosen: Presentation) -> Iterator[None]:
    """Show everything inside like this, and what follows as before."""
    before = _current.set(chosen)
    try:
        yield
    finally:
        _current.reset(before)


def number_style() -> NumberStyle:
    """How numbers are written here."""
    return _current.get().numbers


def look() -> Look:
    """The colours of charts here."""
    return _current.get().look


def type_scale() -> float:
    """How much larger charts and their type are here than usual."""
    return _current.get().type_scale
