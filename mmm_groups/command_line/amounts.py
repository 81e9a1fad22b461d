"""Amounts as they are typed on the command line, where no other number says what a point or a comma means."""

from argparse import ArgumentTypeError

from mmm_groups.tables.written_numbers import Percentage, WrittenNumber, as_written


def amount(text: str) -> float:
    """A number for `argparse`, such as money.

    Raises
    ------
    ArgumentTypeError
        If it is none, or can be read in two ways: `50.000` is fifty thousand to half of Europe.
    """
    written = as_written(text, {})
    if isinstance(written, WrittenNumber):
        if len(written.readings) > 1:
            raise ArgumentTypeError(f"“{text}” {written.two_readings}")
        if not isinstance(written.readings[0], Percentage):
            return written.readings[0]
    try:
        return float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' is no number. Write it like 1200000 or 1.2e6.") from error
