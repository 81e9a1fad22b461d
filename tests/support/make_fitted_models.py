"""Fit the models of the exactness matrix and write `tests/support/fitted`: `make fitted-models` (minutes, by hand)."""

import sys

from support.fitted_models import FITTED
from support.small_models import MATRIX, built

from mmm_groups.data.make_demo_model import thin, worst_rhat

DRAWS_KEPT = 60
RHAT_ALLOWED = 1.05
"""Looser than for the demo: curves must be the model's own for any draws; these only must be real posteriors."""


def main(kinds: list[str]) -> None:
    FITTED.mkdir(exist_ok=True)
    for kind in kinds or list(MATRIX):
        mmm, history, target = built(kind)
        mmm.fit(
            history,
            target,
            nuts_sampler="nutpie",
            chains=2,
            tune=800,
            draws=300,
            target_accept=0.95,
            random_seed=1,
            progressbar=False,
        )
        worst = worst_rhat(mmm)
        thin(mmm, DRAWS_KEPT)
        path = FITTED / f"{kind}.nc"
        mmm.save(str(path), engine="h5netcdf")
        verdict = "" if worst <= RHAT_ALLOWED else " TOO HIGH"
        print(f"{kind}: r-hat {worst:.3f}{verdict}, {path.stat().st_size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
