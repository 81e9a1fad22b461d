"""Fit the demo model, write `demo_model.nc` and its curves `demo_curves.nc`: `make demo-model`.

Run by hand, never imported: the only file besides `fitted_model.py` that may import PyMC-Marketing.
"""

import arviz as az
import numpy as np
from pymc_extras.prior import Prior
from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation

from mmm_groups.curves.cache import DEMO_CURVES, DEMO_MODEL
from mmm_groups.curves.extraction import response_curves
from mmm_groups.data.simulate import CARRYOVER_WEEKS, CONTROLS, SEED, TARGET, TRUTH, simulate
from mmm_groups.model.fitted_model import load_model

DRAWS_KEPT = 400


def fit() -> MMM:
    """Fit the model with nutpie and refuse a posterior that did not converge."""
    history, _ = simulate()
    mmm = MMM(
        date_column="date",
        target_column=TARGET,
        channel_columns=list(TRUTH),
        control_columns=CONTROLS,
        adstock=GeometricAdstock(
            priors={"alpha": Prior("Beta", alpha=2, beta=4, dims="channel")}, l_max=CARRYOVER_WEEKS
        ),
        saturation=LogisticSaturation(
            priors={
                "lam": Prior("Gamma", alpha=4, beta=1.5, dims="channel"),
                "beta": Prior("HalfNormal", sigma=0.15, dims="channel"),
            }
        ),
        yearly_seasonality=2,
    )
    mmm.fit(
        history.drop(columns=TARGET),
        history[TARGET],
        nuts_sampler="nutpie",
        chains=4,
        tune=1500,
        draws=1000,
        target_accept=0.95,
        random_seed=SEED,
        progressbar=False,
    )
    _refuse_unconverged(mmm)
    return mmm


def worst_rhat(mmm: MMM) -> float:
    """Largest r-hat of any free variable."""
    free = [variable.name for variable in mmm.model.free_RVs]
    rhat = az.rhat(mmm.idata.posterior.dataset[free])
    return max(float(rhat[name].max()) for name in free)


def _refuse_unconverged(mmm: MMM) -> None:
    worst = worst_rhat(mmm)
    diverging = int(mmm.idata.sample_stats["diverging"].sum())
    print(f"largest r-hat {worst:.4f}, divergences {diverging}")
    if worst > 1.01 or diverging:
        raise SystemExit("The demo model did not converge; do not ship it.")


def thin(mmm: MMM, draws: int = DRAWS_KEPT) -> None:
    """Keep `draws` evenly spaced draws of the free variables, and drop what curves do not need."""
    free = [*(variable.name for variable in mmm.model.free_RVs), *mmm.frozen_deterministics]
    posterior = mmm.idata.posterior.dataset[free]
    per_chain = draws // posterior.sizes["chain"]
    kept = np.linspace(0, posterior.sizes["draw"] - 1, per_chain).round().astype(int)
    mmm.idata["posterior"] = type(mmm.idata)(posterior.isel(draw=kept))
    for group in set(mmm.idata.children) - {"posterior", "fit_data", "constant_data", "observed_data"}:
        del mmm.idata[group]


if __name__ == "__main__":
    model = fit()
    thin(model)
    model.save(str(DEMO_MODEL), engine="h5netcdf")
    response_curves(load_model(DEMO_MODEL), use_cache=False, progress=print).save(DEMO_CURVES)
    for path in (DEMO_MODEL, DEMO_CURVES):
        print(f"wrote {path}: {path.stat().st_size / 1e6:.2f} MB")
