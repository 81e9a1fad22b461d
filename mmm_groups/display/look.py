"""The colours that charts are drawn in."""

from dataclasses import dataclass

COLOR_NAMES = ("Blue", "Orange", "Green", "Magenta", "Violet", "Red", "Teal", "Ochre", "Olive", "Grey")
"""What people call the ten categorical colours; their order is the same in every look."""


@dataclass(frozen=True)
class Look:
    """Colours of charts and of what stands beside them, as CSS reads them.

    Attributes
    ----------
    palette : tuple of str
        The ten categorical colours.
    ink : str
        Text and strong lines.
    paper : str
        The page.
    muted : str
        Grid lines, today's values and everything that steps back.
    alarm : str
        Behind what clashes.
    """

    palette: tuple[str, ...]
    ink: str
    paper: str
    muted: str
    alarm: str


LIGHT = Look(
    palette=(
        "#2F5DDE",
        "#D9620F",
        "#14805F",
        "#B0318F",
        "#7A5BD0",
        "#C22F3E",
        "#0B7E9B",
        "#856514",
        "#567015",
        "#626B7A",
    ),
    ink="#1B2333",
    paper="#FFFFFF",
    muted="#7C8698",
    alarm="rgba(222,53,69,0.16)",
)
"""The light theme, as `.streamlit/config.toml` has it, for charts that leave the app."""


def translucent(color: str, opacity: float) -> str:
    """A hexadecimal colour as rgba()."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
