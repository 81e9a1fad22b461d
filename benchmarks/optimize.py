"""`make benchmark`: PyMC-Marketing's optimiser and ours on the same posterior, side by side in one process.

Prints Markdown tables: seconds and ratios on the demo model, with the response of both plans as PyMC-Marketing itself
evaluates them; then ours alone on synthetic curves of 5 to 200 channels, concave and S-shaped, with the gap it proves.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

import mmm_groups as mg
from mmm_groups.curves.extraction import model_response

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

WARM_RUNS = 7
THEIRS_AND_OURS = ("theirs first, s", "theirs warm, s", "ours, s", "times faster")
SIZES = (5, 10, 30, 100, 200)
C = mg.ConstraintBuilder


def seconds(work: Callable[[], object], runs: int = 1) -> float:
    """Median wall time."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def printed(title: str, header: list[str], rows: list[list[str]]) -> None:
    print(f"\n### {title}\n\n| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def on_the_demo() -> None:
    model = mg.load_model(mg.DEMO_MODEL)
    horizon = model.next_horizon()
    curves = mg.response_curves(model)
    budget = float(round(curves.reference_spend.sum()))
    goal = mg.FixedBudget(budget)
    groups = mg.ChannelGroups(
        {"Meta": ["facebook", "instagram"], "Google": ["search", "youtube"], "Offline": ["tv", "radio", "outdoor"]}
    )
    limits = [
        C.group_min_spend(["facebook", "instagram"], 300_000),
        C.group_max_spend(["tv"], 200_000),
        C.group_min_ratio(["search", "youtube"], 0.1),
        C.group_max_ratio(["facebook", "instagram"], 0.4),
        C.spend_bounds("display", 50_000, 150_000),
        C.lock("radio", 40_000),
        C.ratio_between(["search"], ["youtube"], max=2.0),
    ]
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

    def ours(**how: object) -> Callable[[], mg.Plan]:
        return lambda: mg.optimize(curves, **({"goal": goal} | how))  # type: ignore[arg-type]

    steps = [
        ("9 channels one by one", ours()),
        ("5 groups, historical split", ours(groups=groups)),
        ("5 groups, marginal ROI", ours(groups=groups, split="marginal_roi")),
        ("9 channels, 7 constraints", ours(constraints=limits)),
        ("5 groups, marginal ROI, 7 constraints", ours(groups=groups, split="marginal_roi", constraints=limits)),
        ("target ROI 2", ours(goal=mg.TargetRoi(2.0))),
        ("target response 8 million", ours(goal=mg.TargetResponse(8e6))),
        ("largest profit, margin 0.8", ours(goal=mg.MaxProfit(0.8))),
        ("CVaR of the worst tenth", ours(utility=mg.ConditionalValueAtRisk(0.1))),
        ("10 % quantile", ours(utility=mg.Quantile(0.1))),
    ]
    rows = [
        ["PyMC-Marketing: first `allocate_budget`", f"{first:.2f}", "", ""],
        ["PyMC-Marketing: warm `allocate_budget`", f"{theirs:.3f}", "1", ""],
    ]
    for name, work in steps:
        plan = work()
        took = seconds(work, 3 if "quantile" in name else 25)
        gap = f"{plan.gap:.1e} ({plan.bound_kind})"
        rows.append([f"ours: {name}", f"{took:.4f}", f"{theirs / took:.0f}", gap])
    plan = mg.optimize(curves, goal=goal, groups=groups)
    totals = np.linspace(0.2, 2, 50) * budget
    rows.append(
        ["ours: frontier of 50 budgets", f"{seconds(lambda: mg.budget_frontier(curves, totals), 3):.3f}", "", ""]
    )
    per_draw = seconds(lambda: mg.stability(plan), 3)
    rows.append([f"ours: best plan of each of {curves.draws} draws", f"{per_draw:.3f}", "", ""])
    printed(
        f"Demo model: {len(model.channels)} channels, {model.draws} draws, {horizon.periods} dates",
        ["step", "seconds (warm median)", "times faster", "gap"],
        rows,
    )
    response, _ = model_response(model, horizon)

    def earned(spends: np.ndarray) -> float:
        return float(response.incremental(spends).mean())

    our_response = earned(mg.optimize(curves, goal=goal).channel_spends.to_numpy())
    their_response = earned(their_plan)
    print(
        f"\nResponse of both channel plans as PyMC-Marketing evaluates them: ours {our_response:,.0f}, theirs "
        f"{their_response:,.0f}, ratio {our_response / their_response:.7f}."
    )


def on_models_of_many_sizes(folder: Path) -> None:
    """Both optimisers on real model graphs, with draws from the prior: no sampler has to be waited for."""
    from support.small_models import national_of

    rows = []
    for s_shaped in (False, True):
        for count in SIZES:
            model = mg.load_model(national_of(count, 200, s_shaped, folder))
            horizon = model.next_horizon()
            began = time.perf_counter()
            curves = mg.response_curves(model, use_cache=False)
            read = time.perf_counter() - began
            goal = mg.FixedBudget(float(curves.reference_spend.sum()))
            response, _ = model_response(model, horizon)
            upper, everything = curves.upper.to_numpy(), np.ones(count)
            limits = [("budget", everything, goal.total, goal.total)]

            def theirs(response=response, goal=goal, upper=upper, limits=limits):
                return response.allocate(goal.total, upper, limits)

            def ours(curves: mg.ResponseCurves = curves, goal: mg.FixedBudget = goal) -> mg.Plan:
                return mg.optimize(curves, goal=goal)

            began = time.perf_counter()
            their_spends, _ = theirs()
            cold = time.perf_counter() - began
            warm = seconds(theirs, 3 if count <= 30 else 1)
            took = seconds(ours, 9)
            plan = ours()
            earned = [float(response.incremental(x).mean()) for x in (plan.channel_spends.to_numpy(), their_spends)]
            kind = "S-shaped" if s_shaped else "concave"
            found = [f"{read:.1f}", f"{cold:.1f}", f"{warm:.3f}", f"{took:.4f}", f"{warm / took:.0f}"]
            rows.append([f"{kind}, {count} channels", *found, f"{earned[0] / earned[1]:.6f}", f"{plan.gap:.1e}"])
            print(rows[-1], file=sys.stderr, flush=True)
    printed(
        "Models of 5 to 200 channels, 200 draws: PyMC-Marketing against ours, one process",
        ["model", "curves read, s", *THEIRS_AND_OURS, "response, ours / theirs", "our gap"],
        rows,
    )


def synthetic(count: int, draws: int, s_shaped: bool, seed: int = 0, points: int = 201) -> mg.ResponseCurves:
    """Hill curves with random tops and half-saturations; S-shaped ones have exponents of 1.5 to 4."""
    rng = np.random.default_rng(seed)
    names = [f"c{i:03d}" for i in range(count)]
    half = rng.uniform(0.1, 1, (count, 1)) * 1e5
    top = rng.uniform(1, 4, (count, 1)) * half
    slope = rng.uniform(1.5, 4, (count, 1)) if s_shaped else rng.uniform(0.6, 1, (count, 1))
    spend = np.linspace(0, 1, points) ** 2 * 4e5 * np.ones((count, 1))
    mean = top * spend**slope / (half**slope + spend**slope)
    response = (mean[None] * rng.lognormal(0, 0.2, (draws, count, 1))).astype(np.float32)
    dates = pd.date_range("2025-01-06", periods=13, freq="W-MON")
    past = pd.DataFrame(rng.uniform(0.5, 1.5, (13, count)) * 2.5e3, index=dates, columns=names)
    return mg.ResponseCurves.from_arrays(names, spend, response, past)


def on_synthetic_curves() -> None:
    rows = []
    for s_shaped in (False, True):
        for count in (5, 10, 30, 100, 200):
            draws = 1000 if count <= 30 else 200
            curves = synthetic(count, draws, s_shaped)
            names = list(curves.channels)
            limits = [C.group_max_ratio(names[k::5], 0.24 + 0.01 * k) for k in range(min(count // 5, 4))]
            goal = mg.FixedBudget(float(curves.reference_spend.sum()))
            for told, constraints in (("", []), (f", {len(limits)} limits", limits)):

                def work(constraints: list = constraints, curves: mg.ResponseCurves = curves) -> mg.Plan:
                    return mg.optimize(curves, goal=goal, constraints=constraints)  # noqa: B023

                plan = work()
                took = seconds(work, 5)
                kind = "S-shaped" if s_shaped else "concave"
                rows.append([f"{kind}, {count} channels{told}", str(draws), f"{took:.4f}", f"{plan.gap:.1e}"])
    curves = synthetic(30, 1000, s_shaped=False)
    names = list(curves.channels)
    groups = mg.ChannelGroups({f"G{k}": names[k::8] for k in range(8)})
    ten = [
        C.group_max_ratio(["G0"], 0.15),
        C.group_min_ratio(["G1", "G2"], 0.2),
        C.group_max_ratio(["G3", "G4"], 0.3),
        C.group_min_ratio(["G5"], 0.1),
        C.group_max_ratio(["G6"], 0.2),
        C.ratio_between(["G0"], ["G7"], max=1.2),
        C.group_max_ratio(["G1", "G3", "G5"], 0.45),
        C.group_min_ratio(["G7"], 0.05),
        C.group_max_ratio(["G2", "G4", "G6"], 0.42),
        C.group_max_ratio(["G7", "G0"], 0.35),
    ]
    goal = mg.FixedBudget(float(curves.reference_spend.sum()))
    plan = mg.optimize(curves, goal=goal, groups=groups, constraints=ten)
    took = seconds(lambda: mg.optimize(curves, goal=goal, groups=groups, constraints=ten), 15)
    rows.append(["concave, 30 channels in 8 groups, 10 constraints", "1000", f"{took:.4f}", f"{plan.gap:.1e}"])
    took = seconds(lambda: mg.stability(plan), 3)
    rows.append(["… best plan of each of its 1,000 draws", "1000", f"{took:.3f}", ""])
    printed("Synthetic curves, ours alone", ["problem", "draws", "seconds (warm median)", "gap"], rows)


if __name__ == "__main__":
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, one process")
    with tempfile.TemporaryDirectory() as folder:
        # An empty cache of compiled code, so that the first `allocate_budget` is what a new machine sees.
        os.environ["PYTENSOR_FLAGS"] = f"base_compiledir={folder}/compiled"
        on_the_demo()
        on_models_of_many_sizes(Path(folder))
        on_synthetic_curves()
