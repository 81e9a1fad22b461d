"""One process that saves one scenario again and again: `python saving_process.py URL SCENARIO_ID AUTHOR TIMES [hang]`.

It prints every version that the store acknowledged. With `hang` it stops for ever inside its transaction, after having
written and before the commit.
"""

import sys
import time

from sqlalchemy import event

from mmm_groups.storage.database import open_database
from mmm_groups.storage.scenario_store import ScenarioStore

url, scenario_id, author, times = sys.argv[1:5]
database = open_database(url)
store = ScenarioStore(database)
scenario, _ = store.open(scenario_id, 1)


def hang(connection: object) -> None:
    print("written", flush=True)
    time.sleep(600)


if sys.argv[5:] == ["hang"]:
    event.listen(database.engine, "commit", hang)
print("ready", flush=True)
for _count in range(int(times)):
    print(store.save(scenario_id, scenario, author, based_on=1).version.number, flush=True)
