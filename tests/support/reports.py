"""Reports on plans, of friends and of somebody who would run code in the reader's browser."""

from datetime import UTC, datetime

from support.curves import root_curves

import mmm_groups as mg
from mmm_groups.export.report import PlanReport

MADE = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
EVIL = "<img src=x onerror=\"document.title='hit'\">"
SCRIPT = "</script><script>document.title='hit'</script>"


def plan_report(demo_curves: mg.ResponseCurves, platforms: mg.ChannelGroups) -> PlanReport:
    """The report on a plan of the demo with a limit that holds."""
    plan = mg.optimize(
        demo_curves,
        goal=mg.FixedBudget(4.4e6),
        groups=platforms,
        constraints=[mg.ConstraintBuilder.group_max_spend(["tiktok"], 3e5)],
    )
    return PlanReport(plan, mg.consistency(plan), "Demo", MADE, "€", "Spring plan")


def evil_report() -> PlanReport:
    """A report in which every name is markup."""
    curves = root_curves([3.0, 1.0, 2.0])
    names = [EVIL, SCRIPT, "**&amp;`$x$"]
    named = mg.ResponseCurves.from_arrays(
        names,
        curves.spend.values,
        curves.response.values,
        curves.historical_spend.set_axis(names, axis=1),
        target=SCRIPT,
    )
    groups = mg.ChannelGroups({f"G {SCRIPT}": names[:2]})
    plan = mg.optimize(
        named, goal=mg.FixedBudget(50.0), groups=groups, constraints=[mg.ConstraintBuilder.spend_bounds(EVIL, 1.0)]
    )
    return PlanReport(plan, mg.consistency(plan), EVIL, MADE, "<b>€", SCRIPT)
