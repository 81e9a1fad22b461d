"""Plan marketing budgets over groups of channels, on top of a fitted marketing mix model.

The folders are the pipeline: model, curves, groups, problem, optimizer, plan, media_plan, evaluation.
"""

from mmm_groups.curves.cache import DEMO_MODEL
from mmm_groups.curves.extraction import response_curves
from mmm_groups.curves.other_tools.curve_file import open_curves
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.curves.sub_channels import SubChannels
from mmm_groups.errors import MmmGroupsError
from mmm_groups.evaluation.consistency import ConsistencyReport, consistency
from mmm_groups.evaluation.stability import HonestUplift, Stability, honest_uplift, stability
from mmm_groups.export.disaggregation import disaggregate
from mmm_groups.export.plan_tables import plan_csv, plan_table
from mmm_groups.groups.channel_groups import ChannelGroups
from mmm_groups.groups.group_curves import GroupCurves, group_curves
from mmm_groups.media_plan.difference import Difference
from mmm_groups.media_plan.evaluate import evaluate
from mmm_groups.media_plan.left_on_the_table import LeftOnTheTable, leaves_on_the_table
from mmm_groups.media_plan.media_plan import MediaPlan
from mmm_groups.media_plan.plan_evaluation import PlanComparison, PlanEvaluation
from mmm_groups.media_plan.plan_grid import PlanGrid
from mmm_groups.media_plan.plan_table import PlanTable, read_plan_table
from mmm_groups.media_plan.small_change import SmallChange, best_small_change
from mmm_groups.model.fitted_model import FittedModel, OptimizationBridge, load_model
from mmm_groups.model.horizon import Horizon
from mmm_groups.numerics.intervals import Band
from mmm_groups.plan.beliefs import beliefs
from mmm_groups.plan.elbow_room import elbow_room
from mmm_groups.plan.frontier import Frontier, budget_frontier, freedom_of
from mmm_groups.plan.optimize import optimize
from mmm_groups.plan.plan import Plan
from mmm_groups.plan.split import split_plan
from mmm_groups.problem.budget_problem import BudgetProblem
from mmm_groups.problem.constraints import ConstraintBuilder
from mmm_groups.problem.goals import FixedBudget, MaxProfit, TargetMarginalRoi, TargetResponse, TargetRoi
from mmm_groups.problem.stating import budget_problem
from mmm_groups.problem.utilities import ConditionalValueAtRisk, MeanResponse, Quantile
from mmm_groups.scenario.comparison import ScenarioComparison, compare_scenarios
from mmm_groups.scenario.document import read_scenario, scenario_json
from mmm_groups.scenario.export_mapping import DisaggregationMappingConfig
from mmm_groups.scenario.run import run_scenario
from mmm_groups.scenario.scenario import Scenario

__version__ = "0.1.0"

__all__ = [
    "DEMO_MODEL",
    "Band",
    "BudgetProblem",
    "ChannelGroups",
    "ConditionalValueAtRisk",
    "ConsistencyReport",
    "ConstraintBuilder",
    "Difference",
    "DisaggregationMappingConfig",
    "FittedModel",
    "FixedBudget",
    "Frontier",
    "GroupCurves",
    "HonestUplift",
    "Horizon",
    "LeftOnTheTable",
    "MaxProfit",
    "MeanResponse",
    "MediaPlan",
    "MmmGroupsError",
    "OptimizationBridge",
    "Plan",
    "PlanComparison",
    "PlanEvaluation",
    "PlanGrid",
    "PlanTable",
    "Quantile",
    "ResponseCurves",
    "Scenario",
    "ScenarioComparison",
    "SmallChange",
    "Stability",
    "SubChannels",
    "TargetMarginalRoi",
    "TargetResponse",
    "TargetRoi",
    "beliefs",
    "best_small_change",
    "budget_frontier",
    "budget_problem",
    "compare_scenarios",
    "consistency",
    "disaggregate",
    "elbow_room",
    "evaluate",
    "freedom_of",
    "group_curves",
    "honest_uplift",
    "leaves_on_the_table",
    "load_model",
    "open_curves",
    "optimize",
    "plan_csv",
    "plan_table",
    "read_plan_table",
    "read_scenario",
    "response_curves",
    "run_scenario",
    "scenario_json",
    "split_plan",
    "stability",
]
