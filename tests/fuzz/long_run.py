"""Both fuzzers for 30,000 inputs, in pieces, each in a process of its own: `make fuzz`.

Counts what came through, and pieces that died, did not end, or took a gigabyte more than at their beginning.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

TEXTS = ("groups", "table", "parts", "curves", "scenario")
COUNTS = dict.fromkeys(TEXTS, 3400) | {"sheet": 3000, "model": 1500, "netcdf": 1500, "pages": 7000}
PIECE = 500
PATIENCE = 1800
"""Seconds for a piece; a single input that takes over 5 s of the processor is counted besides."""
MOST_KILOBYTES = 1_000_000


def _memory() -> int:
    """Kilobytes that this process held at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def piece(kind: str, first: int, last: int) -> Counter[str]:
    """One piece, here."""
    from fuzz.fuzz_files import run as run_files
    from fuzz.fuzz_pages import STEPS
    from fuzz.fuzz_pages import run as run_pages

    before = _memory()
    if kind == "pages":
        with tempfile.TemporaryDirectory() as folder:
            found = run_pages(range(first // STEPS, last // STEPS), Path(folder))
    else:
        found = run_files(kind, range(first, last))
    if _memory() - before > MOST_KILOBYTES:
        found[f"{kind} {first} to {last}: took more than a gigabyte"] += 1
    return found


def apart(kind: str, first: int, last: int) -> Counter[str]:
    """One piece in a process of its own, with folders of its own."""
    with tempfile.TemporaryDirectory() as folder:
        own = {f"MMM_GROUPS_{name}": f"{folder}/{name.lower()}" for name in ("CACHE", "MODELS", "JOBS_FOLDER")}
        own["MMM_GROUPS_DATABASE_URL"] = f"sqlite:///{folder}/scenarios.sqlite"
        asked = [sys.executable, __file__, kind, str(first), str(last)]
        where = f"{kind} {first} to {last}"
        try:
            done = subprocess.run(
                asked, env=os.environ | own, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return Counter({f"{where}: does not end": 1})
    if done.returncode:
        return Counter({f"{where}: died with {done.returncode}: {done.stderr[-200:]}": 1})
    *seeds, counts = done.stdout.splitlines()
    sys.stdout.write("".join(f"{seed}\n" for seed in seeds))
    return Counter(json.loads(counts))


def main() -> int:
    """All pieces; returns how many inputs came through."""
    found: Counter[str] = Counter()
    for kind, count in COUNTS.items():
        for first in range(0, count, PIECE):
            found += apart(kind, first, min(first + PIECE, count))
        sys.stdout.write(f"{kind}: {count} inputs, {sum(found.values())} came through so far\n")
        sys.stdout.flush()
    sys.stdout.write(f"{sum(COUNTS.values())} inputs, {sum(found.values())} came through\n")
    for what, times in found.most_common():
        sys.stdout.write(f"{times} times {what}\n")
    return sum(found.values())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(piece(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
    else:
        sys.exit(bool(main()))
