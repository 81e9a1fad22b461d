"""What plans are held against: the latest spend, that of a year before, or amounts that somebody gives."""

from typing import Annotated, Literal

from pydantic import Field

from mmm_groups.problem.statement import Money
from mmm_groups.scenario.fields import ScenarioValue


class LatestReference(ScenarioValue):
    """Plans are held against what the latest dates spent, as many as the window has."""

    kind: Literal["latest"] = "latest"


class LastYearReference(ScenarioValue):
    """Plans are held against what the same dates of the latest year in history spent."""

    kind: Literal["last_year"] = "last_year"


class GivenReference(ScenarioValue):
    """Plans are held against these spends over the window.

    Attributes
    ----------
    spends : dict[str, float]
        Every channel of the source to its spend, in currency.
    of : str
        Whose amounts these are: the name of a media plan or a scenario; empty where nobody said. No number depends on
        it.
    """

    kind: Literal["given"] = "given"
    spends: dict[str, Money]
    of: Annotated[str, Field(max_length=200)] = ""


Reference = Annotated[LatestReference | LastYearReference | GivenReference, Field(discriminator="kind")]
