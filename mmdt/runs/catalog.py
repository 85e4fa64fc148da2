"""What can be named in a run, from cells to export formats, each with one line about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mmdt import plugins
from mmdt.benchmarks import catalog as benchmarks
from mmdt.benchmarks.declaration import Declaration, describe_facts
from mmdt.core.cell import Cell, Selection
from mmdt.report.frameworks.framework import packaged
from mmdt.report.references import Reference, references
from mmdt.runs.selection import known_scenarios

if TYPE_CHECKING:
    from mmdt.evaluators.judge.prompt import PromptTemplate


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A name as it is written in a command, and what it is."""

    name: str
    about: str


def list_cells(*globs: str) -> list[CatalogEntry]:
    """The cells that the globs select; all without any."""
    benchmarks.use_named(globs)
    selection = _selection(globs)
    return [
        CatalogEntry(str(cell), scenario.title)
        for scenario in known_scenarios(globs).values()
        for cell in scenario.cells
        if (cell.task == "*" and selection.may_match(scenario.address, None)) or selection.matches(cell)
    ]


def list_models() -> list[CatalogEntry]:
    """The model runtimes."""
    names = plugins.names(plugins.MODELS)
    return [CatalogEntry(f"{name}/...", plugins.describe(plugins.MODELS, name)) for name in names]


def list_evaluators() -> list[CatalogEntry]:
    """The evaluators, as ``role=name``."""
    names = plugins.names(plugins.EVALUATORS)
    return [CatalogEntry(name.replace(".", "=", 1), plugins.describe(plugins.EVALUATORS, name)) for name in names]


def list_attacks() -> list[CatalogEntry]:
    """The attacks."""
    return [CatalogEntry(name, plugins.describe(plugins.ATTACKS, name)) for name in plugins.attacks()]


def list_searches() -> list[CatalogEntry]:
    """The methods that search for attacks."""
    names = plugins.names(plugins.SEARCHES)
    return [CatalogEntry(name, plugins.describe(plugins.SEARCHES, name)) for name in names]


def list_judge_prompts() -> list[CatalogEntry]:
    """The prompts of judges, with the fields that a question must give."""
    from mmdt.evaluators.judge.prompt import load

    loaded = (load(name) for name in plugins.names(plugins.JUDGE_PROMPTS))
    return [CatalogEntry(each.id, _about_prompt(each)) for each in loaded]


def _about_prompt(template: PromptTemplate) -> str:
    fields = ", ".join(sorted(template.fields))
    return f"{template.answer.name}, edition {template.edition}" + (f"; fields: {fields}" if fields else "")


def list_exports() -> list[CatalogEntry]:
    """The formats of ``export``."""
    return [CatalogEntry(name, plugins.describe(plugins.EXPORTS, name)) for name in plugins.names(plugins.EXPORTS)]


def list_data(*globs: str) -> list[CatalogEntry]:
    """Where the cases of each scenario come from."""
    benchmarks.use_named(globs)
    selection = _selection(globs)
    found: list[CatalogEntry] = []
    for scenario in known_scenarios(globs).values():
        if not selection.may_match(scenario.address, scenario.tasks):
            continue
        sources = [f"hub {each.repo.partition('|')[0]} ({each.config}, {each.split})" for each in scenario.published]
        sources += ["embedded"] if scenario.embedded else []
        if scenario.origin is not None:
            sources = [benchmarks.declaration(scenario.perspective).needs or "your own copy"]
        found.append(CatalogEntry(scenario.address, "; ".join(sources) or "your own files only"))
    return found


@dataclass(frozen=True, slots=True)
class BenchmarkEntry:
    """A named benchmark. Facts that no stored page shows are ``unverified`` or ``unpinned``; ``proven``: a stand-in in
    the original layout runs in mmdt's tests."""

    name: str
    title: str
    about: str
    scenarios: tuple[str, ...]
    paper: str
    home: str
    license: str
    size: str
    revision: str
    columns: str
    gated: bool
    needs: str
    proven: bool
    seen: tuple[str, ...]


def list_benchmarks(*given: str) -> list[BenchmarkEntry]:
    """The named benchmarks; those of these names or files, if any are given."""
    names = [benchmarks.use(each) for each in given] or benchmarks.names()
    return [_benchmark(benchmarks.declaration(name)) for name in names]


def _benchmark(found: Declaration) -> BenchmarkEntry:
    facts = describe_facts(found)
    return BenchmarkEntry(
        name=found.name,
        title=found.title,
        about=found.about,
        scenarios=tuple(f"{found.name}/{each.modality}/{each.name}" for each in found.scenario),
        paper=found.paper,
        home=found.home,
        license=facts["license"],
        size=facts["size"],
        revision=facts["revision"],
        columns=facts["columns"],
        gated=found.gated,
        needs=found.needs,
        proven=found.proven,
        seen=tuple(f"{', '.join(each.what)}: {each.at}, {each.date}" for each in found.seen),
    )


def list_frameworks() -> list[CatalogEntry]:
    """The risk frameworks that ``mmdt report --framework`` maps runs to."""
    return [CatalogEntry(name, f"{each.title}, {each.version}: {each.source}") for name, each in packaged().items()]


def list_references(*globs: str) -> tuple[Reference, ...]:
    """The reference numbers at the addresses that the globs select; all without any."""
    selection = _selection(globs)
    return tuple(each for each in references() if not globs or _selects(selection, each.address))


def _selects(selection: Selection, address: str) -> bool:
    parts = address.split("/")
    if len(parts) == 4:
        return selection.matches(Cell.parse(address))
    return selection.may_match(address, None)


def _selection(globs: Sequence[str]) -> Selection:
    return Selection.of(globs or ("**",))
