"""Charts as Plotly draws them: the part of its figures that is used here, since Plotly says no types."""

from typing import Any, Protocol


class Figure(Protocol):
    """A chart; what the words mean stands in Plotly's reference."""

    data: Any
    layout: Any

    def add_bar(self, **said: object) -> object:
        """Draw bars."""

    def add_scatter(self, **said: object) -> object:
        """Draw lines or marks."""

    def add_trace(self, trace: object, **place: object) -> object:
        """Draw anything."""

    def add_shape(self, **said: object) -> object:
        """Draw a line or an area that stands for no data."""

    def add_vline(self, **said: object) -> object:
        """Draw an upright line from end to end."""

    def add_annotation(self, **said: object) -> object:
        """Write a text."""

    def update_annotations(self, **said: object) -> object:
        """Change all texts."""

    def update_layout(self, *layouts: object, **said: object) -> object:
        """Change the whole: size, legend, margins, type."""

    def update_xaxes(self, **said: object) -> object:
        """Change the axes from left to right, all or those in one place."""

    def update_yaxes(self, **said: object) -> object:
        """Change the axes from bottom to top, all or those in one place."""

    def to_json(self) -> str:
        """The chart as a document."""

    def to_html(self, **said: object) -> str:
        """The chart as a piece of a page, or as a page."""


def script() -> str:
    """The script that draws charts on a page that asks no server for anything."""
    from plotly.offline import get_plotlyjs  # only a report needs it

    return str(get_plotlyjs())
