"""The second opinion in sentences and tables."""

import pandas as pd

from mmm_groups.display.numbers import compact, compact_money, number, percent, plain
from mmm_groups.numerics.labelled import Numbers, row_of
from mmm_groups.numerics.marking import MarkedText
from mmm_groups.refit.fit_statistics import FitStatistics
from mmm_groups.refit.second_opinion import WAYS, Way, safest_way

WAY_NAMES: dict[Way, str] = {
    "sum": "Sum",
    "weighted_average": "Weighted average",
    "re_estimated": "Re-estimated",
    "refit": "Refitted model",
}
JUDGE_NAMES = {"channels": "the channels’ model", "refit": "the refitted model"}
_ROUNDING = 1e-6  # of the best response
_HARDLY = 0.001  # of the best response: a loss that nobody would act on


def loss_sentence(table: pd.DataFrame, judge: str, way: Way, target: str, currency: str) -> str:
    """What is lost if one model is right and another way's plan is followed, as Markdown."""
    row = row_of(table, (judge, way))
    start = f"If **{JUDGE_NAMES[judge]}** is right and you follow the plan of the **{WAY_NAMES[way].lower()}**, "
    share = row["lost"] / (row["response"] + row["lost"])
    if abs(share) < _HARDLY:
        return f"{start}you lose hardly anything: less than {percent(_HARDLY, 1)} of the {plain(target)}."
    worth = f", worth {plain(compact_money(row['money'], currency))}" if pd.notna(row["money"]) else ""
    between = f"{compact(row['lost_low'])} to {compact(row['lost_high'])}"
    return f"{start}you lose {compact(row['lost'])} {plain(target)} ({percent(share, 1)}; interval {between}){worth}."


def safest_sentence(table: pd.DataFrame) -> str:
    """Which plan loses least in the worse case, as Markdown."""
    way, share = safest_way(table)
    lost = f"at most {percent(share, 1)}" if share >= _HARDLY else f"less than {percent(_HARDLY, 1)}"
    return (
        f"Whichever of the two is right, the plan of the **{WAY_NAMES[way].lower()}** is the safest: it loses {lost}."
    )


def agreement_sentence(gap: pd.DataFrame, at: str) -> str:
    """On how many groups the two models agree, as Markdown."""
    apart = [plain(str(name)) for name in gap.index[~gap["agree"]]]
    if not apart:
        return f"At the {at} the two models agree on every group within their uncertainty."
    return (
        f"At the {at} they agree on {len(gap) - len(apart)} of {len(gap)} groups within their uncertainty, and not on "
        f"{', '.join(apart)}."
    )


def not_converged(fit: FitStatistics) -> str:
    """A warning if a refit has not converged; empty if it has."""
    if not fit.troubles:
        return ""
    troubles = plain(MarkedText.joined(" ", fit.troubles))
    return (
        f"**The refit has not converged, so do not act on it yet.** {troubles} Refit with more draws and more tuning "
        "steps."
    )


def cross_view(table: pd.DataFrame) -> pd.DataFrame:
    """The cross table with a row for each plan: what it earns and loses if either model is right.

    A loss that is nothing but rounding, of either sign, is none, and worth nothing.
    """
    ways = [way for way in WAYS if way in table.index.get_level_values("way")]
    columns: dict[str, Numbers] = {}
    for judge in JUDGE_NAMES:
        part = table.loc[judge].loc[ways]
        is_lost = part["lost"].abs() > _ROUNDING * part["response"].abs().max()
        columns[f"{judge} response"] = part["response"]
        columns |= {f"{judge} {name}": part[name].where(is_lost, 0.0) for name in ("lost", "money")}
    return pd.DataFrame(columns).rename(index=WAY_NAMES)


def fit_view(original: FitStatistics, refit: FitStatistics) -> pd.DataFrame:
    """Fit and convergence of both models side by side, as text."""

    def in_text(fit: FitStatistics) -> dict[str, str]:
        return {
            "R² on the training data": number(fit.r2, 3),
            "Mean absolute error (MAPE)": percent(fit.mape, 1),
            "Largest r-hat (at most 1.01)": f"{number(fit.rhat, 3)} ({fit.rhat_of})",
            "Smallest effective sample size (at least 400)": number(fit.ess),
            "Divergences (none)": "not in the file" if fit.divergences is None else str(fit.divergences),
            "Draws": f"{number(fit.draws)} in {fit.chains} chains",
        }

    return pd.DataFrame({"Channels’ model": in_text(original), "Refitted model": in_text(refit)})
