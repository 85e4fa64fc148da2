"""Plan: how many calls a run will make, and an estimate of tokens, cost and time before anything is spent."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mmdt.core.case import Case
from mmdt.core.message import images_of
from mmdt.core.modality import Medium, flow
from mmdt.core.protocols import Model
from mmdt.core.scenario import Probe, Scenario
from mmdt.errors import UsageError
from mmdt.evaluators.known.answers import judges_of, questions_for
from mmdt.evaluators.panel.panel import members_of, rule_of
from mmdt.evaluators.panel.votes import fewest
from mmdt.models.prices import Details, Price, Priced, Tariff
from mmdt.perspectives.shared.asking import asks
from mmdt.runs.planning.needed import Earlier, NeededCell, needed
from mmdt.runs.selection import asked_model
from mmdt.runs.session import Session
from mmdt.runs.shown_pictures import ShownPictures
from mmdt.spelling import option
from mmdt.stats.planning.aims import Aim

CHARACTERS_A_TOKEN = 4.0
"""English text; other languages take more tokens."""
REPLY_TOKENS = {"text": 250, "judge": 60}
"""Typical lengths; a reply's length is the model's choice, so cost is an estimate."""
SECONDS = {"text": 4.0, "image": 15.0, "judge": 2.0}
"""Typical latencies of hosted models."""
PIXELS_A_TOKEN = 750.0
"""Pixels of an input image that cost about one token at the large providers."""
MOST_IMAGE_TOKENS = 1600.0
DRAWN_TOKENS = {"low": 300, "medium": 1100, "high": 4200}
"""Tokens of a generated 1024 x 1024 picture, by the setting ``quality``, where generation is billed by the token. A
model that chooses the quality itself may take the most, and a plan should rather be too high than too low."""
SHOWN_TOKENS = 1400.0
"""Tokens that such a picture takes in the question to a judge."""
JUDGE_PROMPT_TOKENS = 300
ORGANISM_SECONDS = 0.002
RULES_FIRST = ("counter", "matcher", "reader")
"""Roles whose judge reads only what the rules leave open."""


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """The calls of one cell."""

    cell: str
    cases: int
    requests: int


@dataclass(frozen=True, slots=True)
class PlannedModel:
    """What will be sent to one model, the one under test or a judge. ``cost`` is in US dollars: zero for models that
    run here, None where no price is known. ``price``: how it is billed, in words."""

    name: str
    judge: bool
    requests: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    price: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do. ``cost`` is in US dollars, None where no price is known; ``prices``: of each model, with
    their source; ``seconds`` is rough; ``notes``: what is left out, or was named in vain. ``aim``: what the run is for,
    and ``needed``: what each cell needs for it; the counts and the cost are then those of what is needed.

    ``models``: the model under test, then each judge. ``input_tokens`` and ``output_tokens`` are those of the first.
    """

    model: str
    data: str
    cells: tuple[PlannedCell, ...]
    evaluators: Mapping[str, str]
    requests: int
    judge_requests: int
    judge_requests_by_role: Mapping[str, int]
    input_tokens: int
    output_tokens: int
    cost: float | None
    prices: Mapping[str, str]
    seconds: float
    models: tuple[PlannedModel, ...] = ()
    notes: tuple[str, ...] = ()
    judge_requests_by_judge: Mapping[str, int] = field(default_factory=dict)
    aim: Aim | None = None
    needed: tuple[NeededCell, ...] = ()


def make_plan(session: Session) -> Plan:
    """Count every case of the selected data; nothing is asked. Raises DataError as the run would."""
    return _counted(session).plan()


def make_plan_for(aim: Aim, session: Session, earlier: Earlier, expected: float | None = None) -> Plan:
    """What a run for an aim needs: cases and repeats of each cell, by what ``earlier`` runs say, and what these cost.

    ``expected``: the rate of every number where no earlier run tells. Raises DataError as the run would."""
    whole = _counted(session)
    scenarios = session.choice.scenarios
    repeats = {cell: session.settings.repeats or scenarios[cell.rpartition("/")[0]].repeats for cell in whole.cases}
    found = tuple(needed(aim, scenarios, dict(sorted(whole.cases.items())), repeats, earlier, expected))
    if expected is not None and not any(each.assumed and not math.isnan(each.rate) for each in found):
        what = f"{option('expected')} has no effect: no cell's rate is assumed"
        raise UsageError(what, hint="leave it out")
    narrowed = _counted(session, {each.cell: each for each in found})
    return replace(narrowed.plan(), aim=aim, needed=found)


def _counted(session: Session, needed: Mapping[str, NeededCell] | None = None) -> _Counter:
    """All cases, or of each cell as many as are needed."""
    counter = _Counter(session)
    for case in session.cases():
        one = needed.get(str(case.cell)) if needed else None
        if one is None or counter.cases[str(case.cell)] < one.asked:
            counter.add(session.choice.scenarios[case.cell.parent], case, one.repeats if one else None)
    return counter


class _Counter:
    """Counts calls and tokens, case by case."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cases: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.kinds: Counter[Medium] = Counter()
        self.judged: Counter[str] = Counter()
        self.judged_by_role: Counter[str] = Counter()
        self.spared = 0
        self.prompt_tokens = 0.0
        self.shown = ShownPictures()

    def add(self, scenario: Scenario, case: Case, repeats: int | None = None) -> None:
        repeats = repeats or self.session.settings.repeats or scenario.repeats
        self.shown.add(case)
        self.cases[str(case.cell)] += 1
        self.requests[str(case.cell)] += repeats
        self.kinds[flow(scenario.modality).output] += repeats
        self.prompt_tokens += repeats * tokens_of(case)
        for probe in scenario.probes:
            models = self._asked(probe)
            from_pixels = probe.role == "refusal" and flow(scenario.modality).output == "image"
            if models and not from_pixels and asks(probe, case):
                self.judged.update(dict.fromkeys(models, repeats))
                self.judged_by_role[probe.role] += repeats * len(models)
                self.spared += repeats * self._spared(probe, len(models))

    def _asked(self, probe: Probe) -> list[str]:
        """The models that are asked for a probe; all of a panel."""
        members = members_of(self.session.choice.evaluators.get(probe.role, ""))
        return [model for model in map(asked_model, members) if model]

    def _spared(self, probe: Probe, size: int) -> int:
        """The most requests for one output that a panel may not need."""
        name = self.session.choice.evaluators[probe.role]
        rule = rule_of(name)
        return size - fewest(rule, size) if rule and size > 1 else 0

    def plan(self) -> Plan:
        session, info = self.session, self.session.choice.model.info
        asked, judged = sum(self.requests.values()), sum(self.judged.values())
        in_flight = session.settings.concurrency or info.concurrency
        models = tuple(self._models())
        costs = [each.cost for each in models]
        waiting = sum(SECONDS[kind] * count for kind, count in self.kinds.items()) + SECONDS["judge"] * judged
        return Plan(
            model=info.name,
            data=session.choice.data.named,
            cells=tuple(PlannedCell(name, self.cases[name], count) for name, count in sorted(self.requests.items())),
            evaluators=session.choice.evaluators,
            requests=asked,
            judge_requests=judged,
            judge_requests_by_role=dict(sorted(self.judged_by_role.items())),
            judge_requests_by_judge=dict(self.judged),
            input_tokens=round(self.prompt_tokens),
            output_tokens=self._reply_tokens(),
            cost=None if None in costs else sum(each for each in costs if each is not None),
            prices=session.prices(),
            seconds=ORGANISM_SECONDS * asked if info.organism else max(waiting / max(in_flight, 1), self._one_case()),
            models=models,
            notes=(*session.choice.notes, *self.shown.notes(), *self.session.repeats(), *self._bounds()),
        )

    def _bounds(self) -> tuple[str, ...]:
        """What is said of roles whose judge is asked about some of the replies only."""
        roles = [role for role in RULES_FIRST if self.judged_by_role[role]]
        why = "asked only about replies that rules cannot read, so that there may be fewer requests"
        panel = f"panel: {self.spared:,} of the requests to judges are spared where the first judges agree."
        known = (
            f"known answers: {self._known():,} more requests to judges come first ({option('known_answers', 0)}: none)."
        )
        most = f"{option('until')}: at most this, since each cell stops once it is known."
        notes = (
            (roles, f"{', '.join(roles)}: {why}."),
            (self.spared, panel),
            (self._known(), known),
            (self.session.settings.until, most),
        )
        return tuple(note for there, note in notes if there)

    def _known(self) -> int:
        """Requests for the known-answer set."""
        settings, evaluators = self.session.settings, self.session.connections.evaluators
        if settings.batches_judges:
            return 0
        return sum(len(questions_for(role, each, settings.known_answers)) for role, each in judges_of(evaluators))

    def _one_case(self) -> float:
        """Seconds for a single case, however many are asked at once."""
        return max(SECONDS[kind] for kind in self.kinds) + (SECONDS["judge"] if self.judged else 0.0)

    def _own_price(self) -> Price | None:
        return _price(self.session.choice.model, batch=self.session.settings.batches_model)

    def _reply_tokens(self) -> int:
        """Tokens of all replies; pictures count where they are billed by the token."""
        return REPLY_TOKENS["text"] * self.kinds["text"] + self._drawn_tokens()

    def _drawn_tokens(self) -> int:
        price, quality = self._own_price(), str(self.session.settings.for_model().get("quality", ""))
        if price is None or price.image or not (price.output_image or price.output):
            return 0
        return DRAWN_TOKENS.get(quality, max(DRAWN_TOKENS.values())) * self.kinds["image"]

    def _models(self) -> Iterator[PlannedModel]:
        """The model under test, then the judges."""
        session, asked = self.session, sum(self.requests.values())
        tokens, replies = round(self.prompt_tokens), self._reply_tokens()
        drawn = Details(output_image=self._drawn_tokens())
        model, price = session.choice.model, self._own_price()
        cost = 0.0 if _is_free(model) else None
        if cost is None and price:
            cost = price.estimate(asked, tokens, replies, self.kinds["image"], drawn)
        words = _price_words(model, batch=session.settings.batches_model)
        yield PlannedModel(model.info.name, False, asked, tokens, replies, cost, words)
        shown = SHOWN_TOKENS * self.kinds["image"] / max(asked, 1)
        endpoints = session.connections.context.endpoints
        for judge, count in self.judged.items():
            yield self._judge(endpoints[judge].model, count, shown + self.prompt_tokens / max(asked, 1))

    def _judge(self, model: Model, count: int, seen: float) -> PlannedModel:
        """``seen``: tokens of the prompt and the pictures of an output that it judges."""
        batch = self.session.settings.batches_judges
        price = _price(model, batch=batch)
        tokens = round(count * (JUDGE_PROMPT_TOKENS + REPLY_TOKENS["text"] + seen))
        replies = REPLY_TOKENS["judge"] * count
        cost = 0.0 if _is_free(model) else price.estimate(count, tokens, replies) if price else None
        return PlannedModel(model.info.name, True, count, tokens, replies, cost, _price_words(model, batch=batch))


def _is_free(model: Model) -> bool:
    """Whether nobody sends a bill: organisms, and models whose weights run here."""
    return model.info.organism or not isinstance(model, Priced)


def _price_words(model: Model, *, batch: bool) -> str:
    if _is_free(model):
        return "runs here"
    tariff: Tariff | None = getattr(model, "tariff", None)
    if tariff is None or not tariff.known:
        return "price unknown"
    return str(tariff.batches() if batch else tariff)


def _price(model: Any, *, batch: bool) -> Price | None:
    """The price of what a model is asked, None if it is unknown."""
    tariff = getattr(model, "tariff", None)
    if not isinstance(tariff, Tariff):
        return None
    return (tariff.batches() if batch else tariff).price()


def tokens_of(case: Case) -> float:
    """Approximate tokens of what a case sends: the text and pictures of all its messages."""
    sent = case.conversation
    pictures = sum(min(image.width * image.height / PIXELS_A_TOKEN, MOST_IMAGE_TOKENS) for image in images_of(sent))
    return sum(len(each.text) for each in sent) / CHARACTERS_A_TOKEN + pictures
