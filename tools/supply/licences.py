"""The licence of every library in an environment, from the metadata that it was installed with. Needs no network."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

REFUSED = re.compile(r"\b(AGPL|Affero|SSPL|BUSL|Commons Clause|(?<!L)GPL(?!-?compatible)|GNU General Public)", re.I)
"""Licences that reach what uses them, or forbid uses. The lesser GPL (LGPL) is not among them."""
ACCEPTED = {
    "num2words": "LGPL: used as it is, unchanged, by the optional extra hf",
}
"""Libraries whose licence was looked at, and why it will do."""
_CLASSIFIER = "License :: "


@dataclass(frozen=True, slots=True)
class Licence:
    """A library, its version, and its licence in words; empty if its metadata name none."""

    name: str
    version: str
    licence: str

    @property
    def problem(self) -> str:
        """Why it may not be shipped with; empty if it may."""
        if self.name.lower() in ACCEPTED:
            return ""
        if not self.licence:
            return "names no licence"
        alternatives = re.split(r"\bOR\b|;", self.licence)
        return f"is under {self.licence}" if all(REFUSED.search(each) for each in alternatives) else ""


def licences(folder: Path | None = None) -> list[Licence]:
    """Of everything installed in ``folder`` (a site-packages; by default, this interpreter's), by name."""
    found = {each.metadata["Name"]: each for each in distributions(path=[str(folder)] if folder else sys.path)}
    known = (Licence(name, each.version, _licence(each)) for name, each in found.items() if name)
    return sorted(known, key=lambda each: each.name.lower())


def _licence(library: Distribution) -> str:
    named = library.metadata["License-Expression"]
    classified = [
        text.removeprefix(_CLASSIFIER).rpartition(" :: ")[2]
        for text in library.metadata.get_all("Classifier") or []
        if text.startswith(_CLASSIFIER)
    ]
    text = library.metadata["License"] or ""
    short = text.strip().splitlines()[0][:80] if text.strip() else ""
    return named or " OR ".join(each for each in classified if each != "OSI Approved") or short or _file(library)


def _file(library: Distribution) -> str:
    """The first words of the licence file, where the metadata say nothing."""
    for path in library.files or ():
        if re.match(r"(LICEN[CS]E|COPYING)", path.name, re.I) and (text := _text(path.locate())):
            return text
    return ""


def _text(path: object) -> str:
    try:
        return next((line.strip()[:80] for line in Path(str(path)).read_text("utf-8").splitlines() if line.strip()), "")
    except (OSError, UnicodeDecodeError):
        return ""


def lines(found: list[Licence]) -> Iterator[str]:
    """A table in Markdown."""
    yield from ("| library | version | licence |", "|---|---|---|")
    yield from (f"| {each.name} | {each.version} | {each.licence.replace('|', '/')} |" for each in found)
