"""The best spends for utilities other than the mean: worst cases by cutting planes, a quantile by search."""

from dataclasses import replace

from mmm_groups.optimizer.draws import ProblemByDraw
from mmm_groups.optimizer.least_weighted_mean import CLOSED, ROUNDS, best_least_mean
from mmm_groups.optimizer.out_of_reach import explain_infeasible
from mmm_groups.optimizer.quantile import best_quantile
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.utilities import ConditionalValueAtRisk, MeanResponse, Quantile, worst_weights
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
        explain_infeasible(problem)
    by_draw = ProblemByDraw(problem, presolved)
    if isinstance(problem.utility, ConditionalValueAtRisk):
        most = 1 / (problem.utility.alpha * by_draw.draws)
        found = best_least_mean(
            by_draw, lambda response: worst_weights(response, most), [by_draw.equal_weights], ROUNDS
        )
    else:
        assert isinstance(problem.utility, Quantile)
        found = best_quantile(by_draw, problem.utility.q)
    if found is None:
        explain_infeasible(replace(problem, utility=MeanResponse()))
    is_closed = found.bound - found.objective_value <= 10 * CLOSED * abs(found.bound)
    return found, "proven" if is_closed else "relaxed"
