"""Databases that tests save to: SQLite files, and a PostgreSQL server of their own."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from support.postgres_server import postgres_server

from mmm_groups.storage.database import Database, open_database
from mmm_groups.storage.scenario_store import ScenarioStore


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that does not exist yet (SQLite) or is empty (PostgreSQL)."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new folder/scenarios ?#%41.sqlite"
    server: str = request.getfixturevalue("postgres")
    name = f"db{uuid4().hex}"
    admin = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    opened = open_database(store_url, patience=30)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def store(database: Database) -> ScenarioStore:
    return ScenarioStore(database)
