"""Every refusal of this package: the text names the culprit, what was allowed and the way out."""

from mmm_groups.numerics.marking import MarkedText, with_marks


class MmmGroupsError(Exception):
    """Base of all errors that a planner can mend; pages print its text as it stands.

    Attributes
    ----------
    text : MarkedText
        What `str` gives; pages write its numbers in the reader's style.
    """

    def __init__(self, message: str) -> None:
        self.text = MarkedText(message)
        super().__init__(self.text)


class ModelFileError(MmmGroupsError):
    """The file is not a model that can be opened."""


class UnsafeModelError(ModelFileError):
    """The file refers to code outside PyMC; opening it could run that code."""


class NotFittedError(ModelFileError):
    """The file holds a model without a posterior."""


class HorizonError(MmmGroupsError):
    """The planning window cannot be used with this model."""


class FlightingError(MmmGroupsError):
    """A flighting names something unknown, or its weights cannot spread money."""


class PriceError(MmmGroupsError):
    """A price per unit is missing, unknown or not positive."""


class CurvesError(MmmGroupsError):
    """Response curves are malformed, or are asked for something they do not cover."""


class CurveFileError(CurvesError):
    """The file does not hold response curves that can be opened."""


class NotAdditiveError(CurvesError):
    """The model's channel responses do not add up, so one curve per channel would be wrong."""


class GroupingError(MmmGroupsError):
    """A grouping names unknown channels, or puts one channel into two groups."""


class SubChannelError(MmmGroupsError):
    """The parts of a channel are malformed, or do not fit the channels."""


class SplitError(MmmGroupsError):
    """A split names unknown groups or channels, or its shares do not add up to 1."""


class DisaggregationError(MmmGroupsError):
    """A mapping of channels to export rows names something unknown, or its shares cannot part money."""


class TableError(MmmGroupsError):
    """An imported table cannot be read, or a line of it does not fit; the text names the line."""


class TwoReadingsError(TableError):
    """A number of a table has two readings, `50,000`, and no other number says which mark begins decimals."""


class MediaPlanError(MmmGroupsError):
    """A media plan names something unknown, leaves something open, or holds no money that can be laid over dates."""


class ConstraintError(MmmGroupsError):
    """A constraint is malformed or names something that does not exist."""


class InfeasibleError(ConstraintError):
    """No plan satisfies all limits, or reaches the goal under them.

    Attributes
    ----------
    infeasible_subset : tuple[str, ...]
        Keys of limits that cannot be met together, as few as possible; `goal` if the limits can, but not with the goal.
    """

    def __init__(self, message: str, infeasible_subset: tuple[str, ...]) -> None:
        super().__init__(message)
        self.infeasible_subset = infeasible_subset


class SolverError(MmmGroupsError):
    """The solver stopped without an answer."""


class ScenarioError(MmmGroupsError):
    """A scenario is malformed, or does not fit the model or curves that it is run on."""


class ScenarioTooNewError(ScenarioError):
    """The scenario was written by a later version of the app."""


class RefitError(MmmGroupsError):
    """A model cannot be fitted again with one channel per group, or the refit's settings are out of range."""


class JobError(MmmGroupsError):
    """Long work outside the page failed, was cancelled, or is asked for something unknown."""


class StoreError(MmmGroupsError):
    """The database of scenarios refused; what the planner typed is still open and can be exported."""


class ScenarioNotFoundError(StoreError):
    """The database holds no such scenario or version."""


class WorkElsewhereError(StoreError):
    """The same work in progress was changed elsewhere since, such as in a second tab."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached, is gone, or may not be written."""


class StoreLockedError(StoreError):
    """Somebody else held the database for too long."""


class StoreFullError(StoreError):
    """There is no space left for the database."""


class StoreDamagedError(StoreError):
    """The file is not a database, or its content does not hold together."""


class StoreTooNewError(StoreError):
    """The database was brought up to date by a later version of the app."""


def reason_of(error: Exception) -> str:
    """An error's text as a piece of a longer one: where it is ours, its numbers stay marked."""
    return with_marks(error.text) if isinstance(error, MmmGroupsError) else str(error)


class UnusualBudgetWarning(UserWarning):
    """A budget is below a tenth or above five times the reference spend: it may be per period, or in thousands."""
