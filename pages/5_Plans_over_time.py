"""Plans over time: bring any plan and see what it delivers, beside the reference and the best use of its money."""

from mmm_groups.ui.frame.page import next_step, open_page
from mmm_groups.ui.plans_over_time.page_part import plans_part

HERE = "pages/5_Plans_over_time.py"

with open_page(
    HERE,
    "Bring any plan: the agency's sheet, last year, a draft. See what it delivers by date, how it compares, and what "
    "it leaves on the table.",
):
    plans_part()
    next_step(HERE)
