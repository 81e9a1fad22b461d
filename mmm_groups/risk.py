"""Utilities other than the mean (placeholder)."""

from mmm_groups.branching import Found
from mmm_groups.problem import BudgetProblem


def risk_averse_spends(problem: BudgetProblem) -> tuple[Found, str]:
    """Not yet."""
    raise NotImplementedError
