"""CSS of every page: what Streamlit draws too pale, and figures in full that would not fit their boxes."""

from mmm_groups.display.look import translucent
from mmm_groups.display.presentation import look, number_style
from mmm_groups.ui.planner.session_presentation import theme

_WHOLE = (
    '[data-testid="stMetricValue"], [data-testid="stMetricValue"] * '
    "{white-space: normal !important; overflow: visible !important; overflow-wrap: anywhere}"
)
_STEPS = '@media (max-width: 1439px) {.st-key-steps [data-testid="stPageLink-NavLink"] {padding-inline: 0.3rem}}'
_SMALLER = '@media (max-width: 1599px) {[data-testid="stMetricValue"] {font-size: 1.25rem}}'


def page_style() -> str:
    """The style element of a page."""
    return f"<style>{_readable()} {_figures()} {_STEPS}</style>"


def _readable() -> str:
    """What Streamlit draws too pale for WCAG AA (4.5 to 1): captions, and white on the dark theme's buttons."""
    caption = '[data-testid="stCaptionContainer"]'
    pale = translucent(look().ink, 0.78)
    style = f"{caption}, {caption} :is(p, li) {{color: {pale} !important; opacity: 1 !important}}"
    if theme() == "dark":
        button = '[data-testid="stBaseButton-primary"]:not(:disabled)'
        style += f" {button} :is(p, span) {{color: {look().paper} !important}}"
    return style


def _figures() -> str:
    """A figure in full fits its box: Streamlit would show only the beginning of 10,649,244."""
    return "" if number_style().shortens else f"{_WHOLE} {_SMALLER}"
