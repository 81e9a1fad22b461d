"""Days, weeks, months and quarters as people write them: one meaning, or a refusal that names both."""

import pandas as pd
import pytest

from mmm_groups.errors import TableError
from mmm_groups.tables.written_dates import is_period, read_periods

NEAR = (pd.Timestamp("2026-01-05"), pd.Timestamp("2026-04-05"))


def days(*texts: object, fits: set[str] | None = None) -> list[tuple[str, str]]:
    cells = [(f"Line {line}", text) for line, text in enumerate(texts, start=2)]
    known = {pd.Timestamp(day) for day in fits or ()}
    return [
        (f"{found.first:%Y-%m-%d}", f"{found.after:%Y-%m-%d}")
        for found in read_periods(cells, NEAR, known.__contains__)
    ]


DAY = ("2026-01-05", "2026-01-06")
MONTH = ("2026-03-01", "2026-04-01")
WEEK = ("2026-01-05", "2026-01-12")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (text, DAY)
            for text in ("2026-01-05", "05.01.2026", "5.1.26", "5. 1.", "5 Jan 2026", "5-Jan-26", "Jan 5, 2026")
        ),
        *(
            (text, DAY)
            for text in ("2026/01/05", "5 janv. 2026", "5. Januar", "2026-01-05 00:00:00", "5th January 2026")
        ),
        *(
            (text, MONTH)
            for text in ("Mar 2026", "März", "mars", "Mar-26", "2026-03", "03/2026", "03.2026", "2026 March")
        ),
        *((text, WEEK) for text in ("2026-W02", "KW 2", "W2", "week 2 2026", "CW02/2026", "2026 kw 2")),
        *((text, ("2026-01-01", "2026-04-01")) for text in ("Q1", "Q1 2026", "2026-Q1", "Q1 '26")),
        ("05.01.–11.01.2026", WEEK),
        ("2026-01-05 - 2026-01-11", WEEK),
        ("29.12.–11.01.2026", ("2025-12-29", "2026-01-12")),
        ("13/01/2026", ("2026-01-13", "2026-01-14")),
        ("01/13/2026", ("2026-01-13", "2026-01-14")),
        ("KW 53", ("2026-12-28", "2027-01-04")),
        ("Nov", ("2026-11-01", "2026-12-01")),
        (pd.Timestamp("2026-01-05"), DAY),
    ],
)
def test_a_period_is_read(text: object, expected: tuple[str, str]) -> None:
    assert is_period(text)
    assert days(text) == [expected]


@pytest.mark.parametrize(
    "text", ["TV", "Total", "100", "1.234", "2026", "31.02.2026", "W54", "Q5", "Marketing", "", None, 5.0]
)
def test_what_is_no_period(text: object) -> None:
    assert not is_period(text)


def test_all_dates_of_a_table_decide_together() -> None:
    assert days("05/01/2026", "19/01/2026")[0] == DAY
    assert days("01/05/2026", "01/19/2026")[0] == DAY
    assert days("05/01/2026", "12/01/2026", fits={"2026-01-05", "2026-01-12"})[0] == DAY
    with pytest.raises(TableError, match="Line 2: “05/01/2026” may mean 2026-01-05 or 2026-05-01"):
        days("05/01/2026", "12/01/2026")
    with pytest.raises(TableError, match="cannot all be read in the same way"):
        days("13/01/2026", "01/13/2026")


def test_a_date_that_nobody_means_is_refused() -> None:
    for far in ("1500-01-01", "9999-12-31"):
        with pytest.raises(TableError, match=f"Line 2: “{far}” is more than 100 years from the planning window"):
            days(far)


def test_a_month_and_two_digits_may_be_a_day_or_a_year() -> None:
    assert days("Jan 05", "Jan 12", fits={"2026-01-05", "2026-01-12"})[0] == DAY
    with pytest.raises(TableError, match="“Jan 26” may mean January 2026 or 2026-01-26"):
        days("Jan 26", "Feb 26")
