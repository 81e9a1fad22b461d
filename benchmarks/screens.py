"""`make benchmark-screens`: what a planner waits for, measured in a real browser on the running app.

Inside the page a clock starts when the pointer is released or clicked, and stops at the frame in which the chart or
figure that answers has changed: so the browser's own work counts. `python benchmarks/screens.py [rounds]`.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Browser, Page  # noqa: E402
from support.app_server import chromium, drag, name_group_of, served_app, settled  # noqa: E402

import mmm_groups as mg  # noqa: E402

SESSIONS = 10
MAIN_VIEWS = {
    "Group channels": "[data-channel]",
    "Response curves": ".st-key-curve-curves .main-svg",
    "Optimise": "[data-testid=stMetric]",
    "Split": "input[type=range]",
}
"""What a planner opens a page for: the page stands when its heading and this do, also inside a component's own DOM."""

# Looks at every frame until the page stands, and notes the frame after that one, which shows it.
STANDS = """
([name, selector]) => {
  window.stood = 0;
  const roots = () => [document, ...[...document.querySelectorAll("*")].map(e => e.shadowRoot).filter(Boolean)];
  const stands = () => document.querySelector("h1")?.innerText.trim() === name
    && roots().some(root => root.querySelector(selector));
  const look = () => requestAnimationFrame(() => {
    if (stands()) requestAnimationFrame(() => { window.stood = performance.now() });
    else look();
  });
  look();
}
"""

STEPS = ("drop to updated chart", "optimise to result", "slider release to updated figures", "page change")
CHART, FIGURE = "[data-testid=stPlotlyChart]", "[data-testid=stMetric]"

# One clock a page: it starts at a release or click, and stops one frame after the first change inside what is watched.
# (Streamlit lays every Plotly chart out a second time some 0.1 s after it was drawn; nobody waits for that.)
CLOCK = """
window.clock = {watched: null, began: 0, ended: 0};
for (const kind of ["pointerup", "click", "change"])
  document.addEventListener(kind, () => { window.clock.began = performance.now(); window.clock.ended = 0 }, true);
new MutationObserver(records => {
  for (const {target, addedNodes} of records) {
    const element = target.nodeType === 1 ? target : target.parentElement;
    const {watched, began, ended} = window.clock;
    const holds = node => node.nodeType === 1 && (node.matches(watched) || node.querySelector(watched));
    if (began && !ended && watched && (element?.closest(watched) || [...addedNodes].some(holds))) {
      window.clock.ended = 1;
      requestAnimationFrame(() => { window.clock.ended = performance.now() });
    }
  }
}).observe(document, {subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["d"]});
"""


@dataclass
class Clocked:
    """One browser session that looks at one page of the app."""

    page: Page
    waits: dict[str, list[float]] = field(default_factory=dict)

    def watch(self, selector: str) -> None:
        """From now on changes inside `selector` stop the clock."""
        self.page.evaluate("selector => { window.clock.watched = selector; window.clock.ended = 0 }", selector)

    def read(self, name: str) -> None:
        """Note how long the last action took, in seconds, once nothing changes any more."""
        settled(self.page)
        self.page.wait_for_timeout(500)
        began, ended = self.page.evaluate("[window.clock.began, window.clock.ended]")
        if ended > began > 0:
            self.waits.setdefault(name, []).append((ended - began) / 1000)


def many_curves(folder: Path, channels: int, draws: int) -> str:
    """A file of concave curves with two years of weekly history; returns its name in the app."""
    rng = np.random.default_rng(channels)
    dates = pd.date_range("2024-01-01", periods=104, freq="W-MON")
    names = [f"channel {place:02d}" for place in range(channels)]
    weekly = rng.uniform(5_000, 50_000, channels) * rng.gamma(8, 1 / 8, (len(dates), channels))
    tops = 13 * weekly.max(axis=0) * 4
    spend = tops[:, None] * np.linspace(0, 1, 200) ** 2
    scale = rng.gamma(20, 1 / 20, (draws, channels, 1)) * rng.uniform(1, 4, (channels, 1)) * tops[:, None]
    response = scale * np.tanh(spend / (0.6 * tops[:, None])) / 4
    history = pd.DataFrame(weekly, index=dates, columns=names)
    curves = mg.ResponseCurves.from_arrays(names, spend, response.astype(np.float32), history, periods=13)
    name = f"{channels} channels x {draws} draws.nc"
    curves.save(folder / name)
    return name


def opened(browser: Browser, url: str, file: str | None) -> Clocked:
    """A fresh session with a file opened and its first channels in two groups."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.add_init_script(CLOCK)
    page.goto(url)
    page.get_by_text("Reference spend").first.wait_for(timeout=60_000)
    settled(page)
    if file:
        page.get_by_role("combobox", name="Open").click()
        page.get_by_role("option", name=file).click()
        page.get_by_text(f"Opened {file.removesuffix('.nc')}").wait_for(timeout=60_000)
        settled(page)
    go(page, "Group channels")
    channels = iter(channels_of(page))
    for group, size in (("One", 3), ("Two", 2)):
        first = next(channels)
        drag(page, first, "[data-new-group]")
        name_group_of(page, first, group)
        for _ in range(size - 1):
            drag(page, next(channels), f'[data-name="{group}"]')
    return Clocked(page)


def channels_of(page: Page) -> list[str]:
    page.locator("[data-channel]").first.wait_for()
    return [str(chip.get_attribute("data-channel")) for chip in page.locator("[data-channel]").all()]


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stPageLink-NavLink").filter(has_text=name).first.click()
    page.get_by_role("heading", name=name, level=1).wait_for()
    settled(page)


def drop(session: Clocked, number: int) -> None:
    """Move a channel from one group to the other, and the next time back."""
    here, there = ("One", "Two") if number % 2 == 0 else ("Two", "One")
    chip = session.page.locator(f'[data-name="{here}"] [data-channel]').last
    drag(session.page, str(chip.get_attribute("data-channel")), f'[data-name="{there}"]')


def choose_funded(page: Page) -> None:
    """On the Split page, look at a group that the plan gives money to: shares of nothing change no figure."""
    for group in ("One", "Two"):
        page.get_by_test_id("stButtonGroup").get_by_text(group, exact=True).first.click()
        page.get_by_text(f"{group} spends").wait_for()
        settled(page)
        if page.locator(FIGURE).first.inner_text().split()[-1] != "€0":
            return
    raise RuntimeError("The plan gives neither group money.")


def slide(session: Clocked, number: int) -> None:
    """Drag the first share to another place."""
    page = session.page
    thumb = page.get_by_label("Share of ").first
    thumb.scroll_into_view_if_needed()
    box = thumb.bounding_box()
    if box is None:
        raise RuntimeError("There is no slider on the Split page.")
    now = float(thumb.input_value()) / float(thumb.get_attribute("max") or 1000)
    at = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8 + (box["width"] - 16) * now, at)
    page.mouse.down()
    page.mouse.move(box["x"] + 8 + (box["width"] - 16) * (0.35 if number % 2 else 0.65), at, steps=2)
    page.mouse.up()


def optimise(session: Clocked) -> None:
    session.page.get_by_role("button", name="Optimise", exact=True).click()


def other_budget(session: Clocked, number: int) -> None:
    """Another budget each time, so that there is something to answer."""
    field = session.page.get_by_role("textbox", name="Budget for")
    field.fill(str(round(float(field.input_value().replace(",", "")) * (0.9 if number % 2 else 1.1))))
    field.press("Tab")
    settled(session.page)
    session.page.wait_for_timeout(700)


def turn_to(session: Clocked, name: str) -> None:
    """Open a page, and note when its heading and its main view stand."""
    page = session.page
    link = page.get_by_test_id("stPageLink-NavLink").filter(has_text=name).first
    page.evaluate(STANDS, [name, MAIN_VIEWS[name]])
    link.click()
    page.wait_for_function("window.stood > 0")
    settled(page)
    page.wait_for_timeout(300)
    session.waits.setdefault("page change", []).append(page.evaluate("window.stood - window.clock.began") / 1000)


def timed(session: Clocked, name: str, selector: str, act: Callable[[], object]) -> None:
    session.watch(selector)
    act()
    session.read(name)


def alone(browser: Browser, url: str, file: str | None, rounds: int) -> dict[str, list[float]]:
    """Every wait of one planner who has the server for themselves."""
    session = opened(browser, url, file)
    page = session.page
    for number in range(rounds):
        timed(session, "drop to updated chart", CHART, lambda number=number: drop(session, number))
    go(page, "Optimise")
    optimise(session)  # without a result there is nothing to split
    page.get_by_text("P(better)").wait_for()
    go(page, "Split")
    choose_funded(page)
    for number in range(rounds):
        timed(session, "slider release to updated figures", FIGURE, lambda number=number: slide(session, number))
    go(page, "Optimise")
    for number in range(max(rounds // 2, 3)):
        other_budget(session, number)
        timed(session, "optimise to result", FIGURE, lambda: optimise(session))
    for number in range(2 * rounds):
        turn_to(session, list(MAIN_VIEWS)[number % len(MAIN_VIEWS)])
    page.context.close()
    return session.waits


def first_paints(browser: Browser, url: str, rounds: int) -> list[float]:
    """First contentful paint of the start page in fresh sessions, in seconds."""
    found = []
    for _ in range(rounds):
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(url)
        page.get_by_text("Reference spend").first.wait_for(timeout=60_000)
        found.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000)
        page.context.close()
    return found


def together(browser: Browser, url: str, file: str | None, rounds: int) -> tuple[list[float], float]:
    """Ten planners who each drop a channel every three seconds: their waits, and MB of the server for each."""
    opened(browser, url, file).page.context.close()  # what all share is there before memory is read
    before = server_memory()
    sessions = [opened(browser, url, file) for _ in range(SESSIONS)]
    for session in sessions:
        session.watch(CHART)
    for number in range(rounds):
        for session in sessions:
            began = time.perf_counter()
            if number:
                note_wait(session)
            drop(session, number)
            time.sleep(max(0.0, 3 / SESSIONS - (time.perf_counter() - began)))
    each = (server_memory() - before) / SESSIONS
    for session in sessions:
        note_wait(session)
        session.page.context.close()
    return [wait for session in sessions for wait in session.waits.get("drop", [])], each


def note_wait(session: Clocked) -> None:
    session.read("drop")


def server_memory() -> float:
    """Resident memory of the Streamlit server that this process started, in MB."""
    import psutil

    servers = [child for child in psutil.Process().children() if "streamlit" in " ".join(child.cmdline())]
    return float(sum(server.memory_info().rss for server in servers)) / 1e6


def row(what: str, waits: list[float], goal: str) -> None:
    if not waits:
        print(f"| {what} | not measured | | | {goal} |")
        return
    worst = float(np.quantile(waits, 0.95))
    print(f"| {what} | {statistics.median(waits):.2f} | {worst:.2f} | {len(waits)} | {goal} |", flush=True)


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "models").mkdir()
        small, large = many_curves(folder / "models", 10, 400), many_curves(folder / "models", 60, 1000)
        with served_app(folder) as url, chromium() as browser:
            first_paints(browser, url, 1)
            print("| what | median, s | 95 %, s | times | asked |\n|---|---|---|---|---|")
            row("first paint, warm server", first_paints(browser, url, rounds), "2")
            for file in (small, large):
                label = file.removesuffix(".nc")
                goals = ("0.35 / 0.7", "0.7", "0.35 / 0.7", "0.5") if file == small else ("1", "0.7", "1", "0.5")
                waits = alone(browser, url, file, rounds)
                for name, goal in zip(STEPS, goals, strict=True):
                    row(f"{name}, {label}", waits.get(name, []), goal)
                found, each = together(browser, url, file, max(rounds // 3, 3))
                row(f"drop to updated chart, {SESSIONS} sessions at once, {label}", found, "3 × alone")
                print(f"| memory of one more session, {label} | {each:.0f} MB | | {SESSIONS} | 50 MB |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
