"""Read the arguments, do what they ask, and end with a code that a scheduled job can test."""

import os
import sys
from collections.abc import Sequence

from mmm_groups.command_line.arguments import parser
from mmm_groups.command_line.outcome import REFUSED, STOPPED
from mmm_groups.errors import MmmGroupsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.

    Returns
    -------
    int
        0: done. 1: refused, and the reason stands on the error stream. 2: the arguments are wrong. 3: `run --check`
        found other figures than those saved. 130: stopped by the keyboard.
    """
    asked = parser().parse_args(arguments)
    try:
        code = asked.run(asked)
        sys.stdout.flush()
    except MmmGroupsError as error:
        sys.stderr.write(f"mmm-groups: {error}\n")
        return REFUSED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return STOPPED
    return int(code)
