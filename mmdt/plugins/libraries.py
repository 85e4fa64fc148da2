"""The libraries that mmdt and the packages that extend it are made of, from the metadata of what is installed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, requires

from mmdt.plugins import registry

PROJECT = "mmdt"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"^Version:[ \t]*(\S+)", re.MULTILINE | re.IGNORECASE)
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


@cache
def requirements() -> dict[str, tuple[str, ...]]:
    """Extra -> the libraries that it adds; "" for those that every run needs."""
    found: dict[str, list[str]] = {"": []}
    for line in requires(PROJECT) or ():
        name, extra = _NAME.match(line), _EXTRA.search(line)
        libraries = found.setdefault(extra[1] if extra else "", [])
        if name and name[0] != PROJECT and name[0] not in libraries:
            libraries.append(name[0])
    return {extra: tuple(libraries) for extra, libraries in found.items()}


def extras() -> dict[str, tuple[str, ...]]:
    """Extra -> the libraries that it adds, sorted by name, without extras that only bundle others (``all``)."""
    named = {name: libraries for name, libraries in sorted(requirements().items()) if name and libraries}
    return {name: libraries for name, libraries in named.items() if not _bundles(libraries, named.values())}


def _bundles(libraries: tuple[str, ...], others: Iterable[tuple[str, ...]]) -> bool:
    """Whether they are those of several other extras together."""
    parts = [set(each) for each in others if set(each) < set(libraries)]
    return len(parts) > 1 and set(libraries) == set().union(*parts)


def installed(library: str) -> str:
    """The version that is installed; empty if none is."""
    try:
        found = distribution(library)
    except PackageNotFoundError:
        return ""
    # The header is searched as text: the standard library parses the whole file, with the project's README, as a mail.
    headers = (found.read_text("METADATA") or "").partition("\n\n")[0]
    stated = _VERSION.search(headers)
    return stated[1] if stated else found.version


def versions() -> dict[str, str]:
    """The versions of mmdt, of its libraries, and of the packages that extend it, as far as they are installed."""
    libraries = (name for extra in requirements().values() for name in extra)
    found = {name: installed(name) for name in dict.fromkeys((PROJECT, *libraries, *registry.packages()))}
    return {name: number for name, number in found.items() if number}
