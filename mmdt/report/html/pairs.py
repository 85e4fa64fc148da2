"""The cases of several runs side by side: those that several runs have, the ones on which they differ first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mmdt.core.image import Image
from mmdt.core.score import Scored
from mmdt.report.compared import ComparedRun
from mmdt.report.html.cases import CaseCollector
from mmdt.report.html.inputs import ReportInput
from mmdt.report.html.parts import Json, Put
from mmdt.report.html.questions import Questions
from mmdt.report.html.thumbnails import PictureIndex

Key = tuple[str, int]
"""(case, repeat)"""


def collect(
    inputs: Sequence[ReportInput],
    runs: Sequence[ComparedRun],
    put: Put,
    *,
    max_text: int,
    most: int | None = None,
) -> tuple[list[Json], list[Image], str]:
    """What the page must know of the cases of each run, the pictures of all of them, and what is left out, in words.

    Each case goes to ``put`` in the parts of its run, whose names begin with the run's number. ``most``: the greatest
    number of cases of each run.
    """
    keys, said = _chosen([each.scored for each in runs], most)
    pictures = PictureIndex()  # the same for all runs: they were shown the same pictures
    found = []
    for number, (given, run) in enumerate(zip(inputs, runs, strict=True)):
        book = CaseCollector(
            given.scenarios(), max_text, put, Questions.of(given.manifest), prefix=f"{number}-", pictures=pictures
        )
        for row in given.reread():
            if keys is None or (row[0].case.id, row[0].repeat) in keys:
                book.add(row)
        used = {each.role: [each.name, each.fingerprint] for each in run.facts.evaluators}
        found.append({"label": run.label, "prefix": f"{number}-", "evaluators": used, **book.data()})
    return found, pictures.images, said


def _chosen(scored: Sequence[Sequence[Scored]], most: int | None) -> tuple[set[Key] | None, str]:
    """Which cases of the first run and another are kept; None for all that there are."""
    first = {_key(each): each for each in scored[0]}
    shared = [each for others in scored[1:] for each in others if _key(each) in first]
    keys = {_key(each) for each in shared}
    if most is None or len(keys) <= most:
        return (keys if most is not None else None), ""
    differ = {_key(each) for each in shared if differs(first[_key(each)], each)}
    ranked = sorted(keys, key=lambda key: (key not in differ, _rank(key)))[:most]
    kept = min(most, len(differ))
    what = f"{kept:,} of the {len(differ):,} on which runs differ"
    return set(ranked), f"This page shows {most:,} of {len(keys):,} cases that several runs have, among them {what}."


def differs(one: Scored, other: Scored) -> bool:
    """Whether two outputs of the same case have another outcome or other scores."""
    return one.score.outcome != other.score.outcome or dict(one.score.values) != dict(other.score.values)


def _key(scored: Scored) -> Key:
    return scored.case_id, scored.repeat


def _rank(key: Key) -> bytes:
    """The same order for the same cases, and none that the data has."""
    return hashlib.blake2b(f"{key[0]}/{key[1]}".encode(), digest_size=8).digest()
