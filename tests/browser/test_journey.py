"""The whole way in a real browser, as a hand goes it."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.app_server import drag, name_group_of, settled

import mmm_groups as mg


def step(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(rf"\d\s+{name}")).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    settled(page)


def test_group_optimise_split_and_download(page: Page, tmp_path: Path) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Plan media money by group")).to_be_visible(timeout=30_000)
    step(page, "Group channels")

    # By mouse into a new group, which gets a name in place.
    drag(page, "facebook", "[data-new-group]")
    name_group_of(page, "facebook", "Meta")
    drag(page, "instagram", '[data-name="Meta"]')
    expect(page.locator('[data-name="Meta"] [data-channel="instagram"]')).to_be_visible()

    # Another by keyboard: it travels back from Ungrouped to Meta.
    page.locator('[data-channel="tiktok"]').focus()
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
        if page.locator('[data-name="Meta"] [data-channel="tiktok"]').count():
            break
    page.keyboard.press("Space")
    expect(page.locator('[data-name="Meta"] [data-channel="tiktok"]')).to_be_visible()
    settled(page)
    expect(page.get_by_role("heading", name="Meta")).to_be_visible()  # its curve stands beside the board

    step(page, "Response curves")
    expect(page.get_by_role("heading", name="Meta")).to_be_visible()

    step(page, "Optimise")
    page.get_by_role("button", name="Optimise", exact=True).click()
    expect(page.get_by_text("P(better)")).to_be_visible()
    expect(page.get_by_text("Why these spends?")).to_be_visible()
    settled(page)

    step(page, "Split")
    expect(page.get_by_text("Against the best split")).to_be_visible()
    expect(page.get_by_text("All checks hold")).to_be_visible()

    # A slider is dragged: the shares still add up, and its price is told.
    best = page.get_by_test_id("stMetric").filter(has_text="Against the best split").get_by_test_id("stMetricValue")
    before = best.inner_text()
    thumb = page.get_by_label("Share of tiktok", exact=True)
    box = thumb.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.15, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2, steps=10)
    page.mouse.up()
    expect(best).not_to_have_text(before)
    settled(page)
    percents = [field.input_value() for field in page.get_by_role("spinbutton", name="Percent for").all()]
    assert sum(round(10 * float(percent)) for percent in percents) == 1000

    step(page, "Export")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="By channel", exact=True).click()
    file = tmp_path / "plan.csv"
    waiting.value.save_as(file)
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert len(rows) == 9
    assert {row["channel"] for row in rows if row["group"] == "Meta"} == {"facebook", "instagram", "tiktok"}
    assert sum(round(100 * float(row["spend"])) for row in rows) == 440_140_327  # the reference, to the cent
    assert sum(float(row["share_of_group"]) for row in rows if row["group"] == "Meta") == pytest.approx(1, abs=1e-6)

    # Everything is still there after going back; a name is kept by a click that leaves the field.
    step(page, "Group channels")
    expect(page.locator('[data-name="Meta"] [data-channel="tiktok"]')).to_be_visible()
    name_group_of(page, "tiktok", "Social $ <b>")
    # Only the board answers a change on it, but the steps above tell at once that the plan is an older one.
    expect(page.get_by_role("link", name="Optimise · stale")).to_be_visible()
    step(page, "Response curves")
    expect(page.get_by_role("heading", name="Social $ <b>")).to_be_visible()


def test_a_bad_upload_is_explained_and_not_kept(page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "broken.nc"
    bad.write_bytes(b"not a model")
    page.goto("/")
    page.get_by_role("button", name="Upload a model").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(bad)
    expect(page.get_by_text("'broken.nc' is not a netCDF-4 file")).to_be_visible()
    expect(page.get_by_text("€4.40M")).to_be_visible()  # the demo is still open
    page.reload()
    page.get_by_role("combobox", name="Open").click()
    expect(page.get_by_role("option", name="Demo")).to_be_visible()
    expect(page.get_by_role("option", name="broken")).to_have_count(0)


def test_a_copy_of_the_open_model_opens_and_settles(page: Page, tmp_path: Path) -> None:
    copy = tmp_path / "ours.nc"
    copy.write_bytes(mg.DEMO_MODEL.read_bytes())
    page.goto("/")
    page.get_by_role("button", name="Upload a model").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(copy)
    expect(page.get_by_text("ours · 2026-01-05 to 2026-03-30")).to_be_visible()
    settled(page)
    expect(page.get_by_text("€4.40M")).to_be_visible()  # its curves are the demo's: same content, same cache


def test_an_edited_bound_and_the_click_that_ends_it_both_count(page: Page) -> None:
    page.goto("/Optimise")
    expect(page.get_by_text("These limits can be met")).to_be_visible(timeout=30_000)
    settled(page)
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + box["width"] * 0.75, box["y"] + 52)  # facebook's maximum
    editor = page.locator("#portal input")  # Streamlit's grid opens it a moment after the double click
    editor.wait_for()
    editor.press_sequentially("100000", delay=40)
    page.get_by_role("button", name="Optimise", exact=True).click()
    expect(page.get_by_text("held by “facebook at most 100,000”")).to_be_visible()
