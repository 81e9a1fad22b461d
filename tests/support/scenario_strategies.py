"""Scenarios of every kind, for properties."""

from datetime import date, timedelta
from typing import Literal, get_args

from hypothesis import strategies as st

import mmm_groups as mg
from mmm_groups.problem.constraints import Constraint
from mmm_groups.problem.goals import Goal
from mmm_groups.scenario.fields import (
    Group,
    Kept,
    LimitRow,
    MemberSplit,
    PlanSummary,
    RuleFlighting,
    Settings,
    Source,
    TableFlighting,
    Window,
)
from mmm_groups.scenario.goal_inputs import GoalInputs, GoalKind, UtilityKind
from mmm_groups.scenario.media_plans import KeptPlan, MediaPlans
from mmm_groups.scenario.references import GivenReference, LastYearReference, LatestReference
from mmm_groups.scenario.row_limits import RowLimit
from mmm_groups.scenario.scenario import Scenario

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda text: text.strip() != ""
)
MONEY = st.floats(0, 1e12)
POSITIVE = st.floats(1e-9, 1e12)
DATES = st.dates(date(2020, 1, 1), date(2035, 1, 1))
RULES = st.sampled_from(["even", "last_year"])
SPLIT_RULES: st.SearchStrategy[Literal["historical", "marginal_roi"]] = st.sampled_from(["historical", "marginal_roi"])


@st.composite
def goals(draw: st.DrawFn) -> Goal:
    low, high = sorted([draw(MONEY), draw(MONEY)])
    kind = draw(st.sampled_from([mg.TargetRoi, mg.TargetMarginalRoi, mg.MaxProfit, mg.TargetResponse, None]))
    if kind is None:
        return mg.FixedBudget(draw(MONEY))
    return kind(draw(POSITIVE), min_budget=draw(st.none() | st.just(low)), max_budget=draw(st.none() | st.just(high)))


UTILITIES = st.one_of(
    st.just(mg.MeanResponse()),
    st.floats(0.01, 0.99).map(mg.Quantile),
    st.floats(0.01, 1).map(mg.ConditionalValueAtRisk),
)


NUMBER = st.floats(-1e100, 1e100)
GOAL_INPUTS = st.builds(
    GoalInputs,
    kind=st.sampled_from(get_args(GoalKind)),
    values=st.dictionaries(st.sampled_from(get_args(GoalKind)), st.none() | NUMBER),
    min_budget=st.none() | NUMBER,
    max_budget=st.none() | NUMBER,
    utility=st.sampled_from(get_args(UtilityKind)),
    quantile=st.floats(0.01, 0.99),
    tail=st.floats(0.01, 1),
)
ROW_LIMITS = st.builds(
    RowLimit, lower=st.none() | NUMBER, upper=st.none() | NUMBER, unit=st.sampled_from(["money", "change"])
)


@st.composite
def limit_rows(draw: st.DrawFn, channels: tuple[str, ...], has_group: bool) -> tuple[LimitRow, ...]:
    """Rows of channels and of the group g1, typed in any way: half, or so that no plan meets them."""
    some = draw(st.lists(st.sampled_from(channels), unique=True, max_size=3))
    rows = [LimitRow(of="channel", key=name, limit=draw(ROW_LIMITS)) for name in some]
    if has_group and draw(st.booleans()):
        rows.append(LimitRow(of="group", key="g1", limit=draw(ROW_LIMITS)))
    return tuple(rows)


def constraints(names: list[str]) -> st.SearchStrategy[Constraint]:
    build, some = mg.ConstraintBuilder, st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)
    one = st.sampled_from(names)
    return st.one_of(
        st.builds(build.group_min_spend, some, MONEY),
        st.builds(build.group_max_spend, some, MONEY),
        st.builds(build.group_min_ratio, some, st.floats(0, 1)),
        st.builds(build.group_max_ratio, some, st.floats(0, 1)),
        st.builds(build.lock, one, MONEY),
        st.builds(lambda name, upper: build.spend_bounds(name, upper=upper), one, MONEY),
        st.builds(lambda some, upper: build.change_bounds(some, -0.5, upper), some, st.floats(0, 9)),
        st.builds(lambda a, b, most: build.ratio_between(a, b, max=most), some, some, MONEY),
    )


@st.composite
def member_splits(draw: st.DrawFn, channels: tuple[str, ...]) -> MemberSplit:
    members = tuple(draw(st.permutations(channels)))[: draw(st.integers(1, len(channels)))]
    if draw(st.booleans()):
        return MemberSplit(channels=members, shares=draw(SPLIT_RULES))
    raw = [draw(st.integers(1, 1000)) for _ in members]
    shares = {name: part / sum(raw) for name, part in zip(members, raw, strict=True)}
    return MemberSplit(channels=members, shares=shares, locked=members[:1])


@st.composite
def tables(draw: st.DrawFn, channels: tuple[str, ...]) -> TableFlighting:
    start, weeks = draw(DATES), draw(st.integers(1, 4))
    dates = tuple(start + timedelta(weeks=week) for week in range(weeks))
    column = st.lists(MONEY, min_size=weeks, max_size=weeks).map(tuple)
    return TableFlighting(dates=dates, weights={name: draw(column) for name in channels})


@st.composite
def media_plans(draw: st.DrawFn, channels: tuple[str, ...]) -> MediaPlans:
    names = draw(st.lists(NAMES, max_size=2, unique=True))
    kept = []
    for name in names:
        weeks, start = draw(st.integers(1, 3)), draw(DATES)
        column = st.lists(MONEY, min_size=weeks, max_size=weeks).map(tuple)
        kept.append(
            KeptPlan(
                name=name,
                origin=draw(st.sampled_from(["table", "totals", "history", "optimum", "typed"])),
                window=Window(start=start, end=start + timedelta(weeks=weeks - 1)),
                money={channel: draw(column) for channel in channels},
                notes=tuple(draw(st.lists(NAMES, max_size=1))),
            )
        )
    meant = draw(st.dictionaries(NAMES, st.none() | st.sampled_from(channels), max_size=2))
    return MediaPlans(kept=tuple(kept), shown=draw(st.sampled_from([None, *names])), names=meant)


@st.composite
def scenarios(draw: st.DrawFn, channel_names: st.SearchStrategy[str] = NAMES) -> Scenario:
    channels = tuple(draw(st.lists(channel_names, min_size=2, max_size=7, unique=True)))
    others = draw(NAMES.filter(lambda name: name not in channels))
    first, last = sorted([draw(DATES), draw(DATES)])
    cut = draw(st.integers(0, len(channels)))
    groups = [Group(id="g1", name=others, color=draw(st.integers(0, 9)), channels=channels[:cut])]
    mine = list(channels) + ([others] if cut else [])
    figures = st.dictionaries(NAMES, MONEY, max_size=3)
    maybe = st.none() | NUMBER
    summary = st.builds(
        PlanSummary,
        answers_to=st.just("0" * 64),
        groups=figures,
        channels=figures,
        group_response=st.dictionaries(NAMES, maybe, max_size=3),
        response=st.floats(-1e9, 1e12),
        response_low=maybe,
        probability_better=st.none() | st.floats(0, 1),
        objective=st.floats(-1e9, 1e12),
    )
    return Scenario(
        name=draw(NAMES),
        notes=draw(st.text(max_size=50)),
        source=Source(kind="model", name="m", sha256=draw(st.sampled_from(["ab" * 32, "12" * 32])), channels=channels),
        window=Window(start=first, end=last),
        flighting=draw(st.builds(RuleFlighting, rule=RULES) | tables(channels)),
        prices=draw(st.dictionaries(st.sampled_from(channels), POSITIVE)),
        reach=draw(st.none() | POSITIVE),
        groups=tuple(groups if draw(st.booleans()) or cut else ()),
        method=draw(st.sampled_from(["sum", "weighted_average", "re_estimated"])),
        default_split=draw(SPLIT_RULES),
        splits=tuple([draw(member_splits(channels))] if draw(st.booleans()) else ()),
        resplit=draw(st.none() | st.tuples(member_splits(channels))),
        goal=draw(st.none() | goals()),
        utility=draw(UTILITIES),
        constraints=tuple(draw(st.lists(constraints(mine), max_size=4))),
        reference=draw(
            st.just(LatestReference())
            | st.just(LastYearReference())
            | st.builds(GivenReference, spends=st.fixed_dictionaries(dict.fromkeys(channels, MONEY)), of=NAMES)
        ),
        media_plans=draw(media_plans(channels)),
        settings=Settings(currency=draw(st.sampled_from(["€", "$", "kr"])), interval=draw(st.floats(0.01, 0.99))),
        limits=draw(limit_rows(channels, cut > 0)),
        channel_limits=draw(st.booleans()),
        kept=Kept(
            budget=draw(st.none() | MONEY),
            goal_inputs=draw(st.none() | GOAL_INPUTS),
            flighting=draw(st.none() | tables(channels)),
            ungrouped=tuple(draw(st.permutations(channels[cut:]))),
        ),
        summary=draw(st.none() | summary),
    )
