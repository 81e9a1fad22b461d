"""A scenario as each earlier version of this package wrote it."""

from pathlib import Path

OLD_FORMS = sorted((Path(__file__).parent.parent / "scenario" / "forms").glob("version_*.json"))
