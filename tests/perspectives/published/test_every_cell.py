"""The local copies hold every published cell of every perspective that is installed."""

import pytest

from mmdt import plugins as registry
from mmdt.core.cell import Selection
from mmdt.data.load import DataOptions, load_all, load_cases

PUBLISHED = {address: scenario for address, scenario in registry.scenarios().items() if scenario.published}


@pytest.mark.parametrize("address", PUBLISHED)
def test_every_task_has_cases(hub_copy, address):
    scenario = PUBLISHED[address]
    tasks = {case.cell.task for case in load_cases(scenario, Selection(), DataOptions(str(hub_copy)))}
    assert tasks == set(scenario.tasks) if scenario.tasks else len(tasks) > 1


def test_all_in_one_reading(hub_copy):
    parents = {case.cell.parent for case in load_all(PUBLISHED.values(), Selection(), DataOptions(str(hub_copy)))}
    assert parents == set(PUBLISHED)
