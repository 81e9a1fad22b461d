"""Moves of sliders and what becomes of the shares; Python and the browser are held to the same ones."""

import json
from pathlib import Path

VECTORS = json.loads((Path(__file__).parent.parent / "ui" / "split" / "split_vectors.json").read_text(encoding="utf-8"))
