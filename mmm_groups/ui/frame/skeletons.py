"""Placeholders of the right size for what is still being worked out, so that nothing jumps when it comes."""

import streamlit as st

from mmm_groups.display.look import translucent
from mmm_groups.display.presentation import look

_CSS = """
<style>
.skeleton { display: grid; gap: 0.75rem; margin-bottom: 1rem; }
.skeleton .figures { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 1rem; }
.skeleton i { display: block; border-radius: 0.5rem; background: %s; animation: skeleton 1.6s ease-in-out infinite; }
.skeleton .figures i { height: 6rem; }
.skeleton .rows i { height: 1.6rem; margin-bottom: 0.4rem; }
.skeleton .chart i { height: 22rem; }
@keyframes skeleton { 50%% { opacity: 0.45; } }
@media (prefers-reduced-motion: reduce) { .skeleton i { animation: none; } }
</style>
"""


def skeleton(said: str, *, figures: int = 0, rows: int = 0, chart: bool = False) -> None:
    """Grey blocks where figures, a chart and a table will stand.

    Parameters
    ----------
    said : str
        What will stand here, and what it waits for; in front of the blocks, for those who cannot see them as well.
    figures, rows : int
        How many figures in one row, and how many rows of a table.
    chart : bool
        Whether a chart stands between the two.
    """
    st.caption(f":material/hourglass_empty: {said}")
    shapes = [("figures", figures), ("chart", int(chart)), ("rows", rows)]
    blocks = "".join(f'<div class="{name}">{"<i></i>" * count}</div>' for name, count in shapes if count)
    st.html(f'{_CSS % translucent(look().ink, 0.08)}<div class="skeleton" aria-hidden="true">{blocks}</div>')
