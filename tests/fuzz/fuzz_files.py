"""Mutated files through every reader: counts what ends in an error that is not ours. `make fuzz`.

The same seed gives the same inputs; each finding is printed with its seed and kept in the folder that is named.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import mmm_groups as mg
from mmm_groups.curves.other_tools.curve_file import open_curve_file
from mmm_groups.curves.sub_channel_spend import part_spend
from mmm_groups.errors import MmmGroupsError
from mmm_groups.groups.groups_file import read_groups
from mmm_groups.tables.spreadsheet import read_table

SEEDS: dict[str, bytes] = {
    "groups": b"groups:\n  Meta: [tv, radio]\n  Own: &a [search]\n",
    "table": b"names,minimum,maximum\ntv,1,2.5\nradio,,1000\n",
    "parts": b"date,feed,reels\n2026-01-05,1.5,2\n2026-01-12T00:00:00+05:00,3,4\n",
    "curves": b"channel,spend,response\ntv,0,0\ntv,50,21\ntv,100,30\n",
    "scenario": b'{"schema_version": 1, "name": "S", "source": {"kind": "model", "name":"m","sha256": "0", "channels": '
    b'["tv"]}, "window":{"start": "2026-01-05", "end": "2026-03-30"}, "groups": [5], "kept": {"goals": [{"kind": 1}]}}',
}
TOKENS = [b"\0", b"1e308", b"nan", b"-", b",", b";", b"*a", b"&a", b"\xff\xfe", b"{", b"[", b"null", b"9" * 400, b'"']


def _curves(content: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "curves.csv"
        path.write_bytes(content)
        return open_curve_file(path)


READERS: dict[str, Callable[[bytes], object]] = {
    "groups": lambda content: read_groups(content, "f", ["tv", "radio", "search"]),
    "table": lambda content: read_table(content, "f.csv"),
    "parts": lambda content: part_spend(content, "f.csv"),
    "curves": _curves,
    "scenario": mg.read_scenario,
}


def mutated(kind: str, seed: int) -> bytes:
    """The seed file of a kind with one to four changes."""
    chance, content = random.Random(f"{kind} {seed}"), bytearray(SEEDS[kind])
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content) + 1)
        if chance.random() < 0.3:
            del content[place : place + chance.randint(1, 8)]
        else:
            content[place:place] = chance.choice(TOKENS)
    return bytes(content)


def run(count: int) -> tuple[int, Counter[str]]:
    """Inputs tried, and what came through that is no error of ours: reader and kind of error."""
    found: Counter[str] = Counter()
    for kind, reader in READERS.items():
        for seed in range(count):
            try:
                reader(mutated(kind, seed))
            except MmmGroupsError:
                continue
            except Exception as error:  # noqa: BLE001 - that is what is counted
                found[f"{kind} {type(error).__name__}"] += 1
                if found[f"{kind} {type(error).__name__}"] == 1:
                    print(f"{kind}, seed {seed}: {error!r}"[:150])  # noqa: T201
    return count * len(READERS), found


if __name__ == "__main__":
    tried, came_through = run(int(sys.argv[1]) if len(sys.argv) > 1 else 6000)
    print(f"{tried} inputs, {sum(came_through.values())} uncaught: {dict(came_through)}")  # noqa: T201
