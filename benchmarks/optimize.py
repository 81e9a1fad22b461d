"""`make benchmark`: PyMC-Marketing's optimiser and ours on the same posterior, side by side in one process.

Prints seconds, ratios, and the response of both plans as PyMC-Marketing itself evaluates them.
"""

import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import xarray as xr

import mmm_groups as mg
from mmm_groups.curve_extraction import model_response

WARM_RUNS = 5


def seconds(work: Callable[[], object], runs: int = 1) -> float:
    """Median wall time."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    model = mg.load_model(mg.DEMO_MODEL)
    horizon = model.next_horizon()
    print(f"{len(model.channels)} channels, {model.draws} draws, {horizon.periods} dates, one process, this machine\n")

    importing = seconds(lambda: model.mmm)
    extracting = seconds(lambda: mg.response_curves(model, use_cache=False))
    reading = seconds(lambda: mg.response_curves(model))
    curves = mg.response_curves(model)
    budget = float(round(curves.reference_spend.sum()))
    goal = mg.FixedBudget(budget)
    groups = mg.ChannelGroups(
        {"Meta": ["facebook", "instagram"], "Google": ["search", "youtube"], "Offline": ["tv", "radio", "outdoor"]}
    )
    ours = seconds(lambda: mg.optimize(curves, goal=goal), 25)
    grouped = seconds(lambda: mg.optimize(curves, goal=goal, groups=groups), 25)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        channels = xr.DataArray(np.ones(9, bool), dims="channel", coords={"channel": list(model.channels)})
        optimizer = model.mmm.budget_optimizer(horizon.start, horizon.end, budgets_to_optimize=channels)
        bounds = xr.DataArray(
            [[0.0, end / horizon.periods] for end in curves.upper],
            dims=("channel", "bound"),
            coords={"channel": list(model.channels), "bound": ["lower", "upper"]},
        )

        def allocate() -> xr.DataArray:
            return optimizer.allocate_budget(total_budget=budget / horizon.periods, budget_bounds=bounds).budgets

        first = seconds(allocate)
        theirs = seconds(allocate, WARM_RUNS)
        their_plan = allocate().sel(channel=list(model.channels)).values * horizon.periods

    response, _ = model_response(model, horizon)

    def earned(plan: np.ndarray) -> float:
        return float(response.incremental(plan).mean())

    plan = mg.optimize(curves, goal=goal)
    our_response = earned(plan.channel_spends.to_numpy())
    their_response = earned(their_plan)
    rows = [
        ("PyMC-Marketing: import and load the model", importing, None),
        ("PyMC-Marketing: first allocate_budget (compile)", first, None),
        ("PyMC-Marketing: allocate_budget, warm", theirs, 1.0),
        ("mmm_groups: extract curves (once per model and window)", extracting, None),
        ("mmm_groups: curves from the cache", reading, None),
        ("mmm_groups: optimize, 9 channels one by one", ours, theirs / ours),
        ("mmm_groups: optimize, 5 groups", grouped, theirs / grouped),
    ]
    print(f"| {'step':<55} | {'seconds':>8} | {'times faster':>12} |\n|{'-' * 57}|{'-' * 10}|{'-' * 14}|")
    for name, took, ratio in rows:
        print(f"| {name:<55} | {took:8.3f} | {'' if ratio is None else f'{ratio:.0f}':>12} |")
    print(
        f"\nResponse of the channel plan, evaluated by PyMC-Marketing: ours {our_response:,.0f}, theirs "
        f"{their_response:,.0f} (ratio {our_response / their_response:.6f}); our proven gap {plan.gap:.1e}."
    )


if __name__ == "__main__":
    main()
