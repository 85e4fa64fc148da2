"""Published rows of the adversarial perspective as cases (configuration ``adv``; targets: docs/targets.md).

The splits ``object``, ``attribute`` and ``spatial`` are the tasks of the scenario ``attack``. ``origin`` is what was
there before the attack, ``label`` what the attack wants. Matched clean cases are not published. A reply about an
attribute is asked for twice, about the original and about what the attack wants, in requests of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def _reader(modality: Modality, task: str) -> Callable[[Row], Case | Sequence[Case]]:
    cell = Cell("adversarial", modality, "attack", task)
    if flow(modality).output == "image":
        return lambda row: Case.make(
            cell, row.text("adv_prompt"), target=_target(row, task, "origin_word"), columns=columns_of(row, COLUMNS)
        )
    origin = {"object": "origin_object", "attribute": "origin_attribute", "spatial": "origin_relation"}[task]

    def cases(row: Row) -> Case | Sequence[Case]:
        target, columns = _target(row, task, origin), columns_of(row, COLUMNS)
        images = row.images("image")
        if task != "attribute":
            return Case.make(cell, attacked_question(task, target), images, target, columns=columns)
        group = f"{task}/{'/'.join(image.digest[:16] for image in images)}/{target['origin']}/{target['label']}"
        each = [{**target, "asked": key} for key in ("origin", "label")]
        return [Case.make(cell, attacked_question(task, one), images, one, group, columns=columns) for one in each]

    return cases


def _target(row: Row, task: str, origin: str) -> Target:
    """``{"origin", "label"}``; with ``"object"`` for attribute and ``"objects"`` (two) for spatial."""
    if task == "spatial":
        names = [row.text("object_a").strip(), row.text("object_b").strip()]
        origin_relation, label = (relation(row, column, row.text(column)) for column in (origin, "label"))
        return {"objects": names, "origin": origin_relation, "label": label}
    found = {"origin": row.text(origin).strip(), "label": row.text("label").strip()}
    return {"object": row.text("object").strip(), **found} if task == "attribute" else found
