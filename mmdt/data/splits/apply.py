"""Apply attacks to rows: each row, harder in each of several ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmdt.attacks.cases import NothingChangedError, attack_case, make_attempt, make_case, resolve
from mmdt.attacks.save import discard, save_cases
from mmdt.core.attack import Attack
from mmdt.core.behaviour import Behaviour
from mmdt.core.case import Case
from mmdt.core.modality import Modality
from mmdt.data.splits.rows import read_rows
from mmdt.errors import UsageError
from mmdt.spelling import verb

Chain = tuple[Attack, ...]


@dataclass(slots=True)
class Applied:
    """``made``: how many cases, by chain; ``left_out``: rows that a chain cannot be applied to, by chain and reason."""

    made: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)


def chains_of(methods: Sequence[str], parameters: Mapping[str, Any]) -> list[Chain]:
    """The chains of these texts (``typography+role-play``) with parameters: ``severity`` for every attack that has it,
    ``pixelate.severity`` for one.

    Raises UsageError for an unknown attack, and for a parameter that none of them has.
    """
    chains = [resolve(each) for each in methods]
    used: set[str] = set()
    found = [tuple(_set(attack, parameters, used) for attack in chain) for chain in chains]
    for name in parameters:
        if name not in used:
            there = sorted({f"{one.name}.{key}" for chain in chains for one in chain for key in one.parameters})
            hint = f"use {', '.join(there)}" if there else "they have no parameters"
            raise UsageError(f"none of these attacks has the parameter {name!r}", hint=hint)
    return found


def _set(attack: Attack, parameters: Mapping[str, Any], used: set[str]) -> Attack:
    named = {}
    for name, value in parameters.items():
        key = name.removeprefix(f"{attack.name}.")
        if key in attack.parameters and name in (key, f"{attack.name}.{key}"):
            named[key] = tuple(value) if isinstance(value, list) else value
            used.add(name)
    return attack.with_parameters(**named)


def name_of(chain: Chain) -> str:
    """The chain as it is written."""
    return "+".join(attack.name for attack in chain) or "plain"


def harder(
    rows: Iterable[Case | Behaviour], chains: Sequence[Chain], modality: Modality, seeds: Sequence[int], told: Applied
) -> Iterator[Case]:
    """Each row by each chain with each seed, streamed; ``told`` counts. A behaviour becomes a request of that modality,
    a case keeps its own. Rows that a chain cannot be applied to are left out and counted with the reason; so are those
    that it leaves as they are with every seed."""
    for row in rows:
        for chain in chains:
            made, why = 0, ""
            for seed in seeds:
                try:
                    case = _made(row, chain, modality, seed)
                except NothingChangedError as error:  # another seed may draw a change
                    why = error.what
                    continue
                except UsageError as error:
                    why = error.what
                    break
                made += 1
                yield case
            if made:
                told.made[name_of(chain)] += made
            if why and not made:
                told.left_out[name_of(chain), why] += 1


def apply_attacks(
    *methods: str,
    data: str | Path,
    out: str | Path,
    modality: Modality = "i2t",
    parameters: Mapping[str, Any] | None = None,
    seed: int = 0,
    samples: int = 1,
) -> Applied:
    """Make each row of ``data`` (cases or behaviours) harder by each of the ``methods`` (``typography+role-play``), and
    write the cases into the new folder ``out``, which ``--data`` reads.

    ``parameters``: ``{"severity": 4}`` for every attack that has it, ``{"fog.severity": 4}`` for one. ``samples``:
    cases of each row, with seeds from ``seed`` on. Raises UsageError for an unknown method or parameter and where no
    row can be attacked, DataError for a bad row or a folder that has cases already; nothing is left in the folder then.
    """
    chains, told = chains_of(methods, parameters or {}), Applied()
    path = save_cases(harder(read_rows(Path(data)), chains, modality, range(seed, seed + samples), told), out)
    if not told.made:
        discard(path)
        (chain, why), _ = told.left_out.most_common(1)[0]
        hint = f"{verb('list attacks')} shows what each is for"
        raise UsageError(f"{chain} cannot be applied to any row: {why}", where=str(data), hint=hint)
    return told


def _made(row: Case | Behaviour, chain: Chain, modality: Modality, seed: int) -> Case:
    if isinstance(row, Case):
        return attack_case(row, chain, seed=seed, strict=True)
    return make_case(make_attempt(row, modality, chain, seed=seed, strict=True))
