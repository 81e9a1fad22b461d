"""One browser and one running app for all journeys."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from support.app_server import chromium, served_app

expect.set_options(timeout=20_000)  # busy machines are slow; how fast the app is, benchmarks say


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
