"""`mmm-groups`: the same plans as in the app, for scheduled jobs and notebooks."""

from mmm_groups.command_line.main import main

__all__ = ["main"]
