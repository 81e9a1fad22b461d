"""`make benchmark-sweep`: 1,000 groupings of 20 channels on one core, and on Dask clusters of one and two workers.

The workers are processes of this machine with one thread each, so two of them need two free cores.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from distributed import LocalCluster

import mmm_groups as mg
from mmm_groups.jobs.dask_cluster import spread_over_cluster
from mmm_groups.suggestions.candidate_groupings import Grouping, grouping_of
from mmm_groups.suggestions.sweep import CHUNK, SweepQuestion, sweep, sweep_chunk

CHANNELS, GROUPINGS = 20, 1_000


def question(draws: int) -> SweepQuestion:
    """Concave curves with a year of weekly history, every channel on its own, the reference spend as budget."""
    rng = np.random.default_rng(0)
    names = [f"channel {place:02d}" for place in range(CHANNELS)]
    weekly = rng.uniform(5_000, 50_000, CHANNELS) * rng.gamma(8, 1 / 8, (52, CHANNELS))
    tops = 52 * weekly.max(axis=0)
    spend = tops[:, None] * np.linspace(0, 1, 200) ** 2
    scale = rng.gamma(20, 1 / 20, (draws, CHANNELS, 1)) * rng.uniform(1, 4, (CHANNELS, 1)) * tops[:, None]
    response = scale * np.tanh(spend / (0.6 * tops[:, None])) / 4
    dates = pd.date_range("2025-01-06", periods=52, freq="W-MON")
    history = pd.DataFrame(weekly, index=dates, columns=names)
    curves = mg.ResponseCurves.from_arrays(
        names, spend, response.astype(np.float32), history, periods=13, fingerprint="benchmark"
    )
    present = {name: (name,) for name in names}
    return SweepQuestion(curves, present, mg.FixedBudget(float(curves.reference_spend.sum())))


def random_groupings(asked: SweepQuestion) -> list[Grouping]:
    """Partitions of the channels into 2 to 12 groups."""
    rng = np.random.default_rng(1)
    names = list(asked.present)
    found = []
    for number in range(GROUPINGS):
        place = rng.integers(0, rng.integers(2, 13), len(names))
        groups = {f"group {k}": tuple(n for n, at in zip(names, place, strict=True) if at == k) for k in set(place)}
        found.append(grouping_of(f"number {number}", groups, asked.present, names))
    return found


def on_workers(asked: SweepQuestion, groupings: list[Grouping], count: int) -> float:
    """Seconds on a cluster of so many workers, which have imported everything before."""
    parts = [groupings[start : start + CHUNK] for start in range(0, len(groupings), CHUNK)]
    with LocalCluster(n_workers=count, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        spread = spread_over_cluster(cluster.scheduler_address, sweep_chunk)
        spread(asked, parts[: 2 * count], lambda step, share: None)
        began = time.perf_counter()
        spread(asked, parts, lambda step, share: None)
        return time.perf_counter() - began


def main() -> None:
    print("| draws | one core, s | one worker, s | two workers, s | speed-up of two workers |\n|---|---|---|---|---|")
    for draws in (400, 1_000):
        asked = question(draws)
        groupings = random_groupings(asked)
        began = time.perf_counter()
        sweep(asked, groupings)
        alone = time.perf_counter() - began
        one, two = (on_workers(asked, groupings, count) for count in (1, 2))
        print(f"| {draws:,} | {alone:.1f} | {one:.1f} | {two:.1f} | {one / two:.2f} |", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MMM_GROUPS_CACHE"] = str(Path(folder))
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        main()
