"""Method: one way to search, a file each; a third party registers one like the built-in ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mmdt import plugins
from mmdt.core.attack import BOTH
from mmdt.core.modality import Modality
from mmdt.errors import UsageError
from mmdt.spelling import verb


@dataclass(frozen=True, slots=True)
class SearchMethod:
    """One way to search.

    ``search(hunt, **parameters)`` asks with :meth:`mmdt.search.hunt.Hunt.ask` until it has nothing more to try; the
    exceptions that end a hunt pass through it. It takes all its randomness from ``hunt.rng``. ``together``: it gets the
    hunts of all behaviours at once, as a list. ``parameters``: their default values, numbers or texts. ``attacker``:
    it asks the attacker. ``source``: the paper it follows.
    """

    name: str
    search: Callable[..., Awaitable[None]]
    about: str
    modalities: frozenset[Modality] = BOTH
    parameters: Mapping[str, Any] = field(default_factory=dict)
    attacker: bool = False
    together: bool = False
    source: str = ""

    def fits(self, modality: Modality) -> bool:
        """Whether it can attack models of this modality."""
        return modality in self.modalities or (modality == "t2t" and self.modalities >= BOTH)

    def with_parameters(self, given: Mapping[str, Any]) -> SearchMethod:
        """The same method with other values. Raises UsageError for a parameter that it does not have, or one of
        another type."""
        for name, value in given.items():
            if name not in self.parameters:
                hint = f"use {', '.join(self.parameters)}" if self.parameters else "it has none"
                raise UsageError(f"the method {self.name!r} has no parameter {name!r}", hint=hint)
            default = self.parameters[name]
            number = isinstance(value, int | float) and not isinstance(value, bool)
            fits = isinstance(value, str) if isinstance(default, str) else number
            if not fits or (isinstance(default, int) and value != int(value)):
                raise UsageError(
                    f"{name} is {value!r}", where=f"method {self.name}", hint=f"give a value such as {default!r}"
                )
            if number and not 0 < value <= 1000:
                raise UsageError(
                    f"{name} is {value!r}", where=f"method {self.name}", hint="use a number from 1 to 1000"
                )
        return replace(self, parameters={**self.parameters, **given})


def method(name: str) -> SearchMethod:
    """The method of that name. Raises UsageError where there is none."""
    found = plugins.find(plugins.SEARCHES, name, "search method")
    if not isinstance(found, SearchMethod):
        hint = "register a mmdt.search.method.SearchMethod"
        raise UsageError(f"the search method {name!r} is a {type(found).__name__}", hint=hint)
    return found if found.name == name else replace(found, name=name)


def methods_for(names: tuple[str, ...], modality: Modality, options: Mapping[str, Any]) -> list[SearchMethod]:
    """The methods by name with their options (``tap.width``), checked.

    Raises UsageError for an unknown or unfit one, for one given twice, and for an option of a method that is not used.
    """
    found = []
    for name in names:
        one = method(name)
        if names.count(name) > 1:
            raise UsageError(f"the method {name!r} is named twice", hint="name each once")
        if not one.fits(modality):
            hint = f"it is for {', '.join(sorted(one.modalities))}; {verb('list searches')} shows the others"
            raise UsageError(f"the method {name!r} is not for {modality}", hint=hint)
        mine = {key.partition(".")[2]: value for key, value in options.items() if key.partition(".")[0] == name}
        found.append(one.with_parameters(mine))
    for key in options:
        if key.partition(".")[0] not in names or "." not in key:
            raise UsageError(f"{key!r} is not an option of a method that is used", hint="write it as tap.width=3")
    return found
