"""Which models and systems answered, by what the provider says in its replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mmdt.core.score import Scored

MODELS, SYSTEMS = "answering_models", "answering_systems"
"""In ``Estimate.extra``: how many, where more than one answered."""
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Served:
    """How many outputs came from each model (the exact version that the provider names) and from each of its systems
    (``system_fingerprint``). Outputs that do not say it are not counted."""

    models: Mapping[str, int] = field(default_factory=dict)
    systems: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Scored]) -> Served:
        both = Counter((row.model, row.system) for row in rows)
        models: Counter[str] = Counter()
        systems: Counter[str] = Counter()
        for (model, system), number in both.items():
            models[model] += number
            systems[system] += number
        return cls(_named(models), _named(systems))

    @classmethod
    def sum(cls, several: Iterable[Served]) -> Served:
        models: Counter[str] = Counter()
        systems: Counter[str] = Counter()
        for each in several:
            models.update(each.models)
            systems.update(each.systems)
        return cls(_named(models), _named(systems))

    @property
    def extra(self) -> dict[str, float]:
        """What to put beside a number: empty while one model and one system answered."""
        counts = {MODELS: len(self.models), SYSTEMS: len(self.systems)}
        return {name: float(number) for name, number in counts.items() if number > 1}

    def changes(self, run: str) -> Iterator[str]:
        """One sentence if the model changed within the run, and one if its system did."""
        if len(self.models) > 1:
            yield f"the model changed within {run}: answers by {_list(self.models)}"
        if len(self.systems) > 1:
            yield f"the provider's system changed within {run} (system_fingerprint): answers by {_list(self.systems)}"

    def unlike(self, other: Served, one: str, another: str) -> Iterator[str]:
        """One sentence if ``other`` was answered by other models than this, and one for other systems. Where one side
        does not say who answered, nothing is known."""
        if self.models and other.models and self.models.keys() != other.models.keys():
            yield f"the model changed between the runs: {_list(self.models)} ({one}), {_list(other.models)} ({another})"
        if self.systems and other.systems and self.systems.keys() != other.systems.keys():
            yield (
                f"the provider's system changed between the runs (system_fingerprint): {_list(self.systems)} ({one}), "
                f"{_list(other.systems)} ({another})"
            )


def several(extra: Mapping[str, float]) -> dict[str, int]:
    """From the ``extra`` of a number: how many models and systems answered, where it was more than one."""
    return {name: int(extra[name]) for name in (MODELS, SYSTEMS) if name in extra}


def _named(counted: Counter[str]) -> dict[str, int]:
    return {name: number for name, number in sorted(counted.items()) if name}


def _list(counted: Mapping[str, int]) -> str:
    named = sorted(counted, key=lambda name: (-counted[name], name))
    shown = ", ".join(f"{name} ({counted[name]:,})" for name in named[:_SHOWN])
    return shown + (f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else "")
