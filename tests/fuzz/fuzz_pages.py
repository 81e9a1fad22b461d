"""Pages by random and crafted widget values: counts what falls into the last net, ends a page or takes long.

A client may send anything: the values here are written into the messages that a browser sends. The same seed gives the
same session.
"""

import json
import logging
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.ui.planner.opening import new_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import add_group

ROOT = Path(__file__).parent.parent.parent
PAGES = ["app.py", *(f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py")))]
STEPS = 4
SLOW = 5.0  # seconds
NUMBERS = [0.0, -1.0, 1e308, -1e308, 5e-324, 1e15, float("nan"), float("inf"), float("-inf"), 0.1]
TEXTS = [
    "",
    "\0",
    "a\0b",
    "x" * 3000,
    "=1+1",
    "<b>",
    "../..",
    "a\nb",
    "\u202e",
    "12\u00a0000,5",
    "NaN",
    "tv",
    "9" * 400,
]
HALF = "\ud800"  # half a letter: only JSON can carry it
WHOLE_NUMBERS = [0, -1, 1, 7, 10**6, 2**31, 2**62, -(2**62)]
ADDRESSES: list[dict[str, str]] = [
    {},
    {"work": "\0"},
    {"work": "x" * 65},
    {"scenario": "nonsense"},
    {"scenario": "\0", "version": "1"},
    {"scenario": "a" * 32, "version": "99"},
    {"scenario": "a" * 32, "version": "-1"},
    {"scenario": "a" * 32, "version": "9" * 400},
    {"scenario": "", "work": ""},
]


class _Net(logging.Handler):
    """What fell into the last net."""

    def __init__(self) -> None:
        super().__init__()
        self.fallen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        trace = error.__traceback__ if error else None
        ours = ""
        while trace is not None:
            code = trace.tb_frame.f_code
            if "/mmm_groups/" in code.co_filename:
                ours = f"{Path(code.co_filename).stem}.{code.co_name}"
            trace = trace.tb_next
        self.fallen.append(f"{type(error).__name__} in {ours}: {str(error)[:80]}")


@contextmanager
def _net() -> Iterator[_Net]:
    net, log = _Net(), logging.getLogger("mmm_groups.last_net")
    log.addHandler(net)
    was, log.propagate = log.propagate, False
    try:
        yield net
    finally:
        log.removeHandler(net)
        log.propagate = was


@cache
def curves_file(folder: Path) -> Path:
    """A small file of curves: pages answer quickly on it."""
    lines = ["channel,draw,spend,response,reference_spend"]
    for channel, top in (("tv", 900), ("search", 500), ("social", 300), ("radio", 100)):
        for draw in range(5):
            for spend in range(0, 1100, 100):
                response = top * (1 + draw / 10) * spend / (spend + 300)
                lines.append(f"{channel},{draw},{spend},{response},{300}")
    path = folder / "curves.csv"
    path.write_text("\n".join(lines))
    return path


@cache
def _demo() -> mg.FittedModel:
    return mg.load_model(mg.DEMO_MODEL)


def planner_for(chance: random.Random, folder: Path) -> Planner:
    """A session's planner: nothing typed, grouped, or with a plan."""
    is_demo = chance.random() < 0.25
    planner = new_planner(_demo() if is_demo else open_curve_file(curves_file(folder)))
    if chance.random() < 0.8:
        planner.set_board(add_group(planner.board, "Own", ["tv", "search"]))
    if chance.random() < 0.8:
        planner.optimise()
    return planner


def _layout(chance: random.Random) -> object:
    """What the board may send: well made, half made, or far too much."""
    names = ["tv", "search", "social", "radio", "", "x", HALF, "\0"]
    groups: Any = [
        {
            "id": chance.choice(["g1", "new-1", "", HALF, "stale", "x" * 400]),
            "name": chance.choice([*TEXTS, HALF, "Own"]),
            "color": chance.choice([0, 9, -1, 10, 1.5, None]),
            "channels": chance.sample(names, chance.randint(0, 4)),
        }
        for _ in range(chance.randint(0, 3))
    ]
    if chance.random() < 0.1:
        groups = [{"id": f"new-{n}", "name": f"n{n}", "color": 1, "channels": []} for n in range(3000)]
    if chance.random() < 0.1:
        groups = chance.choice([None, "groups", 5, [None], [[]], {}])
    seq = chance.choice([1, 2, 10**6, -1, 2**70, None, "1", True, 1.5])
    return {"seq": seq, "groups": groups, "ungrouped": chance.choice([[], names, None, ["tv", "tv"]])}


def _split(chance: random.Random) -> object:
    names = chance.choice([["tv", "search"], ["tv"], [], None, ["x", HALF]])
    locked = chance.choice([[], [0], [0, 7], [-1], None])
    tenths = chance.choice([[500, 500], [1000, 0], [-5, 1005], [1000], [2**70, 1], [0.5, 999.5], None, []])
    return {
        "seq": chance.choice([1, 5, 2**70, "x"]),
        "names": names,
        "tenths": tenths,
        "locked": locked,
    }


def _edited(chance: random.Random) -> object:
    """What a table may send."""
    cells: list[object] = [*NUMBERS[:5], 10.0, 500.0, None, "x", HALF, True, [], "1e999"]
    columns = ["minimum", "maximum", "unit", "lower", "upper", "share", "weight", "tv", "_index", "0", "stale"]
    rows = {str(chance.choice([0, 1, 2, 3, 99])): {chance.choice(columns): chance.choice(cells)} for _ in range(3)}
    added = [{}, {chance.choice(columns): chance.choice(cells)}] if chance.random() < 0.2 else []
    return {"edited_rows": rows, "added_rows": added, "deleted_rows": [99] if chance.random() < 0.1 else []}


def _send(state: WidgetState, kind: str, is_whole: bool, chance: random.Random) -> None:
    """Write a value of this kind into a message."""
    match kind:
        case "double_value":
            # Streamlit itself cannot read infinity as a whole number; no code of ours is reached then.
            state.double_value = chance.choice(NUMBERS[:6] if is_whole else [*NUMBERS, chance.uniform(0, 5000)])
        case "double_array_value":
            state.double_array_value.data[:] = [chance.choice(NUMBERS) for _ in range(chance.randint(0, 3))]
        case "int_value":
            state.int_value = chance.choice(WHOLE_NUMBERS)
        case "int_array_value":
            state.int_array_value.data[:] = [chance.choice(WHOLE_NUMBERS) for _ in range(chance.randint(0, 3))]
        case "string_value":
            state.string_value = chance.choice([*TEXTS, "2026-01-05", "9999-12-31", "0001-01-01", "Google", "search"])
        case "string_array_value":
            state.string_array_value.data[:] = [chance.choice([*TEXTS, "Own"]) for _ in range(chance.randint(0, 3))]
        case "bool_value":
            state.bool_value = chance.random() < 0.5
        case "trigger_value":
            state.trigger_value = True


def _message(at: AppTest, chance: random.Random) -> WidgetStates:
    """What a browser sends next: everything on the page, with one to three values changed."""
    states: WidgetStates = at._tree.get_widget_states()
    others = [node.proto for node in at._tree if type(node).__name__ == "UnknownElement"]
    tables = [node.proto for node in at.get("arrow_data_frame") if getattr(node.proto, "id", "")]
    for proto in [*others, *tables]:
        if not getattr(proto, "id", "") or chance.random() > 0.3:
            continue
        state = states.widgets.add(id=proto.id)
        if hasattr(proto, "component_name"):
            made = _layout(chance) if "board" in proto.component_name else _split(chance)
            state.json_value = json.dumps({"layout" if "board" in proto.component_name else "split": made})
        else:
            state.string_value = json.dumps(_edited(chance))
    whole = {field.id for field in at.number_input if field.proto.data_type == NumberInput.DataType.INT}
    there = list(states.widgets)
    for state in chance.sample(there, min(len(there), chance.randint(1, 3))):
        kind = state.WhichOneof("value")
        if kind not in (None, "json_value", "file_uploader_state_value"):
            _send(state, str(kind), state.id in whole, chance)
    return states


def session(seed: int, folder: Path) -> Counter[str]:
    """What one session finds: what fell into the net, what Streamlit showed as an exception, what took long."""
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    planner = planner_for(chance, folder)
    at.session_state["mmm_groups.planners"] = {"open": planner}
    at.session_state["mmm_groups.current"] = "open"
    for key in ("parts-open", "sweep-open", "limits-import"):
        at.session_state[key] = True
    for name, value in chance.choice(ADDRESSES).items():
        at.query_params[name] = value
    at.switch_page(chance.choice(PAGES))
    with _net() as net:
        for step in range(STEPS):
            if step and chance.random() < 0.25:
                at.switch_page(chance.choice(PAGES))
            begun = time.process_time()
            at._run(_message(at, chance) if step else None)
            took = time.process_time() - begun
            for shown in at.exception:
                found[f"shown: {shown.value[:100]}"] += 1
            if took > SLOW:
                found[f"slow: {Path(at._script_path).name}, step {step}"] += 1
    for fallen in net.fallen:
        found[fallen] += 1
    return found


def run(seeds: range, folder: Path) -> Counter[str]:
    """Everything that was found in these sessions, each of `STEPS` messages."""
    found: Counter[str] = Counter()
    with patch("streamlit.components.v2.manifest_scanner.scan_component_manifests", list):  # it would search each time
        for seed in seeds:
            for what, count in session(seed, folder).items():
                if what not in found:
                    print(f"seed {seed}: {what}", flush=True)  # noqa: T201
                found[what] += count
    return found
