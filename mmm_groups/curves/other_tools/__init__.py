"""Response curves that another tool worked out: a CSV, Meridian's dataset, our own netCDF file.

In: bytes or a path.
Out: `ResponseCurves`.
"""
