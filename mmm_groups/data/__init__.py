"""The bundled demo: its simulator, its fitted model and its curves.

In: nothing; `make_demo_model` is run by hand.
Out: `demo_model.nc` and `demo_curves.nc`, which `curves.cache` knows.
"""
