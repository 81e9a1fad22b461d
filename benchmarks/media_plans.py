"""A media plan evaluated on a model, each size in a process of its own: first answer, warm answer, memory.

Seconds of the processor, so that other work on the machine does not count.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mmm_groups as mg

SIZES = ((10, 52, 400), (30, 52, 1000), (300, 104, 400))


def measured(channels: int, periods: int, draws: int) -> str:
    """A line of the table."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from support.small_models import national_of

    with tempfile.TemporaryDirectory() as folder:
        model = mg.load_model(national_of(channels, draws, False, Path(folder)))
        model.mmm  # noqa: B018 - opened
        horizon = model.next_horizon(periods)
        usual = dict(model.historical_spend.mean() * periods)
        plan = mg.MediaPlan.from_totals(usual, model, start=horizon.start, end=horizon.end)
        times = []
        for _ in range(6):
            began = time.process_time()
            mg.evaluate(plan, model)
            times.append(time.process_time() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    warm = statistics.median(times[1:])
    return f"| {channels} × {periods} × {draws} | {times[0]:.2f} | {warm:.3f} | {memory:.1f} |"


def main() -> None:
    """Print the table."""
    print("| channels × dates × draws | first, s | warm, s | memory of the process, GB |\n|---|---|---|---|")
    for size in SIZES:
        asked = [sys.executable, __file__, *map(str, size)]
        print(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(measured(*map(int, sys.argv[1:])))
    else:
        main()
