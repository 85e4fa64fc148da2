"""Used: the sealed splits among the data of a run, each checked before anything is asked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mmdt.data.splits.check import check_split, is_sealed
from mmdt.data.splits.proof import check_proof, is_proof
from mmdt.errors import DataError


def commitments(places: Iterable[str]) -> dict[str, str]:
    """Place -> root of its commitment, for the folders of data that are sealed (or hold a revealed case).

    Raises DataError where a split is no longer what was sealed: a run would record a commitment to other cases.
    """
    found = {}
    for place in places:
        path = Path(place).expanduser()
        folder = path.parent if path.is_file() else path
        if is_proof(folder):
            proof, problems = check_proof(folder)
            root = proof.root
        elif is_sealed(folder):
            sealed, problems = check_split(folder)
            root = sealed.root
        else:
            continue
        if problems:
            hint = "restore what was sealed, or remove its folder 'seal' to ask other cases"
            raise DataError(f"the split is not what was sealed: {problems[0]}", where=str(folder), hint=hint)
        found[place] = root
    return found
