"""Curves already extracted: the ones shipped with the demo and the ones in the user's cache folder."""

from contextlib import suppress
from pathlib import Path

from mmm_groups.curves.netcdf import stored_fingerprint
from mmm_groups.curves.response_curves import ResponseCurves
from mmm_groups.errors import CurvesError
from mmm_groups.kept_files import cache_root

SHIPPED = Path(__file__).parent.parent / "data"
DEMO_MODEL, DEMO_CURVES = SHIPPED / "demo_model.nc", SHIPPED / "demo_curves.nc"


def cache_folder() -> Path:
    """Where curves are kept: `MMM_GROUPS_CACHE`, or the user's cache folder of the operating system."""
    return cache_root() / "curves"


def cached_curves(fingerprint: str) -> ResponseCurves | None:
    """Curves of an earlier request with this fingerprint, or None.

    A damaged cache file is no curve: it is removed, and the curves are extracted again.
    """
    if DEMO_CURVES.exists() and stored_fingerprint(DEMO_CURVES) == fingerprint:
        return ResponseCurves.open(DEMO_CURVES)
    path = cache_folder() / f"{fingerprint}.nc"
    if not path.exists():
        return None
    try:
        curves = ResponseCurves.open(path)
    except CurvesError:
        with suppress(OSError):  # of a folder that cannot be written
            path.unlink(missing_ok=True)
        return None
    return curves if curves.origin.fingerprint == fingerprint else None


def store_curves(curves: ResponseCurves) -> Path:
    """Keep curves for the next request with the same fingerprint; returns the file."""
    path = cache_folder() / f"{curves.origin.fingerprint}.nc"
    curves.save(path)
    return path
