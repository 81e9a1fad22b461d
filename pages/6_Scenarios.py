"""Scenarios: save, open, share and compare plans."""

from mmm_groups.ui.page import open_page

HERE = "pages/6_Scenarios.py"

planner = open_page(
    HERE,
    "Keep this plan under a name, open saved ones, share them with a link and hold them against each other.",
    needs_curves=False,
)
