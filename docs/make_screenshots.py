"""Draw docs/screenshots/ again: every page, with the demo grouped by platform, light and dark.

`make screenshots` writes 1280 × 800 pictures; with a folder and sizes (`FOLDER 1280x800 1920x1080`) any others.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Page
from support.app_server import chromium, drag, name_group_of, served_app, settled

GROUPS = {"Meta": ["facebook", "instagram"], "Google": ["search", "youtube"], "Offline": ["tv", "radio", "outdoor"]}
PAGES = ["Start", "Group channels", "Response curves", "Optimise", "Split", "Plans over time", "Export", "Scenarios"]
PAGES.append("Second opinion")


def group_by_platform(page: Page) -> None:
    for name, (first, *others) in GROUPS.items():
        drag(page, first, "[data-new-group]")
        name_group_of(page, first, name)
        for channel in others:
            drag(page, channel, f'[data-name="{name}"]')
            page.locator(f'[data-name="{name}"] [data-channel="{channel}"]').wait_for()
            settled(page)


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stPageLink-NavLink").filter(has_text=name).first.click()
    page.wait_for_timeout(400)
    settled(page)
    page.mouse.move(5, 5)
    page.wait_for_timeout(1200)  # charts animate in


def draw(folder: Path, sizes: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as scratch, served_app(Path(scratch)) as url, chromium() as browser:
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 1280, "height": 1400}, color_scheme=scheme)
            page.goto(url)
            page.get_by_text("Reference spend").first.wait_for(timeout=60_000)
            go(page, "Group channels")
            group_by_platform(page)
            go(page, "Optimise")
            page.get_by_role("button", name="Optimise", exact=True).click()
            page.get_by_text("P(better)").wait_for()
            for name in PAGES:
                go(page, name)
                for width, height in sizes:
                    page.set_viewport_size({"width": width, "height": height})
                    page.wait_for_timeout(700)
                    size = f"-{width}x{height}" if len(sizes) > 1 else ""
                    page.screenshot(path=folder / f"{name.lower().replace(' ', '-')}-{scheme}{size}.png")
            page.close()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    wanted = [size.split("x") for size in sys.argv[2:]] or [("1280", "800")]
    draw(target, [(int(width), int(height)) for width, height in wanted])
