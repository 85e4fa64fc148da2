"""Scenario: a declaration of what to ask, what to look for, how to score it and which numbers result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from mmdt.core.case import Case
from mmdt.core.cell import ANY_TASK, Cell
from mmdt.core.estimate import Direction, Estimate
from mmdt.core.modality import Modality
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.problem import Check, unchecked
from mmdt.core.score import Score, Scored
from mmdt.core.trade_off import TradeOff
from mmdt.errors import DataError, UsageError


class Row(Protocol):
    """A row of published data: typed, checked access by column.

    Every method raises DataError naming dataset, configuration, split, row and column when the
    column is absent or of another type; ``has`` says whether a column is present and not empty.
    """

    def has(self, column: str) -> bool: ...
    def text(self, column: str) -> str: ...
    def number(self, column: str) -> float: ...
    def literal(self, column: str) -> Any:
        """A Python literal kept in a string, or a value that is one already; parsed safely, never evaluated."""
        ...

    def image(self, column: str) -> Any: ...
    def images(self, column: str) -> Any: ...
    def raw(self, column: str) -> Any: ...
    def error(self, column: str, what: str) -> Exception:
        """A DataError about this row, to be raised."""
        ...


@dataclass(frozen=True, slots=True)
class Labels:
    """A table of labels that rows may be without: a CSV beside the data, or one that the user names.

    ``key`` gives the number of a row; ``key_columns`` and ``columns`` the names that the table's columns may have;
    ``files`` the names under which it is looked for in the repository of the data.
    """

    key: Callable[[Row], str]
    key_columns: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Columns that rows take from those of another split of the configuration, under names of their own.

    ``key`` says which rows belong together; a row whose key is empty takes nothing. ``columns``: name -> column there.
    """

    split: str
    key: Callable[[Row], str]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Published:
    """Where a scenario's cases are in the published data, and how a row becomes a case.

    ``repo`` and ``split`` may name alternatives (``stereotype|social_stereotype``): the first one found is read.
    ``case`` returns None for a row that belongs to another scenario of the same split. ``together`` gives a key:
    rows with the same key (not empty) become one row that has the ``images`` of all of them. ``labels``: where the
    labels are that rows may be without. ``beside``: what rows take from another split.
    """

    repo: str
    config: str
    split: str
    case: Callable[[Row], Case | Iterable[Case] | None]
    together: Callable[[Row], str] | None = None
    labels: Labels | None = None
    beside: Beside | None = None


class CaseSource(Protocol):
    """Yields the cases of scenarios.

    A bad row raises DataError, unless ``bad`` is given: then it is skipped and ``bad`` gets the error.
    """

    def cases(self, scenarios: Sequence[Scenario], bad: Callable[[DataError], None] | None) -> Iterator[Case]: ...

    def fingerprint(self, scenarios: Iterable[Scenario]) -> str: ...


class Origin(Protocol):
    """Where the cases of a scenario come from, where it has data of its own (a named benchmark).

    ``places``: what the user named as data (``hub``, ``embedded``, paths); ``images``: folders of pictures that rows
    name. Raises UsageError or DataError where the data is in none of the places.
    """

    def open(self, places: Sequence[str], images: Sequence[str], revision: str | None) -> CaseSource: ...

    def offered(self, places: Sequence[str]) -> frozenset[str]:
        """The addresses of the scenarios whose data is there."""
        ...


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to observe in every answered output.

    ``name`` is the key under which the score function finds the observation; ``role`` the kind of evaluator
    (``judge``, ``refusal``, ``detector``, ``ocr``, ``similarity``...), which the user's settings map to an
    evaluator; ``question`` returns what to look for, as JSON values, or None if this output needs no look.
    ``optional``: used only if the user names an evaluator for the role.
    """

    name: str
    role: str
    question: Callable[[Case, Output], Mapping[str, Any] | None]
    optional: bool = False


Observations = Mapping[str, Observation]
"""By probe name."""
ScoreFunction = Callable[[Case, Output, Observations], Score]
"""Pure; called for answered and refused outputs (a failed one is missing without being scored)."""


OfCase = Callable[[Case], Mapping[str, float]]
"""Components that follow from a case alone, such as its guess rate."""


def no_components(case: Case) -> Mapping[str, float]:
    """Nothing follows from the case alone."""
    return {}


@dataclass(frozen=True, slots=True)
class Sample:
    """The scored outputs of one cell or scenario, from which a metric is computed.

    ``baseline`` holds the scored outputs of the scenario's baseline (the clean cases), for paired metrics.
    """

    rows: Sequence[Scored]
    baseline: Sequence[Scored] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A named number computed from a sample. ``percent``: shown as a percentage.

    ``components``: those of the score that it reads, so that a scenario can check that it has them; empty where it does
    not say. ``widest``: a number whose 95 % interval is wider than this is marked with ``extra["too_few"]``.
    ``optional``: left out where no output has any of the components, because nothing was asked to look for them.
    ``bounds``: the least and greatest value that the first component can take, None where there is no limit.
    ``benign``: whether it is about benign cases alone (True), about all others (False), or about both.
    ``needs``: an optional metric is left out where no output has this component, even if some have the others.
    ``weighted``: whether its estimate weights the outputs of a sample; one that does not says so beside its value.
    """

    name: str
    title: str
    direction: Direction
    estimate: Callable[[Sample], Estimate]
    percent: bool = True
    components: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None
    widest: float | None = None
    optional: bool = False
    benign: bool | None = None
    weighted: bool = True
    needs: str = ""


Rollup = Literal["pool", "mean"]
"""A scenario's number: over all its outputs (pool), or the mean of its tasks' numbers (mean)."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What to ask, what to look for, how to score it, which numbers result.

    ``tasks`` is None where the tasks (such as harm categories) come from the data. ``embedded`` makes cases
    from a seed and a number of cases a task; ``baseline`` names the scenario that holds the matched clean cases.
    ``weights``: weights of tasks in a mean over tasks, 1 by default. ``check`` is applied to every case when it is
    loaded: a case that cannot be scored is a bad row, reported before anything is asked.

    ``origin``: where its cases come from, if not from the data of MMDT, its generator or the user's own files.

    ``components``: every component that ``score`` may write. By default those that the metrics read, if each of them
    says so. A metric that reads another one is an error here; an output whose score has another one is missing, and the
    run is incomplete.

    ``looks``: the component that says what a model got from the picture. A scenario with it has a control arm, in which
    the same questions come without the picture; empty where there is none.

    ``of_case``: the components that follow from the case alone. An output that failed has them too, so that metrics
    which are not about its case do not count it as missing.
    """

    perspective: str
    modality: Modality
    name: str
    title: str
    tasks: tuple[str, ...] | None
    score: ScoreFunction
    metrics: tuple[Metric, ...]
    headline: str
    probes: tuple[Probe, ...] = ()
    published: tuple[Published, ...] = ()
    embedded: Callable[[int, int], Iterable[Case]] | None = None
    repeats: int = 1
    rollup: Rollup = "pool"
    weights: Mapping[str, float] = field(default_factory=dict)
    baseline: str = ""
    about: str = ""
    check: Check = unchecked
    components: tuple[str, ...] = ()
    origin: Origin | None = None
    looks: str = ""
    of_case: OfCase = no_components

    def __post_init__(self) -> None:
        if not self.components and all(metric.components for metric in self.metrics):
            read = dict.fromkeys(name for metric in self.metrics for name in metric.components)
            object.__setattr__(self, "components", tuple(read))
        self._check_components()
        if self.headline not in {metric.name for metric in self.metrics}:
            raise UsageError(
                f"the headline {self.headline!r} is not one of the metrics",
                where=self.address,
                hint=f"use one of: {', '.join(metric.name for metric in self.metrics)}",
            )

    def _check_components(self) -> None:
        """Raises UsageError for a metric that reads a component which the scenario does not declare."""
        for metric in self.metrics if self.components else ():
            for name in metric.components:
                if name not in self.components:
                    raise UsageError(
                        f"the metric {metric.name!r} reads the component {name!r}, which the score does not write",
                        where=self.address,
                        hint=f"the scenario declares: {', '.join(self.components)}",
                    )

    @property
    def address(self) -> str:
        """``perspective/modality/scenario``."""
        return f"{self.perspective}/{self.modality}/{self.name}"

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells it declares; one with the task ``*`` if the data decides."""
        return tuple(self.cell(task) for task in self.tasks or (ANY_TASK,))

    def cell(self, task: str) -> Cell:
        return Cell(self.perspective, self.modality, self.name, task)


@dataclass(frozen=True, slots=True)
class Summary:
    """A number above the scenarios: the mean of what ``of`` names (scenario addresses or other summaries).

    Equal weights unless ``weights`` gives one for each name. ``headline``: shown first on the scorecard. ``quantity``:
    what it measures, in a word or two ("Accuracy"), where the metric's own title says less or more. ``ranges``: say how
    far the scenarios below it differ, and how far their mean depends on any one of them.
    ``of_present``: the mean of those parts that have the metric; otherwise a part without outputs leaves no value.
    """

    name: str
    title: str
    metric: str
    of: tuple[str, ...]
    weights: tuple[float, ...] = ()
    headline: bool = True
    of_present: bool = False
    quantity: str = ""
    ranges: bool = False


@dataclass(frozen=True, slots=True)
class Contrast:
    """The same requests put in two ways: the mean difference of ``component``, the first scenario minus the second,
    paired by the behaviour that the targets name (``group`` where the data has one). Shown below the summaries."""

    name: str
    title: str
    component: str
    metric: str
    of: tuple[str, str]
    direction: Direction = "lower"


@dataclass(frozen=True, slots=True)
class Perspective:
    """One of the six perspectives: its scenarios, the summaries above them, and which numbers trade off.

    ``benchmark``: it is a named benchmark and none of the six. Globs such as ``**`` leave it out; it must be named.

    ``roles``: the default evaluator of each role (role -> evaluator name); ``organism_roles``: the one used instead
    when the model is an organism."""

    name: str
    title: str
    scenarios: tuple[Scenario, ...]
    summaries: tuple[Summary, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    organism_roles: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    trade_offs: tuple[TradeOff, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    benchmark: bool = False
