"""Whether goal and limits can be met at all, known before anything is optimised."""

from dataclasses import dataclass

import streamlit as st

from mmm_groups.display.numbers import plain
from mmm_groups.errors import ConstraintError, InfeasibleError, MmmGroupsError
from mmm_groups.optimizer.out_of_reach import best_roi, explain_infeasible, most_response, takes_a_search
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import FixedBudget, TargetResponse, TargetRoi
from mmm_groups.problem.limit import Limit
from mmm_groups.problem.limits import keyed_by_amount, limits_of
from mmm_groups.problem.utilities import MeanResponse
from mmm_groups.ui.planner.planner import Planner

_FEW = 3  # limits whose labels and ways out are read at a glance
_ROUNDING = 1e-9  # relative: a goal this close below what can be reached is left to the optimiser


@dataclass(frozen=True)
class Feasibility:
    """Whether the goal and the limits can be met.

    Attributes
    ----------
    is_possible : bool
    is_waiting : bool
        True if the goal's number is not typed yet.
    text : str
        What cannot be met together and the ways out, or what is missing; empty if all is well.
    infeasible_subset : frozenset[str]
        Keys of limits that cannot be met together, as few as possible.
    """

    is_possible: bool
    is_waiting: bool = False
    text: str = ""
    infeasible_subset: frozenset[str] = frozenset()


def feasibility_of(planner: Planner) -> Feasibility:
    """Whether the planner's goal and limits can be met; worked out once for the same inputs."""
    return _feasibility_of(repr((planner.inputs(), planner.split)), planner)


@st.cache_resource(show_spinner=False, max_entries=256)
def _feasibility_of(key: str, _planner: Planner) -> Feasibility:
    try:
        _ = _planner.goal
    except ConstraintError as error:
        is_waiting = _planner.goal_inputs.kind != "fixed_budget" and _planner.goal_inputs.value is None
        return Feasibility(False, is_waiting, error.text)
    try:
        _refuse_what_is_out_of_reach(_planner.problem())
    except InfeasibleError as error:
        return Feasibility(False, text=error.text, infeasible_subset=frozenset(error.infeasible_subset))
    except MmmGroupsError as error:
        return Feasibility(False, text=error.text)
    return Feasibility(True)


def _refuse_what_is_out_of_reach(problem: BudgetProblem) -> None:
    """Raise InfeasibleError where a mean is asked for that is beyond every plan, unless only several searches tell."""
    goal = problem.goal
    if problem.channel_curves.is_conditional or not isinstance(problem.utility, MeanResponse):
        return
    if not isinstance(goal, TargetResponse | TargetRoi):
        return
    if isinstance(goal, TargetRoi) and takes_a_search(problem):  # one at every step to the best ROI: the button answers
        return
    most = most_response(problem) if isinstance(goal, TargetResponse) else best_roi(problem)
    if not most >= goal.value * (1 - _ROUNDING):
        explain_infeasible(problem)


def show_feasibility(feasibility: Feasibility) -> None:
    """Whether all can be met, in a box."""
    if feasibility.is_possible:
        st.success("These limits can be met.", icon=":material/check_circle:")
    elif feasibility.is_waiting:
        st.info(plain(feasibility.text), icon=":material/edit:")
    elif len(feasibility.infeasible_subset) <= _FEW:
        st.error(plain(feasibility.text), icon=":material/error:")
    else:
        st.error(
            f"{len(feasibility.infeasible_subset)} limits cannot all be met together. Those of groups and sets are "
            "marked below.",
            icon=":material/error:",
        )
        with st.expander("Which they are, and ways out"):
            st.markdown(plain(feasibility.text))


def is_in_conflict(planner: Planner, feasibility: Feasibility, constraint: Constraint | None) -> bool:
    """True if a constraint is one of those that cannot be met together."""
    if constraint is None or not feasibility.infeasible_subset:
        return False
    meant = limits_in(planner, constraint)
    return not feasibility.infeasible_subset.isdisjoint(
        limit.key for own in meant for limit in (own, keyed_by_amount(own))
    )


def limits_in(planner: Planner, constraint: Constraint) -> list[Limit]:
    """The limits that one constraint means among the current groups."""
    reference = planner.known_curves.reference_spend
    found = limits_of(FixedBudget(planner.budget), [constraint], planner.groups, reference)
    return [limit for limit in found if not limit.is_on_budget]
