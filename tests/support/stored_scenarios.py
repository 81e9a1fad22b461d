"""What tests of the store save."""

import mmm_groups as mg
from mmm_groups.scenario.fields import Source
from mmm_groups.scenario.scenario import Scenario

SOURCE = Source(kind="curves", name="curves", sha256="ab" * 32, channels=("a", "b"))


def scenario(name: str = "Spring", budget: float = 100.0) -> Scenario:
    return Scenario(name=name, source=SOURCE, goal=mg.FixedBudget(budget))
