"""A file of curves in a real browser: uploaded, planned with, downloaded."""

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect
from support.app_server import settled
from support.curves import square_root_csv


def test_a_csv_is_uploaded_planned_and_downloaded(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "other tool.csv"
    file.write_text(square_root_csv())
    page.goto("/")
    page.get_by_role("button", name="Upload a model or curves").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_text("Curves from a CSV")).to_be_visible()
    expect(page.get_by_text("other_tool · the curves’ own window")).to_be_visible()
    settled(page)
    page.get_by_role("link", name=re.compile(r"4\s+Optimise")).click()
    expect(page.get_by_text("there is nothing to hold it against")).to_be_visible()
    page.get_by_role("button", name="Optimise", exact=True).click()
    expect(page.get_by_text("No comparison with a reference")).to_be_visible()
    expect(page.get_by_text("Why these spends?")).to_be_visible()
    settled(page)
    page.get_by_role("link", name=re.compile(r"7\s+Export")).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="By channel").click()
    assert waiting.value.suggested_filename == "plan_other_tool.csv"
    saved = tmp_path / "plan.csv"
    waiting.value.save_as(saved)
    rows = list(csv.DictReader(io.StringIO(saved.read_text())))
    assert sum(float(row["spend"]) for row in rows) == 1_500_000
    assert {row["response_low"] for row in rows} == {""}
