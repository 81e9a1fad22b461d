"""The consistency report in plain words, and the model's own evaluation of the plan."""

import streamlit as st

from mmm_groups.curves.other_tools.curve_file import CurveFile
from mmm_groups.display.numbers import in_style, number, plain
from mmm_groups.errors import MmmGroupsError
from mmm_groups.evaluation.consistency import Check, ConsistencyReport
from mmm_groups.evaluation.pymc_comparison import Comparison
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.ui.panels.read_curves import timed_steps
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.result import Result


def check_panel(planner: Planner, result: Result) -> None:
    """One line for each check, green or red, and what the model itself says."""
    answers = result.answers
    report = answers.verified or (result.report if result.has_report else None)
    label, icon = _headline(report)
    with st.expander(label, icon=icon, expanded=bool(report and not report.holds), key="checks"):
        if report is None:
            st.caption("The checks need the best channel plan, which takes a search of its own here.")
            if st.button("Run the checks", key="run-checks"):
                with st.spinner("Finding the best channel plan …"):
                    _ = result.report
                st.rerun()
        else:
            for check in report.checks:
                _line(check)
        if isinstance(planner.source, CurveFile):
            st.caption("The curves come from a file without a model: the plan cannot be verified on a model.")
        else:
            _model_buttons(planner.source, result)


def _headline(report: ConsistencyReport | None) -> tuple[str, str]:
    if report is None:
        return "Checks", ":material/rule:"
    return (
        ("All checks hold", ":material/verified:")
        if report.holds
        else ("Some checks do not hold", ":material/warning:")
    )


def _line(check: Check) -> None:
    mark = ":green[:material/check_circle:]" if check.holds else ":red[:material/cancel:]"
    st.markdown(f"{mark} **{check.name}.** {plain(check.finding)}")


def _model_buttons(model: FittedModel, result: Result) -> None:
    """Ask the model, and PyMC-Marketing's optimiser; both compile the model first."""
    answers = result.answers
    with st.container(horizontal=True, gap="small"):
        asks_model = st.button(
            "Verify on the model itself",
            key="verify",
            icon=":material/science:",
            disabled=answers.verified is not None,
            help="PyMC-Marketing evaluates this channel plan in every draw: 10 to 30 seconds.",
        )
        asks_theirs = st.button(
            "Compare with PyMC-Marketing's optimiser",
            key="compare",
            icon=":material/compare_arrows:",
            disabled=answers.compared is not None,
            help="Its allocate_budget gets the same money and the same limits, channel by channel: up to a minute.",
        )
    try:
        if asks_model:
            with st.status("Asking the model …", expanded=True) as status:
                answers.verified = result.report.verify_with(model, timed_steps(status))
                status.update(label="The model has answered.", state="complete")
            st.rerun()
        if asks_theirs:
            with st.status("PyMC-Marketing is started, compiles its optimiser and runs it …") as status:
                answers.compared = result.report.compare_with(model)
                status.update(label="Its optimiser has answered.", state="complete")
            st.rerun()
    except MmmGroupsError as error:
        st.error(plain(error), icon=":material/error:")
    if answers.compared is not None:
        st.markdown(f":material/compare_arrows: {plain(comparison_in_words(answers.compared, result))}")


def comparison_in_words(found: Comparison, result: Result) -> str:
    """What PyMC-Marketing's optimiser found, why it may differ, and how long both took."""
    target = found.plan.target
    seconds = f"It took {number(found.seconds, 1)} s, this plan {number(1000 * result.seconds)} ms."
    if all(len(members) == 1 for members in found.plan.problem.groups.values()):
        return f"{in_style(found.sentence)} {seconds}"
    best = float(result.report.best_channel_plan.response.mean())  # on average, like theirs
    return (
        f"{in_style(found.sentence)} It decides channel by channel, while this plan keeps the splits inside its "
        f"groups; decided channel by channel as well, our optimiser reaches {number(best)} {target}. {seconds}"
    )
