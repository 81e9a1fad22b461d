"""The best spends for utilities other than the mean: worst cases exactly, a quantile by search."""

from dataclasses import replace

from mmm_groups.optimizer.draws import Drawn
from mmm_groups.optimizer.least_weighted_mean import CLOSED, ROUNDS, least_best
from mmm_groups.optimizer.out_of_reach import refuse
from mmm_groups.optimizer.quantile import best_quantile
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.utilities import ConditionalValueAtRisk, MeanResponse, Quantile, worst_shares
from mmm_groups.solver.branch_and_bound import Found


def risk_averse_spends(problem: BudgetProblem) -> tuple[Found, str]:
    """The best spends for the problem's utility, and what its bound is worth: `proven` or `relaxed`.

    Raises
    ------
    InfeasibleError
        If the limits clash, or the goal is out of reach under them.
    """
    tight = problem.tight
    if tight is None:
        refuse(problem)
    view = Drawn(problem, tight)
    if isinstance(problem.utility, ConditionalValueAtRisk):
        most = 1 / (problem.utility.alpha * view.draws)
        found = least_best(view, lambda response: worst_shares(response, most), [view.even], ROUNDS)
    else:
        assert isinstance(problem.utility, Quantile)
        found = best_quantile(view, problem.utility.q)
    if found is None:
        refuse(replace(problem, utility=MeanResponse()))
    closed = found.bound - found.objective <= 10 * CLOSED * abs(found.bound)
    return found, "proven" if closed else "relaxed"
