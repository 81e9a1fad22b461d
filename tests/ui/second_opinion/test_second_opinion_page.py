"""The page of the second opinion: nothing asked yet, working, failed, done, and where it cannot be done."""

import re
from contextlib import ExitStack
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from support.jobs import ended
from support.made_up_refit import CONVERGED, job_folder, refit_done
from support.pages import PAGES, opened, read

import mmm_groups as mg
from mmm_groups.jobs.job_queue import cancel, jobs
from mmm_groups.jobs.locks import try_lock
from mmm_groups.jobs.records import ALIVE, CANCEL, JobRecord
from mmm_groups.numerics.labelled import number_at
from mmm_groups.ui.panels.jobs import duration
from mmm_groups.ui.planner.opening import new_planner
from mmm_groups.ui.planner.planner import Planner
from mmm_groups.ui.widgets.board.layout import add_group

PAGES["second"] = "pages/8_Second_opinion.py"


@pytest.fixture
def grouped(demo: mg.FittedModel) -> Planner:
    """The demo with Meta and Google as groups."""
    made = new_planner(demo)
    board = add_group(made.board, "Meta", ["facebook", "instagram"])
    made.set_board(add_group(board, "Google", ["search", "youtube"]))
    return made


def labels(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def test_before_anything_is_grouped_it_says_why_there_is_nothing_to_refit() -> None:
    assert "no group sums several channels" in read(opened("second"))


def test_it_says_what_will_be_fitted_and_how_long_it_takes(grouped: Planner) -> None:
    at = opened("second", grouped)
    text = read(at)
    assert "**Meta** sums facebook, instagram; **Google** sums search, youtube. 5 channels stay" in text
    assert re.search(r"It usually takes \d+ to \d+ minutes", text)
    priors = next(table.value for table in at.dataframe if "was" in table.value)
    assert priors.query("parameter == 'saturation_beta' and channel == 'Meta'")["now"].item() == "HalfNormal(sigma=0.3)"
    assert "Refit the model" in labels(at)


def test_a_refit_is_started_followed_and_cancelled(grouped: Planner) -> None:
    at = opened("second", grouped)
    at.number_input(key="refit-draws").set_value(50)
    at.button(key="ask-for-refit").click().run()
    (started,) = jobs()
    assert started.request.title == "Refit of demo_model with 2 groups of several channels"
    assert started.request.arguments["settings"]["draws"] == 50
    assert re.search("has worked for|waits for its turn", read(at))
    assert "You can leave this page or close the browser" in read(at)

    other = opened("second", replace(grouped))  # a second browser sees the same job
    other.button(key=f"cancel-{started.id}").click().run()
    ended(started)
    at.run()
    assert "The refit was cancelled after" in read(at)
    assert "Refit the model" in labels(at)


def test_a_job_that_waits_says_for_whom(grouped: Planner) -> None:
    first = job_folder(replace(grouped), JobRecord("running", "Sampling: 10 of 100 steps", 0.1, (), 1.0, 1.0, 0.0, 1.0))
    second = job_folder(grouped, JobRecord("queued", "Waiting for its turn", 0.0, (), 1.0, 0.0, 0.0, 1.0))
    locks = [try_lock(folder / ALIVE) for folder in (first, second)]
    with ExitStack() as held:
        for lock in locks:
            assert lock is not None
            held.enter_context(lock)
        at = opened("second", grouped)
        assert "waits for its turn." in read(at)
        assert "has worked for" not in read(at)
        assert "One job is before it." in read(at)
        (second / CANCEL).touch()
        assert "Cancelling …" in read(at.run())


def test_a_failed_refit_says_why_and_offers_another(grouped: Planner) -> None:
    job_folder(grouped, JobRecord("failed", "Sampling", 0.3, (), 1.0, 2.0, 3.0, 3.0, "The sampler could not fit: NaN."))
    at = opened("second", grouped)
    assert "The refit failed. The sampler could not fit: NaN." in read(at)
    assert "Refit the model" in labels(at)
    assert "failed" in read(at)  # in the list of long work


def test_a_refit_that_says_the_same_loses_nothing(grouped: Planner) -> None:
    refit_done(grouped, {})
    text = read(opened("second", grouped))
    assert "If **the refitted model** is right and you follow the plan of the **sum**, you lose hardly anything" in text
    assert "the two models agree on every group" in text


def test_a_refit_that_disagrees_says_what_is_lost(grouped: Planner) -> None:
    refit_done(grouped, {"Meta": 3.0, "tv": 0.2})
    at = opened("second", grouped)
    assert "If **the refitted model** is right and you follow the plan of the **sum**, you lose" in read(at)
    assert "hardly anything" not in read(at)
    assert "they agree on 5 of 7 groups within their uncertainty, and not on Meta, tv" in read(at)
    table = next(frame.value for frame in at.dataframe if "refit lost" in frame.value)
    assert list(table.index) == ["Sum", "Weighted average", "Re-estimated", "Refitted model"]
    assert number_at(table, "Sum", "refit lost") > 0
    assert number_at(table, "Refitted model", "channels lost") > 0
    assert number_at(table, "Sum", "channels lost") == number_at(table, "Refitted model", "refit lost") == 0
    fits = next(frame.value for frame in at.dataframe if "Refitted model" in frame.value.columns)
    assert fits.loc["R² on the training data", "Refitted model"] == "0.950"
    assert not at.error


def test_a_refit_that_did_not_converge_is_said_loudly(grouped: Planner) -> None:
    refit_done(grouped, {}, replace(CONVERGED, rhat=1.3, divergences=12))
    at = opened("second", grouped)
    assert "The refit has not converged, so do not act on it yet" in at.error[0].value
    assert "r-hat of saturation" in read(at)


def test_the_refit_opens_as_a_model(grouped: Planner) -> None:
    refit_done(grouped, {})
    at = opened("second", grouped)
    at.button(key="open-refit").click().run()
    current = at.session_state["mmm_groups.planners"][at.session_state["mmm_groups.current"]]
    assert set(current.source.channels) >= {"Meta", "Google", "tv"}
    assert current.source.name.startswith("demo_model_refit_")


def test_another_window_asks_for_the_refits_curves(grouped: Planner) -> None:
    curves = refit_done(grouped, {})
    at = opened("second", grouped)
    assert "Read the curves of the refit" not in labels(at)
    from mmm_groups.curves.cache import cache_folder

    (cache_folder() / f"{curves.origin.fingerprint}.nc").unlink()
    import streamlit as st

    st.cache_resource.clear()
    assert "Read the curves of the refit" in labels(opened("second", grouped))


def test_limits_inside_groups_are_left_out_and_said_to_be(grouped: Planner) -> None:
    refit_done(grouped, {})
    grouped.change(
        constraints=(*grouped.scenario.constraints, mg.ConstraintBuilder.group_max_spend(["facebook"], 100_000.0))
    )
    assert "Limits on channels inside groups are left out" in read(opened("second", grouped))


@pytest.mark.parametrize(("seconds", "told"), [(0.4, "0 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3725, "62 min 05 s")])
def test_durations_read_well(seconds: float, told: str) -> None:
    assert duration(seconds) == told


@pytest.fixture(autouse=True)
def _nothing_works_on() -> object:
    yield
    for one in jobs():
        cancel(one.id)
