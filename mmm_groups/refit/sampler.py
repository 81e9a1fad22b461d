"""Build, fit and save a model with one channel per group.

One of two modules that import PyMC-Marketing: `fitted_model` opens models, this one samples. It runs inside a job,
outside the page's process.
"""

import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from mmm_groups.errors import RefitError
from mmm_groups.model.fitted_model import FittedModel
from mmm_groups.model.training_data import FILE_ENGINE
from mmm_groups.numerics.marking import MarkedText, marked
from mmm_groups.refit.fit_statistics import FitStatistics, explained
from mmm_groups.refit.group_model import GroupModel, RefitSettings

if TYPE_CHECKING:
    from pymc_marketing.mmm import MMM

Progress = Callable[[str, float], None]

MOST_KEPT = 2000
"""Draws that the saved refit holds over all chains."""

_PLAIN_ATTRIBUTES = ("date_column", "target_column", "link")
_MOST_PREDICTIONS = 400  # draws of the predictive: the mean is what is asked for
_SECONDS_BETWEEN_REPORTS = 1.0


def fit_group_model(
    original: FittedModel,
    wanted: GroupModel,
    settings: RefitSettings,
    path: Path,
    progress: Progress = lambda step, share: None,
    cores: int | None = None,
) -> FitStatistics:
    """Fit a model with one channel per group with nutpie, and save it to a file that opens as any model.

    Parameters
    ----------
    original : FittedModel
        The model that `wanted` was made from.
    wanted : GroupModel
    settings : RefitSettings
    path : Path
        Where the `.nc` file goes.
    progress : callable
        Called with the step in words and the share of the sampling that is done (0 to 1).
    cores : int, optional
        Chains at the same time; default: as many as the machine allows.

    Returns
    -------
    FitStatistics
        Of the refit.

    Raises
    ------
    RefitError
        If PyMC-Marketing cannot build or the sampler cannot fit the model.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # notes of their stack about itself: nothing a planner can act on
        progress("Importing PyMC-Marketing", 0.0)
        mmm = _built(original, wanted)
        progress("Compiling the model (up to two minutes the first time on a machine)", 0.0)
        mmm.idata = _sampled(mmm, wanted, settings, progress, cores)
        progress("Checking fit and convergence of the refit", 1.0)
        found = _statistics(mmm, wanted.history)  # of all draws; the file keeps as many as curves need
        progress("Saving the refitted model", 1.0)
        mmm.idata = _thinned(mmm.idata)
        mmm.set_idata_attrs(mmm.idata)
        mmm.save(str(path), engine=FILE_ENGINE)
        return found


def statistics_of(model: FittedModel) -> FitStatistics:
    """Fit and convergence of a model that was opened from a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = model.mmm.idata["fit_data"].to_dataset().to_dataframe().reset_index()
        return _statistics(model.mmm, history.drop(columns=model.target))


def _built(original: FittedModel, wanted: GroupModel) -> "MMM":
    from pymc_marketing.mmm import MMM
    from pymc_marketing.serialization import DeserializationContext, serialization

    texts = {
        name: value if name in _PLAIN_ATTRIBUTES else json.dumps(value) for name, value in wanted.attributes.items()
    }
    try:
        mmm = MMM(**MMM.attrs_to_init_kwargs(texts))
        if effects := wanted.attributes.get("mu_effects"):
            context = DeserializationContext(idata=xr.load_datatree(original.path, engine=FILE_ENGINE))
            mmm.mu_effects = [serialization.deserialize(effect, context=context) for effect in effects]
        mmm.build_model(wanted.history, wanted.target)
    except Exception as error:  # whatever their builder raises is told to the planner, with its cause
        raise RefitError(f"PyMC-Marketing could not build the model of the groups: {error}") from error
    return mmm


def _sampled(
    mmm: "MMM", wanted: GroupModel, settings: RefitSettings, progress: Progress, cores: int | None
) -> xr.DataTree:
    import nutpie
    from pymc.model.transform.optimization import freeze_dims_and_data

    # nutpie itself and not `MMM.fit`: only so can one hear how far the sampler is.
    names = [*(variable.name for variable in mmm.model.free_RVs), *mmm.frozen_deterministics]
    compiled = nutpie.compile_pymc_model(freeze_dims_and_data(mmm.model), var_names=names)
    try:
        trace = nutpie.sample(
            compiled,
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=cores,
            seed=settings.seed,
            target_accept=settings.target_accept,
            save_warmup=False,
            progress_bar=False,
            progress_callback=_SamplerProgress(progress, settings),
        )
    except RuntimeError as error:
        raise RefitError(f"The sampler could not fit the model of the groups: {error}") from error
    kept = {
        "posterior": trace["posterior"].to_dataset()[names],
        "sample_stats": trace["sample_stats"].to_dataset()[["diverging"]],
        "fit_data": mmm.create_fit_data(wanted.history, wanted.target),
    }
    return xr.DataTree.from_dict(kept)


def _thinned(fitted: xr.DataTree) -> xr.DataTree:
    """At most `MOST_KEPT` evenly spaced draws: more make every curve slower and no band better."""
    sizes = fitted["posterior"].sizes
    step = -(-sizes["chain"] * sizes["draw"] // MOST_KEPT)
    kept = {
        name: fitted[name].to_dataset().isel(draw=slice(None, None, step)) for name in ("posterior", "sample_stats")
    }
    return xr.DataTree.from_dict(kept | {"fit_data": fitted["fit_data"].to_dataset()})


class _SamplerProgress:
    """Tells how many steps the sampler has done, about once a second."""

    def __init__(self, progress: Progress, settings: RefitSettings) -> None:
        self._progress = progress
        self._all = settings.chains * (settings.draws + settings.tune)
        self._last = 0.0

    def __call__(self, chains: list[Any]) -> None:
        now = time.monotonic()
        if now - self._last < _SECONDS_BETWEEN_REPORTS:
            return
        self._last = now
        done = sum(chain.finished_draws for chain in chains)
        divergences = sum(chain.divergences for chain in chains)
        finished = sum(chain.finished_draws >= chain.total_draws for chain in chains)
        words = f"Sampling: {marked(done):,} of {marked(self._all):,} steps, {finished} of {len(chains)} chains done"
        if divergences:
            words += f", {divergences} divergences"
        self._progress(MarkedText(words), done / self._all)


def _statistics(mmm: "MMM", history: Any) -> FitStatistics:
    import arviz

    free = [variable.name for variable in mmm.model.free_RVs]
    posterior = mmm.idata["posterior"].to_dataset()[free]
    rhats = {name: float(values.max()) for name, values in arviz.rhat(posterior).items()}
    worst = max(rhats, key=lambda name: rhats[name])
    sizes = [arviz.ess(posterior, method=method) for method in ("bulk", "tail")]
    stats = mmm.idata.children.get("sample_stats")
    outcome, predicted = _predicted(mmm, history)
    r2, mape = explained(outcome, predicted)
    return FitStatistics(
        r2=r2,
        mape=mape,
        draws=posterior.sizes["draw"] * posterior.sizes["chain"],
        chains=posterior.sizes["chain"],
        rhat=rhats[worst] if posterior.sizes["chain"] > 1 else float("nan"),
        rhat_of=str(worst),
        ess=min(float(values.min()) for size in sizes for values in size.values()),
        divergences=None if stats is None or "diverging" not in stats else int(stats["diverging"].sum()),
    )


def _predicted(mmm: "MMM", history: Any) -> tuple[Any, Any]:
    """Outcome and mean prediction over the training data, both on the model's own scale."""
    fitted = mmm.idata
    posterior = fitted["posterior"].to_dataset()
    step = max(posterior.sizes["chain"] * posterior.sizes["draw"] // _MOST_PREDICTIONS, 1)
    mmm.idata = xr.DataTree.from_dict({"posterior": posterior.isel(draw=slice(None, None, step))})
    try:
        found = mmm.sample_posterior_predictive(history, extend_idata=False, random_seed=1, progressbar=False)["y"]
    finally:
        mmm.idata = fitted
    predicted = found.mean("sample")
    scaled = mmm.xarray_dataset["_target"] / mmm.get_scales_as_xarray()["target_scale"]
    outcome = scaled.transpose(*predicted.dims).reindex_like(predicted)
    return np.asarray(outcome.values, dtype=np.float64), np.asarray(predicted.values, dtype=np.float64)
