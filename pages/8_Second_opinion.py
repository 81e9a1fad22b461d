"""Second opinion: a model refitted with one channel per group, against the channels' own curves."""

from mmm_groups.ui.frame.page import open_page
from mmm_groups.ui.panels.jobs import job_list
from mmm_groups.ui.second_opinion.refits import refit_job, wanted_of
from mmm_groups.ui.second_opinion.second_opinion_panel import ask_for_refit, show_job

HERE = "pages/8_Second_opinion.py"

with open_page(
    HERE,
    "Is it right to read a group's curve off its channels? Fit the model again with one channel per group on the "
    "members' summed spend, and see where the two disagree and what that is worth.",
) as planner:
    wanted = wanted_of(planner)
    job = refit_job(planner)
    if job is None:
        ask_for_refit(planner, wanted)
    else:
        show_job(planner, wanted, job)
    job_list()
