"""What more or less money would bring: the best plan for each of many budgets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from mmm_groups.constraints import Constraint, FixedBudget
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import ConstraintError
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import group_curves
from mmm_groups.groups.methods import Method
from mmm_groups.groups.shares import Split
from mmm_groups.numerics.intervals import hdi
from mmm_groups.optimize import known_groups, solve
from mmm_groups.plan import Plan
from mmm_groups.stated_problem import stated_problem
from mmm_groups.utilities import MEAN, Utility


@dataclass(frozen=True, repr=False)
class Frontier:
    """The best plans for rising budgets: one a total, in the order asked for."""

    plans: tuple[Plan, ...]

    def __repr__(self) -> str:
        return f"<Frontier of {len(self.plans)} budgets>"

    def __len__(self) -> int:
        return len(self.plans)

    def __iter__(self) -> Iterator[Plan]:
        return iter(self.plans)

    def __getitem__(self, place: int) -> Plan:
        return self.plans[place]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a budget: budget, response, response_low, response_high, roi, mroi.

        `response` is the posterior mean of the channel plan, the interval that of the plan; `mroi` is the response per
        unit of currency at the plan's margin.
        """
        rows = []
        for plan in self.plans:
            draws = plan.response.values
            low, high = hdi(draws, plan.interval)
            mean = float(draws.mean())
            rows.append(
                {
                    "budget": plan.total,
                    "response": mean,
                    "response_low": float(low),
                    "response_high": float(high),
                    "roi": mean / plan.total if plan.total > 0 else float("nan"),
                    "mroi": plan.marginal_return,
                }
            )
        return pd.DataFrame(rows)


def budget_frontier(
    curves: ResponseCurves,
    totals: Sequence[float],
    *,
    groups: ChannelGroups | Mapping[str, Sequence[str]] | None = None,
    method: Method = "sum",
    split: Split = "historical",
    constraints: Iterable[Constraint] = (),
    utility: Utility = MEAN,
    named_groups: ChannelGroups | None = None,
) -> Frontier:
    """Optimise each of many budgets under the same constraints.

    Parameters
    ----------
    curves : ResponseCurves
    totals : sequence of float
        Budgets over the whole horizon, in currency.
    groups, method, split, constraints, utility, named_groups
        As in `optimize`.

    Returns
    -------
    Frontier
        One plan a total, and a table of them.

    Raises
    ------
    ConstraintError
        If there are no totals, or names or numbers do not fit.
    InfeasibleError
        If a budget clashes with the constraints; the text names both.
    """
    try:
        budgets = [float(total) for total in totals]
    except (TypeError, ValueError) as error:
        raise ConstraintError(f"The totals of a frontier must be a list of numbers, not {totals!r}.") from error
    if not budgets:
        raise ConstraintError("A frontier needs at least one budget. Give totals, such as [1_000_000, 2_000_000].")
    made = group_curves(curves, groups, method, split)
    names = known_groups(made, named_groups)
    stated = tuple(constraints)
    return Frontier(
        tuple(solve(stated_problem(made, FixedBudget(total), stated, names, utility=utility)) for total in budgets)
    )
