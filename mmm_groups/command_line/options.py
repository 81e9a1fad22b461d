"""Options that several commands have: the model they work on, names with values, groups."""

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from mmm_groups.curves.cache import DEMO_MODEL
from mmm_groups.curves.planning_source import PlanningSource, open_source
from mmm_groups.errors import GroupingError, ScenarioError


def source_named(asked: Namespace) -> PlanningSource:
    """The model or the file of curves that the arguments name."""
    trusted = [name.strip() for name in os.environ.get("MMM_GROUPS_TRUST", "").split(",") if name.strip()]
    path = DEMO_MODEL if asked.model == "demo" else Path(asked.model)
    return open_source(path, trust=[*trusted, *asked.trust])


def pairs(given: Sequence[str], option: str, form: str) -> dict[str, str]:
    """What is given as NAME=VALUE.

    Raises
    ------
    ScenarioError
        If one has another form, or a name is given twice.
    """
    found: dict[str, str] = {}
    for pair in given:
        name, _, value = pair.partition("=")
        if not (name.strip() and value.strip()):
            raise ScenarioError(f"{option} needs {form}; it got '{pair}'.")
        if name.strip() in found:
            raise ScenarioError(f"{option} names '{name.strip()}' twice. Give it once.")
        found[name.strip()] = value.strip()
    return found


def channels_of(group: str, listed: str) -> tuple[str, ...]:
    """The channels in A,B.

    Raises
    ------
    GroupingError
        If one has no name.
    """
    channels = tuple(name.strip() for name in listed.split(","))
    if not all(channels):
        raise GroupingError(f"--group {group}={listed} has an empty name between its commas.")
    return channels
