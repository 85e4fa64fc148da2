"""Published rows of the adversarial perspective as cases (configuration ``adv``; targets: docs/targets.md).

The splits ``object``, ``attribute`` and ``spatial`` are the tasks of the scenario ``attack``. ``origin`` is what was
there before the attack, ``label`` what the attack wants. Matched clean cases are not published.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.modality import Modality, flow
from mmdt.core.scenario import Published, Row
from mmdt.data.columns import REPOS, relation
from mmdt.data.vocabulary import ATTACKED_TASKS, attacked_question
from mmdt.perspectives.adversarial.published_cases import COLUMNS
from mmdt.perspectives.shared.published_components import columns_of

Target = dict[str, Any]


def declarations(modality: Modality, name: str) -> tuple[Published, ...]:
    """Where a scenario's published rows are: only ``attack`` has any."""
    if name != "attack":
        return ()
    return tuple(Published(REPOS[modality], "adv", task, _reader(modality, task)) for task in ATTACKED_TASKS)


def _reader(modality: Modality, task: str) -> Callable[[Row], Case]:
    cell = Cell("adversarial", modality, "attack", task)
    if flow(modality).output == "image":
        return lambda row: Case.make(
            cell, row.text("adv_prompt"), target=_target(row, task, "origin_word"), columns=columns_of(row, COLUMNS)
        )
    origin = {"object": "origin_object", "attribute": "origin_attribute", "spatial": "origin_relation"}[task]

    def case(row: Row) -> Case:
        target, columns = _target(row, task, origin), columns_of(row, COLUMNS)
        return Case.make(cell, attacked_question(task, target), row.images("image"), target, columns=columns)

    return case


def _target(row: Row, task: str, origin: str) -> Target:
    """``{"origin", "label"}``; with ``"object"`` for attribute and ``"objects"`` (two) for spatial."""
    if task == "spatial":
        names = [row.text("object_a").strip(), row.text("object_b").strip()]
        origin_relation, label = (relation(row, column, row.text(column)) for column in (origin, "label"))
        return {"objects": names, "origin": origin_relation, "label": label}
    found = {"origin": row.text(origin).strip(), "label": row.text("label").strip()}
    return {"object": row.text("object").strip(), **found} if task == "attribute" else found
