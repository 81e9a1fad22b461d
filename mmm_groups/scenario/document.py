"""A scenario as JSON text, of this and of every earlier form of the document."""

import json
from collections.abc import Callable, Mapping

from mmm_groups.errors import MmmGroupsError, ScenarioError, ScenarioTooNewError
from mmm_groups.numerics.marking import marked
from mmm_groups.scenario.old_forms import ANSWERED, Document, from_form_1, from_form_2
from mmm_groups.scenario.scenario import SCHEMA_VERSION, Scenario

Step = Callable[[Document], Document]

MOST_LETTERS = 20_000_000
"""A longer text is refused before it is read: the largest real ones have a few hundred thousand."""

STEPS: Mapping[int, Step] = {1: from_form_1, 2: from_form_2}
"""Version to the function that makes a document of the next version out of one of it."""


def scenario_json(scenario: Scenario, indent: int | None = None) -> str:
    """The scenario as JSON text, from which `read_scenario` makes an equal one."""
    return scenario.model_dump_json(indent=indent)


def read_scenario(text: str | bytes) -> Scenario:
    """The scenario in a JSON text of this or an earlier version.

    Raises
    ------
    ScenarioTooNewError
        If a later version of the app wrote it.
    ScenarioError
        If the text is no JSON, or something in it cannot be used; the text names what.
    """
    if isinstance(text, str):
        text = text.removeprefix("\ufeff")  # the byte order mark that Windows' editor writes
    if len(text) > MOST_LETTERS:
        raise ScenarioError(
            f"The scenario has more than {marked(MOST_LETTERS):,} letters, so it is none of this app's."
        )
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"The text is no scenario, because it is no valid JSON: {error}.") from error
    document = upgraded(document)
    try:
        scenario = Scenario(**document)
    except ScenarioError:
        raise
    except MmmGroupsError as error:
        raise ScenarioError(f"Something in the scenario cannot be used: {error.text.marked}") from error
    except TypeError as error:  # raised by the parts that take their main values without a name
        raise ScenarioError(
            "A goal, a limit or a split of a channel in the scenario misses a value, or has a field that this version "
            "does not know. Write it as a saved scenario has it."
        ) from error
    summary = scenario.summary
    if summary is None or summary.answers_to != ANSWERED:
        return scenario
    now = summary.model_copy(update={"answers_to": scenario.inputs_hash})
    return scenario.model_copy(update={"summary": now})


def upgraded(document: object, steps: Mapping[int, Step] = STEPS, current: int = SCHEMA_VERSION) -> Document:
    """A document in its current form, by one function for each version on the way.

    Parameters
    ----------
    document : dict
        With `schema_version`.
    steps : mapping
        Version to the step to the next one.
    current : int
        The version wanted.

    Raises
    ------
    ScenarioTooNewError
        If the document is of a later version.
    ScenarioError
        If it has no version, or there is no way from it.
    """
    if not isinstance(document, dict):
        raise ScenarioError(f"A scenario is a JSON object with names and values, not {type(document).__name__}.")
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ScenarioError(
            f"The text is no scenario: its 'schema_version' is {version!r}, but must be a number from 1 to {current}."
        )
    if version > current:
        raise ScenarioTooNewError(
            f"This scenario was written by a later version of the app (form {version}; this one knows {current}). "
            "Update the app to open it."
        )
    for step in range(version, current):
        if step not in steps:
            raise ScenarioError(f"Scenarios of form {step} cannot be read any more.")
        try:
            document = {**steps[step](dict(document)), "schema_version": step + 1}
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ScenarioError(f"The scenario is of form {step}, but a part of it has another form.") from error
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number that a scenario may hold")
