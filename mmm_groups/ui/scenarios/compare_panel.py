"""Two to four scenarios side by side."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from mmm_groups.display.charts.frame import config_for
from mmm_groups.display.charts.scenarios import differences_chart, spends_chart
from mmm_groups.display.numbers import UNKNOWN, compact, compact_money, number, percent, plain, ratio
from mmm_groups.errors import MmmGroupsError, ScenarioError
from mmm_groups.numerics.ties import difference
from mmm_groups.scenario.comparison import FEWEST, MOST, Difference, Run, ScenarioComparison, compare_scenarios
from mmm_groups.scenario.scenario import Scenario
from mmm_groups.ui.panels.spend_tables import written
from mmm_groups.ui.planner.opening import planner_of
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.planner.sources import source_with
from mmm_groups.ui.widgets.choices import one_of
from mmm_groups.ui.work.saved_scenarios import listed, saved_scenario

_OPEN = "open"


def compare_panel(current: Planner) -> None:
    """Choose scenarios and compare them; raises StoreError."""
    names = _choices(current)
    chosen = st.multiselect(
        "Scenarios",
        list(names),
        default=[_OPEN],
        format_func=lambda key: names[key],
        max_selections=MOST,
        key="compared",
        placeholder="Choose two to four",
        help="The first one is what the others are held against.",
    )
    chosen = [one_of(names, key) for key in chosen]
    if len(chosen) < FEWEST:
        said = "Choose two to four." if len(names) > 1 else "Save at least one scenario to have something to compare."
        st.info(said, icon=":material/compare:")
        return
    runs, refused = _runs(current, chosen, names)
    for sentence in refused:
        st.warning(plain(sentence), icon=":material/error:")
    if len(runs) < FEWEST:
        return
    found = compare_scenarios(runs)
    currency = runs[0].scenario.settings.currency
    target = runs[0].plan.target
    _differences(found, target, currency)
    _totals(found, target, currency, runs[0].scenario.settings.interval)
    _spends(found, runs, currency)
    _inputs(found)


def _choices(current: Planner) -> dict[str, str]:
    """Key of every scenario that can be compared to how it is called; names that stand twice get their number."""
    names = {_OPEN: f"This plan ({current.scenario.name})"}
    taken: dict[str, int] = {}
    for item in listed():
        name = f"{item.latest.name}, version {item.latest.number}"
        taken[name] = taken.get(name, 0) + 1
        again = f" ({taken[name]})" if taken[name] > 1 else ""
        names[f"{item.latest.scenario_id} {item.latest.number}"] = name + again
    return names


def _runs(current: Planner, chosen: list[str], names: dict[str, str]) -> tuple[list[Run], list[str]]:
    """The chosen scenarios with their plans, and why some have none, in sentences."""
    runs, refused = [], []
    for key in chosen:
        try:
            runs.append(_run(_scenario(current, key), names[key]))
        except MmmGroupsError as error:
            refused.append(f"{names[key]} is left out: {error.text.marked}")
    return runs, refused


def _scenario(current: Planner, key: str) -> Scenario:
    if key == _OPEN:
        return current.document_with_figures()
    scenario_id, _, number = key.rpartition(" ")
    return saved_scenario(scenario_id, int(number))


def _run(scenario: Scenario, name: str) -> Run:
    return Run(scenario.model_copy(update={"name": name}), _run_of(scenario.inputs_hash, scenario).plan)


@st.cache_resource(show_spinner="Working out the plans …", max_entries=32)
def _run_of(inputs_hash: str, _scenario: Scenario) -> Run:
    source = source_with(_scenario.source.sha256)
    if source is None:
        raise ScenarioError(f"it was made on “{_scenario.source.name}”, which is not among the models here.")
    planner = planner_of(_scenario, source)
    if planner.curves is None:
        raise ScenarioError("its curves have not been read here yet. Open it, and read them on the start page.")
    if planner.result is None:
        planner.optimise()
    return Run(_scenario, replace(planner.final().plan, interval=planner.interval))


def _differences(found: ScenarioComparison, target: str, currency: str) -> None:
    first = str(found.totals.index[0])
    spends = found.totals["spend"]
    for name in found.totals.index[1:]:
        said = difference_in_words(found.difference(str(name), first), target)
        money = spend_in_words(float(difference(spends[name], spends[first])), currency)
        st.markdown(f":material/balance: {plain(f'{said} {money}')}")
    st.plotly_chart(
        differences_chart([found.difference(str(name), first) for name in found.totals.index[1:]], target),
        key="compare-differences",
        config=config_for("difference of responses"),
        alt=f"Response of each scenario less that of {first}, with its interval.",
    )


def difference_in_words(pair: Difference, target: str) -> str:
    """Which of two scenarios brings more, how sure that is, or why nobody can know."""
    more = "more" if pair.mean >= 0 else "less"
    said = f"{pair.first} brings {compact(abs(pair.mean))} {target} {more} than {pair.second}"
    if pair.unknown:
        return f"{said} on average. How sure that is cannot be said: {pair.unknown}."
    if pair.probability_first_better == pair.probability_second_better == 0:
        return f"{pair.first} and {pair.second} bring the same."
    return (
        f"{said} (between {compact(pair.low)} and {compact(pair.high)}). It is better with a probability of "
        f"{percent(pair.probability_first_better)}."
    )


def spend_in_words(more: float, currency: str) -> str:
    """How much more money one scenario spends than another; 0 if they only differ by rounding."""
    if not more:
        return "Both spend the same."
    return f"It spends {compact_money(abs(more), currency)} {'more' if more > 0 else 'less'}."


def _totals(found: ScenarioComparison, target: str, currency: str, mass: float) -> None:
    column = st.column_config.NumberColumn
    formats = dict.fromkeys(("spend", "response", "response_low", "response_high"), number)
    st.dataframe(
        written(found.totals, {**formats, "roi": ratio}),
        key="compare-totals",
        width="stretch",
        height="content",
        column_config={
            "_index": st.column_config.TextColumn("Scenario", pinned=True),
            "spend": column(f"Spend {currency}".strip(), help="Money over the whole window."),
            "response": column(f"Response ({target})", help="Posterior mean."),
            "response_low": column(f"{percent(mass)} from", help="Lower end of the interval."),
            "response_high": column("to", help="Upper end of the interval."),
            "roi": column("ROI", help="Response per unit of currency."),
        },
    )
    st.caption(
        "Intervals of single scenarios overlap more than is fair: both rest on the same model. The difference above is "
        "taken draw by draw, so it says how sure the choice is."
    )


def _spends(found: ScenarioComparison, runs: list[Run], currency: str) -> None:
    grouped = [run.scenario.all_groups() for run in runs]
    same = all(groups == grouped[0] for groups in grouped)
    table = found.group_spends if same else found.channel_spends
    st.subheader("Spend by group" if same else "Spend by channel", anchor=False)
    if not same:
        st.caption("The scenarios group the channels differently, so they are held against each other by channel.")
    st.plotly_chart(
        spends_chart(table, currency),
        key="compare-spends",
        config=config_for("spends compared"),
        alt="Spend of each scenario, side by side.",
    )
    shown = written(table, dict.fromkeys(map(str, table.columns), number))
    st.dataframe(shown, key="compare-spend-table", width="stretch", height="content", placeholder=UNKNOWN)


def _inputs(found: ScenarioComparison) -> None:
    st.subheader("What was typed differently", anchor=False)
    if found.inputs.empty:
        st.write("Nothing: they ask the same question.")
        return
    table: pd.DataFrame = found.inputs
    st.table(table.map(plain).rename(columns=plain, index=plain))
