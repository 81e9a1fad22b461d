"""What the tests share: folders of their own, the demo, and one compiled model."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from support.examples import FEW

import mmm_groups as mg
from mmm_groups.curves.extraction import model_response

# The same examples on every machine: what passed here passes there. `--hypothesis-seed` looks for new ones.
settings.register_profile("same_examples", derandomize=True, deadline=None)
settings.register_profile(FEW, derandomize=True, deadline=None, max_examples=8)  # `make check`
settings.load_profile("same_examples")

TESTS = Path(__file__).parent
# The longest first: of two that run tests side by side, none is left alone with the browser at the end.
KINDS = ("browser", "pymc", "slow", "process", "page", "unit")
# What tests are by folder or file; all else is arithmetic. A mark in a file or at a test says otherwise.
KIND_OF_PLACE = {
    "browser": "browser",
    "ui": "page",
    "jobs": "process",
    "storage": "process",
    "command_line": "process",
    # Files of models and curves are tried in processes of their own.
    "model/test_model_file.py": "process",
    "model/test_training_data.py": "process",
    "curves/test_curve_file.py": "process",
    "curves/test_other_tools_guide.py": "process",
    # Seconds of search.
    "evaluation/test_every_question.py": "slow",
    "optimizer/test_joint_response.py": "slow",
    "suggestions/test_sweep.py": "slow",
}


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test is of one kind. Side by side, one has the browser, one compiles PyTensor, one has PostgreSQL.

    Files stay whole: what their tests share is made once.
    """
    for item in items:
        file = item.path.relative_to(TESTS)
        marked = {mark.name for mark in item.iter_markers()} & set(KINDS)
        if len(marked) > 1:
            raise pytest.UsageError(f"{item.nodeid} is of several kinds: {sorted(marked)}")
        kind = marked.pop() if marked else KIND_OF_PLACE.get(file.as_posix(), KIND_OF_PLACE.get(file.parts[0], "unit"))
        item.add_marker(kind)
        alone = next((name for name in (kind, file.parts[0]) if name in ("browser", "pymc", "storage")), str(file))
        item.add_marker(pytest.mark.xdist_group(alone))
    items.sort(key=lambda item: next(place for place, kind in enumerate(KINDS) if item.get_closest_marker(kind)))


@pytest.fixture(scope="session")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh folder for each test; `mktemp` would look through those of all tests before each time."""
    above = tmp_path_factory.mktemp("own")
    return (above / str(number) for number in count())


@pytest.fixture(autouse=True)
def _own_folders(_folders: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own caches."""
    own = next(_folders)
    for setting, name in (("CACHE", "cache"), ("MODELS", "models"), ("JOBS_FOLDER", "jobs")):
        (own / name).mkdir(parents=True)
        monkeypatch.setenv(f"MMM_GROUPS_{setting}", str(own / name))
    monkeypatch.setenv("MMM_GROUPS_DATABASE_URL", f"sqlite:///{own}/scenarios.sqlite")


@pytest.fixture(scope="session")
def demo() -> mg.FittedModel:
    return mg.load_model(mg.DEMO_MODEL)


@pytest.fixture(scope="session")
def demo_curves(demo: mg.FittedModel) -> mg.ResponseCurves:
    return mg.response_curves(demo)


@pytest.fixture(scope="session")
def platforms() -> mg.ChannelGroups:
    return mg.ChannelGroups(
        {
            "Meta": ["facebook", "instagram"],
            "Google": ["search", "youtube"],
            "Offline": ["tv", "radio", "outdoor"],
        }
    )


@pytest.fixture(scope="session")
def model_evaluation(demo: mg.FittedModel) -> Callable[[np.ndarray], np.ndarray]:
    """PyMC-Marketing's own response to a channel plan, (draw, channel), compiled once for the session."""
    response, _ = model_response(demo, demo.next_horizon())
    zero = response.by_channel(np.zeros(len(demo.channels)))
    return lambda spend: response.by_channel(np.asarray(spend, dtype=np.float64)) - zero


@pytest.fixture(scope="module")
def quick_to_compile() -> Iterator[None]:
    """For graphs evaluated a few hundred times only: Numba's compiler would take longer than that."""
    import pytensor

    with pytensor.config.change_flags(mode="FAST_COMPILE"):
        yield
