"""Response curves: what each group earns at every spend, with uncertainty."""

from mmm_groups.ui.frame.page import next_step, open_page
from mmm_groups.ui.response_curves.page_part import curves_part

HERE = "pages/2_Response_curves.py"

with open_page(
    HERE,
    "What a group earns at every spend. The band is the model's uncertainty, the dot is the reference spend, the "
    "dashed or shaded part has never been spent before.",
):
    curves_part()
    next_step(HERE)
