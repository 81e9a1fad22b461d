"""A widget of ours by itself in a browser: mounted as Streamlit does it, with what it sends kept in `window.sent`."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Page

MOUNT = """async ({js, css, data}) => {
  const host = document.body.appendChild(document.createElement("div"))
  const root = host.attachShadow({mode: "open"})
  root.append(Object.assign(document.createElement("style"), {textContent: css}))
  const url = URL.createObjectURL(new Blob([js], {type: "text/javascript"}))
  const {default: mount} = await import(url)
  window.sent = []
  window.answer = (data) => mount({data, parentElement: root, setStateValue: (name, value) => window.sent.push(value)})
  window.answer(data)
}"""


def blank_page(browser: Browser) -> Iterator[Page]:
    """An empty page, to be closed afterwards; fails the test on an error of a script."""
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    page.close()
    assert not troubles


def mount(page: Page, script: str, style: str, data: dict[str, Any]) -> None:
    """Draw a widget; `window.answer(data)` then says what Python says later."""
    page.set_content("<body></body>")
    page.evaluate(MOUNT, {"js": script, "css": style, "data": data})


def last_sent(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("window.sent.at(-1)")
    return found
