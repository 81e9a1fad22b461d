"""The best spends for utilities other than the mean: worst cases exactly, a quantile by search."""

from dataclasses import replace

from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.optimizer.least_weighted_mean import CLOSED, ROUNDS, least_best
from mmm_groups.optimizer.out_of_reach import refuse
from mmm_groups.optimizer.quantile import best_quantile
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.utilities import ConditionalValueAtRisk, MeanResponse, Quantile, worst_shares
from mmm_groups.solver.branch_and_bound import Solution


def risk_averse_spends(problem: BudgetProblem) -> tuple[Solution, str]:
    """The best spends for the problem's utility, and what its bound is worth: `proven` or `relaxed`.

    Raises
    ------
    InfeasibleError
        If the limits clash, or the goal is out of reach under them.
    """
    presolved = problem.presolved
    if presolved is None:
        refuse(problem)
    by_draw = ProblemByDraw(problem, presolved)
    if isinstance(problem.utility, ConditionalValueAtRisk):
        most = 1 / (problem.utility.alpha * by_draw.draws)
        found = least_best(by_draw, lambda response: worst_shares(response, most), [by_draw.even], ROUNDS)
    else:
        assert isinstance(problem.utility, Quantile)
        found = best_quantile(by_draw, problem.utility.q)
    if found is None:
        refuse(replace(problem, utility=MeanResponse()))
    closed = found.bound - found.objective_value <= 10 * CLOSED * abs(found.bound)
    return found, "proven" if closed else "relaxed"
