"""What one plans on: a fitted model, or curves of another tool that come from a file.

Both have a name, a path, an identity (which changes with the content), channels, a target and a frequency; only a model
has history for any window and can read curves for another one.
"""

from collections.abc import Sequence
from pathlib import Path

from mmm_groups.curves.other_tools.curve_file import CurveFile, is_curve_file, open_curve_file
from mmm_groups.model.fitted_model import FittedModel, load_model

PlanningSource = FittedModel | CurveFile


def open_source(path: str | Path, *, trust: Sequence[str] = ()) -> PlanningSource:
    """Open a model or a file of curves, whichever it is.

    Parameters
    ----------
    path : str or Path
    trust : sequence of str
        Modules of one's own that a model may refer to; see `load_model`.

    Raises
    ------
    ModelFileError, CurvesError
        As `load_model` and `open_curves` raise them.
    """
    path = Path(path)
    return open_curve_file(path) if is_curve_file(path) else load_model(path, trust=trust)
