"""Mutated files through every reader: counts what ends in an error that is not ours, or takes long.

The same seed gives the same input. A file that once came through is kept in `corpus/`, its kind before its name.
"""

import csv
import io
import random
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.curves.planning_source import open_source
from mmm_groups.curves.sub_channel_spend import part_spend
from mmm_groups.errors import MmmGroupsError
from mmm_groups.groups.groups_file import groups_text, read_groups
from mmm_groups.tables.ends import with_ends
from mmm_groups.tables.spreadsheet import read_table, write_table

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
SLOW = 5.0
"""Seconds of the processor that any file may take."""
TOKENS = [b"\0", b"1e308", b"nan", b"-", b",", b";", b"*a", b"&a", b"\xff\xfe", b"{", b"[", b"null", b"9" * 400, b'"']
TOKENS += [b"# end\n", b"# mmm_groups\n", b"1,5", b"1.234", b"%", b"\xef\xbb\xbf", b"sep=;\n", b"</", b"r='XFD1048576'"]
_GROUPS = b"groups:\n  Meta: [tv, radio]\n  Own: &a [search]\n"
_TABLE = b"names,minimum,maximum\ntv,1,2.5\nradio,,1000\n"
_PARTS = b"date,feed,reels\n2026-01-05,1.5,2\n2026-01-12T00:00:00+05:00,3,4\n"
_PLANS = [
    b"Medium;Jan 2026;Feb 2026;Total\nTV;1.200,50 \xe2\x82\xac;3;1.203,50\nRadio;5;;5\nTotal;1.205,50;3;1.208,50\n",
    b"week,tv,Radio Ads,note\n2026-01-05,1,2,hello\n2026-01-12,3,4,\n",
    b"date\tchannel\tspend\n05/01/2026\ttv\t1.2M\n19/01/2026\tFees\t400k\n",
    b"TV,1000\nradio,20\n",
]
_CURVES = b"channel,spend,response\ntv,0,0\ntv,50,21\ntv,100,30\n"
_SCENARIO = (
    b'{"schema_version": 1, "name": "S", "source": {"kind": "model", "name":"m","sha256": "0", "channels": '
    b'["tv"]}, "window":{"start": "2026-01-05", "end": "2026-03-30"}, "groups": [5], "kept": {"goals": [{"kind": 1}]}}'
)


def _sheet(table: bytes) -> bytes:
    rows = list(csv.reader(table.decode().splitlines()))
    return write_table(pd.DataFrame(rows[1:], columns=rows[0]), "Sheet")


@cache
def seeds(kind: str) -> list[bytes]:
    """Whole files of a kind, out of which the mutated ones are made."""
    tests = HERE.parent
    match kind:
        case "groups":
            ours = groups_text({"Meta": ["tv"], "Own": ["search", "radio"]}).encode()
            return [_GROUPS, ours, b'{"groups": {"A": ["tv"]}}']
        case "table":
            return [_TABLE, with_ends(_TABLE.decode(), "limits").encode(), _TABLE.replace(b",", b";")]
        case "parts":
            return [_PARTS]
        case "plan":
            return _PLANS
        case "curves":
            return [_CURVES, with_ends(_CURVES.decode(), "curves").encode()]
        case "scenario":
            return [_SCENARIO, *(path.read_bytes() for path in sorted((tests / "scenario" / "forms").rglob("*.json")))]
        case "sheet":
            return [_sheet(_TABLE), _sheet(_PARTS.replace(b"2026-01-", b"day "))]
        case "model":
            return [(tests / "support" / "fitted" / f"{name}.nc").read_bytes() for name in ("logistic", "panel")]
    return [path.read_bytes() for path in sorted((tests / "curves" / "data").glob("*.nc"))] + [_own_netcdf()]


def _own_netcdf() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "curves.csv").write_bytes(_CURVES)
        open_curve_file(Path(folder) / "curves.csv").curves.save(Path(folder) / "curves.nc")
        return (Path(folder) / "curves.nc").read_bytes()


def _opened(name: str, open_it: Callable[[Path], object]) -> Callable[[bytes], object]:
    def read(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            return open_it(path)

    return read


@cache
def _planned_on() -> mg.ResponseCurves:
    horizon = mg.Horizon(pd.Timestamp("2026-01-05"), pd.Timestamp("2026-02-23"), "W-MON")
    names, spend = ["tv", "radio"], [[0.0, 1.0, 2.0]] * 2
    return mg.ResponseCurves.from_arrays(names, spend, [spend] * 2, horizon=horizon, periods=horizon.periods)


def _media_plan(content: bytes) -> mg.MediaPlan:
    table = mg.read_plan_table(content, _planned_on(), groups={"Both": ["tv", "radio"]})
    left_out = {name.written: None for name in table.unmatched}
    return mg.MediaPlan.from_table(table, mapping=left_out, missing="zero", outside="keep")


READERS: dict[str, Callable[[bytes], object]] = {
    "groups": lambda content: read_groups(content, "f", ["tv", "radio", "search"]),
    "table": lambda content: read_table(content, "f.csv"),
    "parts": lambda content: part_spend(content, "f.csv"),
    "plan": _media_plan,
    "curves": _opened("curves.csv", open_curve_file),
    "scenario": mg.read_scenario,
    "sheet": lambda content: read_table(content, "f.xlsx"),
    "model": _opened("model.nc", open_source),
    "netcdf": _opened("curves.nc", open_source),
}
KEPT = [("model", 38)]
"""Seeds of large files that once came through."""
BINARY = ("sheet", "model", "netcdf")


def mutated(kind: str, seed: int) -> bytes:
    """A file of a kind with one to four changes."""
    chance = random.Random(f"{kind} {seed}")
    whole = chance.choice(seeds(kind))
    if kind == "sheet" and chance.random() < 0.7:
        return _other_part(whole, chance)
    return (_flipped if kind in BINARY else _rewritten)(whole, chance)


def _rewritten(whole: bytes, chance: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content) + 1)
        if chance.random() < 0.3:
            del content[place : place + chance.randint(1, 8)]
        else:
            content[place:place] = chance.choice(TOKENS)
    return bytes(content)


def _flipped(whole: bytes, chance: random.Random) -> bytes:
    """As disks, cables and torn copies change a file: bytes, zeros, a cut, a piece of it somewhere else."""
    content = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content))
        match chance.randrange(6):
            case 0:
                content[place : place + 512] = bytes(len(content[place : place + 512]))
            case 1:
                del content[max(place, 1) :]
            case 2:
                other = chance.randrange(len(content))
                piece = content[other : other + 64]
                content[place : place + len(piece)] = piece
            case _:
                content[place] ^= chance.randrange(1, 256)
    return bytes(content)


def _other_part(whole: bytes, chance: random.Random) -> bytes:
    """A workbook that unpacks well, with changes in one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        chosen = chance.choice([name for name in names if "sheet" in name or "workbook" in name or "styles" in name])
        for name in names:
            part = old.read(name)
            new.writestr(name, _rewritten(part, chance) if name == chosen else part)
    return made.getvalue()


def tried(kind: str, content: bytes) -> str:
    """What comes through that should not: another error than ours, or too much time; empty if nothing."""
    began = time.process_time()
    said = ""
    try:
        READERS[kind](content)
    except MmmGroupsError:
        pass
    except Exception as error:  # noqa: BLE001 - that is what is counted
        said = f"{kind} {type(error).__name__}: {str(error)[:80]}"
    return said or (f"{kind} slow" if time.process_time() - began > SLOW else "")


def run(kind: str, numbers: range) -> Counter[str]:
    """What came through of these inputs of a kind."""
    found: Counter[str] = Counter()
    for seed in numbers:
        if said := tried(kind, mutated(kind, seed)):
            if said not in found:
                print(f"seed {seed}: {said}", flush=True)  # noqa: T201
            found[said] += 1
    return found
