"""What the tests share: the demo, one compiled model, one browser, one running app and one PostgreSQL server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from app_server import chromium, served_app
from hypothesis import settings
from playwright.sync_api import Browser, Page, expect
from postgres_server import postgres_server
from sqlalchemy import create_engine, text

import mmm_groups as mg
from mmm_groups.storage import Database, ScenarioStore, open_database

# The same examples on every machine: what passed here passes there. `--hypothesis-seed` looks for new ones.
settings.register_profile("same_examples", derandomize=True, deadline=None)
settings.load_profile("same_examples")
expect.set_options(timeout=20_000)  # busy machines are slow; how fast the app is, benchmarks say


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side: one has the browser, one compiles PyTensor, files stay whole."""
    for item in items:
        shared = next((mark for mark in ("browser", "pymc") if item.get_closest_marker(mark)), item.path.stem)
        item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own caches."""
    monkeypatch.setenv("MMM_GROUPS_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("MMM_GROUPS_MODELS", str(tmp_path_factory.mktemp("models")))
    monkeypatch.setenv("MMM_GROUPS_JOBS_FOLDER", str(tmp_path_factory.mktemp("jobs")))
    monkeypatch.setenv("MMM_GROUPS_DATABASE_URL", f"sqlite:///{tmp_path_factory.mktemp('scenarios')}/scenarios.sqlite")


@pytest.fixture(scope="session", autouse=True)
def _no_search_for_components() -> Iterator[None]:
    """Every AppTest would search all packages for components, 0.3 s each time; ours are registered in code."""
    with pytest.MonkeyPatch.context() as held:
        held.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)
        yield


@pytest.fixture(scope="session")
def demo() -> mg.FittedModel:
    return mg.load_model(mg.DEMO_MODEL)


@pytest.fixture(scope="session")
def demo_curves(demo: mg.FittedModel) -> mg.ResponseCurves:
    return mg.response_curves(demo)


@pytest.fixture(scope="session")
def platforms() -> mg.ChannelGroups:
    return mg.ChannelGroups(
        {
            "Meta": ["facebook", "instagram"],
            "Google": ["search", "youtube"],
            "Offline": ["tv", "radio", "outdoor"],
        }
    )


@pytest.fixture(scope="session")
def model_evaluation(demo: mg.FittedModel) -> Callable[[np.ndarray], np.ndarray]:
    """PyMC-Marketing's own response to a channel plan, (draw, channel), compiled once for the session."""
    from mmm_groups.curves.extraction import model_response

    response, _ = model_response(demo, demo.next_horizon())
    zero = response.by_channel(np.zeros(len(demo.channels)))
    return lambda spend: response.by_channel(np.asarray(spend, dtype=np.float64)) - zero


def root_curves(
    scales: list[float], draws: int = 3, points: int = 400, top: float = 100.0, history: list[float] | None = None
) -> mg.ResponseCurves:
    """Curves ``scale * sqrt(spend)``, whose optimum has a closed form; draws scatter around the scales."""
    channels = [f"c{i}" for i in range(len(scales))]
    spend = np.tile(top * np.linspace(0, 1, points) ** 2, (len(scales), 1))
    factors = 1 + 0.1 * (np.arange(draws) - (draws - 1) / 2)
    response = factors[:, None, None] * np.array(scales)[None, :, None] * np.sqrt(spend)
    dates = pd.date_range("2025-01-06", periods=4, freq="W-MON")
    weekly = np.array(history or [10.0] * len(scales)) / 4
    past = pd.DataFrame(np.tile(weekly, (4, 1)), index=dates, columns=channels)
    return mg.ResponseCurves.from_arrays(channels, spend, response, past)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_app(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """A fresh browser session; fails the test on console errors and on requests that leave this machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=app_url, accept_downloads=True)
    page = context.new_page()
    troubles: list[str] = []

    def hear(message: object) -> None:
        text, where = getattr(message, "text", ""), getattr(message, "location", {}).get("url", "")
        # Streamlit asks for its own address below the page's path first: a 404 that it expects.
        if getattr(message, "type", "") == "error" and "/_stcore/" not in where:
            troubles.append(f"console: {text} ({where})")

    def leave(request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith((app_url, "data:", "blob:")):
            troubles.append(f"request left this machine: {url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: troubles.append(f"error in the page: {error}"))
    page.on("request", leave)
    yield page
    context.close()
    assert not troubles, "\n".join(troubles)


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
