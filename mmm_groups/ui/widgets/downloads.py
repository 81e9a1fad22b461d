"""What a chart shows, as a file for a spreadsheet."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from mmm_groups.display.charts.frame import file_name
from mmm_groups.tables.formulas import inert_csv


def download_data(make: Callable[[], pd.DataFrame], *names: str, key: str) -> None:
    """A small button below a chart; the table is made when it is pressed, with plain numbers and English separators.

    Parameters
    ----------
    make : callable
        Returns the table; a named index becomes its first column.
    names : str
        What the chart shows, for the file's name.
    key : str
    """
    st.download_button(
        "Data as CSV",
        lambda: inert_csv(_with_index(make())),
        file_name=f"{file_name(*names)}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        key=key,
        help="The numbers of this chart for a spreadsheet. The picture: the camera at its upper right.",
    )


def _with_index(table: pd.DataFrame) -> pd.DataFrame:
    return table if table.index.name is None else table.reset_index()
