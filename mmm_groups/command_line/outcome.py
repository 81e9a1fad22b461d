"""What a command leaves behind: text on the screen, files, and a code."""

import os
import sys
import tempfile
from pathlib import Path

import pandas as pd

from mmm_groups.display.numbers import number, ratio
from mmm_groups.errors import MmmGroupsError
from mmm_groups.plan.plan import Plan
from mmm_groups.tables.csv_text import encoding_of

DONE, REFUSED, DEPARTED, STOPPED = 0, 1, 3, 130


class OutputError(MmmGroupsError):
    """A file cannot be written."""


def progress(step: str) -> None:
    """Name a long step, where somebody watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{step} …\n")


def tell(text: str) -> None:
    """A note beside the result, on the error stream, so that the result can be piped on."""
    sys.stderr.write(f"{text}\n")


def put(text: str | bytes, path: str | None) -> None:
    """Write a text to a file, or to the screen; a file is there whole or not at all."""
    if path in (None, "-"):
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
            return
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        return
    target, draft = Path(str(path)), None
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as draft:
            draft.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(draft.name, 0o644)
        os.replace(draft.name, target)
    except OSError as error:
        if draft is not None:
            Path(draft.name).unlink(missing_ok=True)
        raise OutputError(
            f"'{target}' cannot be written: {error.strerror}. Name another file with --output."
        ) from error
    tell(f"Wrote {target}.")


def read_text(path: str) -> str:
    """The text of a file in UTF-8 or in what its byte order mark says, or of the standard input for `-`.

    Raises
    ------
    OutputError
        If it cannot be read.
    """
    try:
        if path == "-":
            return sys.stdin.read()
        content = Path(path).read_bytes()
        return content.decode(encoding_of(content))
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(
            f"'{path}' cannot be read: {error}. Name a scenario file, or 'id:…' of a saved one."
        ) from error


def plan_text(plan: Plan) -> str:
    """A plan as a table for a terminal."""
    table = plan.groups
    shown = pd.DataFrame(
        {
            "spend": table["spend"].map(number),
            "reference": table["reference_spend"].map(lambda spent: "unknown" if pd.isna(spent) else number(spent)),
            "response": table["response"].map(number),
            "roi": table["roi"].map(lambda value: "" if pd.isna(value) else ratio(value)),
            "mroi": table["mroi"].map(ratio),
            "held by": table["binding"],
        }
    ).rename_axis(None)
    end = f"Total spend {number(plan.total)}, response {number(float(plan.response.mean()))} {plan.target}."
    return f"{shown.to_string()}\n{end}\n"
