"""A plan in the form that a file's ending names: the same files as on the app's Export page."""

from datetime import datetime
from pathlib import Path

from mmm_groups.command_line.outcome import OutputError
from mmm_groups.evaluation.consistency import consistency
from mmm_groups.export.json import plan_json
from mmm_groups.export.plan_tables import flighting_csv, group_csv, plan_csv
from mmm_groups.export.report import PlanReport
from mmm_groups.plan.plan import Plan
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.scenario.summary import summary_of

FORMS = ("csv", "xlsx", "html", "json")
TABLES = ("channels", "groups", "dates")
_BINARY = "xlsx"


def export_form(named: str | None, path: str | None) -> str:
    """The form that is asked for by name, or by the ending of the file.

    Raises
    ------
    OutputError
        If the ending is unknown, or a form that is no text would go to the screen.
    """
    to_screen = path in (None, "-")
    ending = "csv" if to_screen else Path(str(path)).suffix.removeprefix(".").lower()
    form = ending if named is None else named
    if form not in FORMS:
        raise OutputError(
            f"'{path}' ends with no known form. Name a file that ends with {', '.join(FORMS)}, or --format."
        )
    if form == _BINARY and to_screen:
        raise OutputError("An Excel file cannot be shown on the screen. Name a file with --output.")
    return form


def exported(form: str, table: str, scenario: Scenario, plan: Plan) -> str | bytes:
    """The plan as text, or as the bytes of an Excel file.

    Parameters
    ----------
    form : one of `FORMS`
    table : one of `TABLES`
        Which one a CSV holds.
    scenario : Scenario
    plan : Plan
        What the scenario gives.
    """
    if form == "csv":
        return {"channels": plan_csv, "groups": group_csv, "dates": flighting_csv}[table](plan)
    report = PlanReport(
        plan=plan,
        consistency=consistency(plan),
        source=scenario.source.name,
        made=datetime.now().astimezone(),
        currency=scenario.settings.currency,
        title=scenario.name,
        scenario=scenario.model_copy(update={"summary": summary_of(scenario, plan)}),
    )
    if form == "json":
        return plan_json(report)
    from mmm_groups.export.html_page import report_html  # draws: a job that writes CSV waits for no Plotly
    from mmm_groups.export.workbook import workbook  # draws: a job that writes CSV waits for no Plotly

    return workbook(report) if form == "xlsx" else report_html(report)
