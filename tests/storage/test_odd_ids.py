"""Ids that were never handed out are not found, whatever they hold."""

import pytest

from mmm_groups.errors import ScenarioNotFoundError
from mmm_groups.storage.database import Database
from mmm_groups.storage.work_store import WorkStore


@pytest.mark.parametrize("work_id", ["\0", "\ud800", "x" * 65, ""])
def test_work_of_an_odd_id_is_not_found(database: Database, work_id: str) -> None:
    with pytest.raises(ScenarioNotFoundError, match="not kept any more"):
        WorkStore(database).open(work_id)
