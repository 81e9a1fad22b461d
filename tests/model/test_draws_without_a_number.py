"""A draw of the posterior that is no number counts as nothing nowhere: the model is refused, with the draw."""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.fitted_models import fitted_model

import mmm_groups as mg
from mmm_groups.errors import ModelFileError

pytestmark = [pytest.mark.pymc, pytest.mark.usefixtures("quick_to_compile")]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_one_draw_that_is_no_number_is_named(value: float, tmp_path: Path) -> None:
    path = tmp_path / "model.nc"
    shutil.copy(fitted_model("logistic"), path)
    with h5py.File(path, "r+") as file:
        beta = file["posterior/saturation_beta"]
        values = beta[...]
        values[0, 3] = value
        beta[...] = values
    model = mg.load_model(path)
    with pytest.raises(ModelFileError, match=r"In 1 of 60 draws .* no finite number \(draw 4 is the first"):
        mg.response_curves(model)
