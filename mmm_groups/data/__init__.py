"""The bundled demo: its simulator, its fitted model and its curves."""
