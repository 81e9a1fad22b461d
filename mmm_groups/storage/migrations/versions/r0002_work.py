"""Work in progress, kept at each step."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"


def upgrade() -> None:
    """Make the table of work in progress."""
    op.create_table(
        "work",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("scenario_id", sa.String(32), sa.ForeignKey("scenarios.id")),
        sa.Column("based_on", sa.Integer),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("work_by_owner", "work", ["owner", "kept_at"])
