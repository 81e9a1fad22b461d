"""The tables as they are now; a test holds them against what the migrations make."""

from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeDecorator

METADATA = MetaData()


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; SQLite, which forgets time zones, is told and asked in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


SCENARIOS = Table(
    "scenarios",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("archived_at", Instant),
    Column("archived_by", String(200)),
    Column("owner", String(200)),
)

VERSIONS = Table(
    "versions",
    METADATA,
    Column("scenario_id", String(32), ForeignKey("scenarios.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(200), nullable=False),
    Column("document", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("based_on", Integer),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", String(200), nullable=False),
)

WORK = Table(
    "work",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("owner", String(200), nullable=False),
    Column("document", Text, nullable=False),
    Column("scenario_id", String(32), ForeignKey("scenarios.id")),
    Column("based_on", Integer),
    Column("kept_at", Instant, nullable=False),
    Column("author", String(200)),
    Index("work_by_owner", "owner", "kept_at"),
)
