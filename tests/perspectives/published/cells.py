"""Loads what a mapping declares from the local copies, as a perspective would."""

from dataclasses import replace

from mmdt.core.cell import Selection
from mmdt.data.load import DataOptions, load_cases
from mmdt.data.row import DataRow, SplitAddress
from tests.data.cases import scenario


def cases_by_task(module, address, folder):
    """Task -> cases of a scenario, in the order of the rows."""
    _, modality, name = address.split("/")
    here = replace(scenario(address), published=module.declarations(modality, name))
    found = {}
    for case in load_cases(here, Selection(), DataOptions(str(folder))):
        found.setdefault(case.cell.task, []).append(case)
    return found


def mapped(module, modality, name, values, entry=0):
    """What one row becomes."""
    published = module.declarations(modality, name)[entry]
    return published.case(DataRow(values, SplitAddress(published.repo, published.config, published.split), 4))
