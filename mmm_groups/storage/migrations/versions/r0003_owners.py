"""Which browser made a scenario, and who works on what is in progress; unknown for what is older."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"


def upgrade() -> None:
    """Add both columns."""
    op.add_column("scenarios", sa.Column("owner", sa.String(200)))
    op.add_column("work", sa.Column("author", sa.String(200)))
