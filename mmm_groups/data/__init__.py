"""The bundled demo: its simulator, its fitted model and its curves.

In: nothing; made by hand with `make demo-model`.
Out: `demo_model.nc` and `demo_curves.nc`, which `curves.cache` knows.
"""
