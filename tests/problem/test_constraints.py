"""Names in constraints: found, renamed and replaced whichever field holds them."""

import pytest

from mmm_groups.problem.constraints import Constraint, ConstraintBuilder

BUILD = ConstraintBuilder
ON_SUMS = [
    BUILD.group_min_spend(["a", "b"], 5),
    BUILD.group_max_spend(["a", "b"], 5),
    BUILD.group_min_ratio(["a", "b"], 0.5),
    BUILD.group_max_ratio(["a", "b"], 0.5),
    BUILD.ratio_between(["a"], ["b"], max=2),
]
ON_SINGLE_NAMES = [
    BUILD.change_bounds(["a", "b"], -0.2, 0.3),
    BUILD.spend_bounds("a", 1, 2),
    BUILD.lock("a", 3),
]
EVERY = [*ON_SUMS, *ON_SINGLE_NAMES]


def by_kind(constraint: Constraint) -> str:
    return constraint.kind


@pytest.mark.parametrize("constraint", EVERY, ids=by_kind)
def test_every_name_is_found_and_renamed(constraint: Constraint) -> None:
    assert constraint.names() == (("a",) if constraint.kind in {"spend_bounds", "lock"} else ("a", "b"))
    new = constraint.renamed({"a": "x", "c": "y"})
    assert new.names() == ("x", *constraint.names()[1:])
    assert new.renamed({"x": "a"}) == constraint
    assert type(constraint)(**new.model_dump()) == new  # as fields hold it: one name is a text, not a tuple


@pytest.mark.parametrize("constraint", ON_SUMS, ids=by_kind)
def test_a_sum_may_name_others(constraint: Constraint) -> None:
    members = {"a": ("a1", "a2")}
    new = constraint.with_sets(lambda names: [inside for name in names for inside in members.get(name, (name,))])
    assert new.names() == ("a1", "a2", "b")
    assert new.renamed({"a1": "a"}).names() == ("a", "a2", "b")


@pytest.mark.parametrize("constraint", ON_SINGLE_NAMES, ids=by_kind)
def test_each_name_by_itself_is_no_sum(constraint: Constraint) -> None:
    assert constraint.with_sets(lambda _: ("x",)) == constraint
