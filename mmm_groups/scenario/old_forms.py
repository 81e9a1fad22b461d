"""Earlier forms of the scenario's document: one function a form makes the next one out of it."""

import json
from typing import Any

from mmm_groups.fingerprint import fingerprint_of

Document = dict[str, Any]

ANSWERED = "these inputs"
"""In `summary.answers_to` of a document on its way up: the figures answer to the inputs beside them."""

# What the figures of a document of form 1 depended on, in the order in which it was written.
_INPUTS_1 = (
    "schema_version",
    "source",
    "window",
    "flighting",
    "prices",
    "reach",
    "groups",
    "method",
    "default_split",
    "splits",
    "resplit",
    "goal",
    "utility",
    "constraints",
    "reference",
    "settings",
)


def from_form_1(document: Document) -> Document:
    """Form 2: rows of limits as typed, and the numbers of all goals together.

    Form 1 knew limits as constraints only, which form 2 reads as they are. It had room for utilities and constraints
    that were not in force, which nothing ever wrote.
    """
    kept = document.get("kept") or {}
    new = dict(document) | {"kept": {"flighting": kept.get("flighting")}}
    if goals := kept.get("goals"):
        new["kept"] |= _goal_inputs(goals)
    summary = document.get("summary")
    if isinstance(summary, dict) and summary.get("answers_to") == _inputs_hash_1(document):
        new["summary"] = summary | {"answers_to": ANSWERED}
    return new


def from_form_2(document: Document) -> Document:
    """Form 3: media plans and a reference of a year before, which form 2 did not know; all else stays as it is."""
    return dict(document)


def _goal_inputs(goals: list[Document]) -> Document:
    """The numbers of goals that were not chosen; of limits of the budget, the last goal's."""
    found: Document = {}
    inputs: Document = {"values": {}}
    for goal in goals:
        if goal["kind"] == "fixed_budget":
            found["budget"] = goal["total"]
            continue
        inputs["values"][goal["kind"]] = goal["margin"] if goal["kind"] == "max_profit" else goal["value"]
        inputs |= {end: goal.get(end) for end in ("min_budget", "max_budget")}
    return found | {"goal_inputs": inputs}


def _inputs_hash_1(document: Document) -> str | None:
    """The hash of its inputs that form 1 wrote; None for a document that leaves an input out."""
    if any(name not in document for name in _INPUTS_1):
        return None
    typed = {name: document[name] for name in _INPUTS_1}
    typed["groups"] = [group | {"id": group["name"], "color": 0} for group in typed["groups"]]
    typed["settings"] = {"currency": "€", "interval": typed["settings"]["interval"]}
    for name in ("splits", "resplit"):
        if typed[name] is not None:
            typed[name] = [split | {"locked": []} for split in typed[name]]
    text = json.dumps(typed, separators=(",", ":"), ensure_ascii=False)
    return fingerprint_of(text)
