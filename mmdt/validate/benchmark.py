"""The first cases of a benchmark as a model will see them, for somebody who writes a declaration."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from mmdt import plugins
from mmdt.benchmarks import catalog
from mmdt.core.case import Case
from mmdt.core.cell import Selection
from mmdt.core.message import ImagePart, Text
from mmdt.data.load import HUB, DataOptions, load_all
from mmdt.disk.whole import write_whole
from mmdt.errors import UsageError
from mmdt.spelling import option

FIRST = 5
"""Cases of each scenario that are shown, unless the user asks for more."""
_STYLE = (
    "body{font:16px/1.4 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "article{border:1px solid #999;border-radius:6px;margin:1rem 0;padding:1rem}img{max-width:20rem;max-height:20rem}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}"
)


@dataclass(frozen=True, slots=True)
class ScenarioCases:
    """A scenario, its first cases, and what is wrong with its data, if anything."""

    address: str
    title: str
    headline: str
    cases: tuple[Case, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BenchmarkCheck:
    """What a declaration gives: its name and, for each scenario, the first cases."""

    name: str
    scenarios: tuple[ScenarioCases, ...]

    @property
    def good(self) -> bool:
        """Whether every scenario has cases."""
        return all(each.cases and not each.problem for each in self.scenarios)


def check_benchmark(
    benchmark: str, *, data: Sequence[str] = (HUB,), images: Sequence[str] = (), first: int = FIRST
) -> BenchmarkCheck:
    """The first cases of each scenario of a benchmark: a name, or the path of a TOML file.

    Data of one's own file is looked for beside it unless ``data`` names another place. Raises UsageError for a
    declaration that cannot be used.
    """
    if first < 1:
        raise UsageError(f"{first} cases cannot be shown", hint="show at least one")
    name = catalog.use(benchmark)
    options = DataOptions(tuple(data) or HUB, images=tuple(images))
    found = []
    for scenario in plugins.scenarios().values():
        if scenario.perspective != name:
            continue
        cases: list[Case] = []
        problem = ""
        try:
            for case in islice(load_all([scenario], Selection(), options), first):
                cases.append(case)
        except UsageError:
            raise
        except Exception as error:
            problem = str(error)
        found.append(ScenarioCases(scenario.address, scenario.title, scenario.headline, tuple(cases), problem))
    return BenchmarkCheck(name, tuple(found))


def as_text(check: BenchmarkCheck) -> str:
    """The cases for a terminal."""
    lines: list[str] = []
    for each in check.scenarios:
        lines += [f"{each.address}  {each.title} (headline: {each.headline})", ""]
        for case in each.cases:
            lines += [f"  {case.cell.task}" + (f"  id {case.name}" if case.name else "")]
            lines += [f"    {role}: {text}" for role, text in _shown(case)]
            lines += [f"    target: {_target(case)}", ""]
        if each.problem:
            lines += [f"  problem: {each.problem}", ""]
    return "\n".join(lines).rstrip()


def as_page(check: BenchmarkCheck) -> str:
    """The cases with their pictures, as one HTML page without scripts."""
    parts: list[str] = []
    for each in check.scenarios:
        parts.append(f"<h2>{html.escape(each.address)}</h2><p>{html.escape(each.title)}</p>")
        if each.problem:
            parts.append(f"<p><strong>Problem:</strong> {html.escape(each.problem)}</p>")
        parts += [_article(case) for case in each.cases]
    title = html.escape(check.name)
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{_STYLE}</style>'
        f"<h1>{title}: the first cases</h1>{''.join(parts)}</html>"
    )


def write_page(check: BenchmarkCheck, path: Path) -> Path:
    """Write the page. Raises UsageError where it cannot be written."""
    try:
        write_whole(path, as_page(check).encode(), private=False)
    except OSError as error:
        raise UsageError(
            "the page cannot be written", where=f"{path}: {error.strerror}", hint=f"choose another {option('out')}"
        ) from error
    return path


def _shown(case: Case) -> list[tuple[str, str]]:
    """(role, text) of what is sent; a picture as its type and size."""
    return [(message.role, _part(part)) for message in case.conversation for part in message.parts]


def _part(part: Text | ImagePart) -> str:
    if isinstance(part, Text):
        return part.text
    return f"[{part.image.media_type}, {part.image.width} x {part.image.height}]"


def _target(case: Case) -> str:
    text = msgspec.json.encode(dict(case.target)).decode()
    return text if len(text) <= 400 else f"{text[:400]}..."


def _article(case: Case) -> str:
    said = [f"<h3>{html.escape(case.cell.task)} {html.escape(case.name)}</h3>"]
    for message in case.conversation:
        for part in message.parts:
            if isinstance(part, Text):
                said.append(f"<p><em>{html.escape(message.role)}</em></p><pre>{html.escape(part.text)}</pre>")
            else:
                data = base64.b64encode(part.image.read()).decode()
                said.append(f'<img alt="picture" src="data:{part.image.media_type};base64,{data}">')
    return f"<article>{''.join(said)}<pre>{html.escape(_target(case))}</pre></article>"
