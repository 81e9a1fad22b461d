"""Serve the app and drive it in Chromium: shared by the tests, the screenshots and the benchmarks."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def served_app(folder: Path) -> Iterator[str]:
    """The app, served as `make run` serves it, on a free port; its caches and models lie in `folder`."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    folders = {
        "MMM_GROUPS_CACHE": str(folder / "cache"),
        "MMM_GROUPS_MODELS": str(folder / "models"),
        "MMM_GROUPS_JOBS_FOLDER": str(folder / "jobs"),
        "MMM_GROUPS_DATABASE_URL": f"sqlite:///{folder}/scenarios.sqlite",
    }
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    with (folder / "server.log").open("w+") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=os.environ | folders)
        try:
            _wait_until_healthy(server, port, folder / "server.log")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(10)


def _wait_until_healthy(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1).close()
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError(f"The app did not start:\n{log.read_text()}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium, found or installed by `.ci/find-browser`."""
    found = subprocess.run(["sh", str(ROOT / ".ci/find-browser")], capture_output=True, text=True, check=False)
    if found.returncode:
        raise RuntimeError(found.stderr)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def drag(page: Page, channel: str, target: str) -> None:
    """Drag a channel's chip to the middle of `target`, as a hand does."""
    chip, place = page.locator(f'[data-channel="{channel}"]').bounding_box(), page.locator(target).bounding_box()
    if chip is None or place is None:
        raise RuntimeError(f"'{channel}' or '{target}' is not on the screen.")
    page.mouse.move(chip["x"] + chip["width"] / 2, chip["y"] + chip["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=12)
    page.mouse.up()
    settled(page)


def name_group_of(page: Page, channel: str, name: str) -> None:
    """Type a name on the card that holds a channel; a pause in typing is enough to keep it."""
    field = page.locator("[data-group]", has=page.locator(f'[data-channel="{channel}"]')).locator("input")
    field.fill(name)
    page.locator(f'[data-name="{name}"] [data-channel="{channel}"]').wait_for()
    settled(page)
