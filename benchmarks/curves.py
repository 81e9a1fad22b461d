"""`make benchmark`: what reading response curves costs, by kind of model and by size.

Each line is a process of its own, so that its peak memory is its own. Seconds are from a compiled model on: building
PyMC-Marketing's model and compiling it are printed apart, once each.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

KINDS = [
    "logistic",
    "hill",
    "michaelis_menten",
    "panel",
    "log_link",
    "time_varying_media",
    "cost_per_unit",
    "daily",
    "monthly",
]
SIZES = [(10, 1000, 13), (25, 1000, 13), (50, 1000, 13), (100, 1000, 13), (100, 250, 13), (100, 1000, 52)]
"""Cells, draws, dates of the window."""


def measured(path: Path, periods: int) -> dict[str, float]:
    """Read the curves of a model file in this process."""
    import mmm_groups as mg
    from mmm_groups.curves.extraction import curves_of_response, model_response
    from mmm_groups.curves.grid import upper_ends

    model = mg.load_model(path)
    horizon = model.next_horizon(periods)
    response, notes = model_response(model, horizon)
    began = time.perf_counter()
    response.build()
    built = time.perf_counter()
    nothing = np.zeros(len(model.channels))
    (response.by_channel if model.link == "identity" else response.total)(nothing)
    compiled = time.perf_counter()
    before = _peak()
    curves = curves_of_response(response, upper_ends(model.historical_spend, periods), "", notes)
    read = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        curves.save(Path(folder) / "curves.nc")
        size = (Path(folder) / "curves.nc").stat().st_size
        opening = time.perf_counter()
        mg.ResponseCurves.open(Path(folder) / "curves.nc")
        opened = time.perf_counter()
    return {
        "cells": len(curves.channels),
        "draws": curves.draws,
        "points": curves.spend.sizes["point"],
        "dates": curves.periods,
        "build": built - began,
        "compile": compiled - built,
        "read": read - compiled,
        "open": opened - opening,
        "before": before,
        "peak": _peak(),
        "file": size / 1e6,
        "error": curves.origin.measured_error,
    }


def _peak() -> float:
    """Largest memory this process ever had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_a_process(path: Path, periods: int) -> dict[str, float]:
    """`measured` in a fresh process."""
    command = [sys.executable, __file__, "--measure", str(path), str(periods)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


COLUMNS = {
    "cells": "5.0f",
    "draws": "5.0f",
    "points": "6.0f",
    "dates": "5.0f",
    "build": "6.1f",
    "compile": "7.1f",
    "read": "6.1f",
    "before": "6.0f",
    "peak": "6.0f",
    "file": "6.1f",
    "open": "5.2f",
    "error": "8.1e",
}


def line(name: str, found: dict[str, float]) -> str:
    """One row of the table."""
    return f"| {name:<20} | " + " | ".join(f"{found[key]:{shape}}" for key, shape in COLUMNS.items()) + " |"


def main() -> None:
    from support.fitted_models import fitted_model
    from support.small_models import panel_of

    widths = {"model": 20} | {key: int(shape.partition(".")[0]) for key, shape in COLUMNS.items()}
    print("seconds; memory (before reading, peak) and file in MB; error of summed curves against the model, relative\n")
    print("| " + " | ".join(f"{name:<{width}}" for name, width in widths.items()) + " |")
    print("|" + "|".join("-" * (width + 2) for width in widths.values()) + "|")
    for kind in KINDS:
        print(line(kind, in_a_process(fitted_model(kind), 13)), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for cells, draws, dates in SIZES:
            path = panel_of(cells, draws, Path(folder))
            print(line(f"panel of {cells} cells", in_a_process(path, dates)), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measured(Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        main()
