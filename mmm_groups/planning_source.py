"""What one plans on: a fitted model, or curves of another tool that come from a file.

Both have a name, a path, an identity (which changes with the content), channels, a target and a frequency; only a model
has history for any window and can read curves for another one.
"""

from pathlib import Path

from mmm_groups.curve_file import CurveFile, is_curve_file, open_curve_file
from mmm_groups.fitted_model import FittedModel, load_model

PlanningSource = FittedModel | CurveFile


def open_source(path: str | Path) -> PlanningSource:
    """Open a model or a file of curves, whichever it is.

    Raises
    ------
    ModelFileError, CurvesError
        As `load_model` and `open_curves` raise them.
    """
    path = Path(path)
    return open_curve_file(path) if is_curve_file(path) else load_model(path)
