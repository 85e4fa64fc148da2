"""Plan: how many calls a run will make, and an estimate of tokens, cost and time before anything is spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.image import Image
from mmdt.core.message import images_of
from mmdt.core.modality import Medium, flow
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Probe, Scenario
from mmdt.models.prices import Details, Price, Tariff
from mmdt.runs.selection import CHAT
from mmdt.runs.session import Session
from mmdt.runs.shown_pictures import ShownPictures

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
class Plan:
    """What a run will do. ``cost`` is in US dollars, None where no price is known; ``prices``: of each model, with
    their source; ``seconds`` is rough; ``notes``: what is left out, or was named in vain."""

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
    notes: tuple[str, ...] = ()


def make_plan(session: Session) -> Plan:
    """Count every case of the selected data; nothing is asked. Raises DataError as the run would."""
    counter = _Counter(session)
    for case in session.cases():
        counter.add(session.choice.scenarios[case.cell.parent], case)
    return counter.plan()


class _Counter:
    """Counts calls and tokens, case by case."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cases: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.kinds: Counter[Medium] = Counter()
        self.judged: Counter[str] = Counter()
        self.judged_by_role: Counter[str] = Counter()
        self.prompt_tokens = 0.0
        self.shown = ShownPictures()

    def add(self, scenario: Scenario, case: Case) -> None:
        repeats = self.session.settings.repeats or scenario.repeats
        self.shown.add(case)
        self.cases[str(case.cell)] += 1
        self.requests[str(case.cell)] += repeats
        self.kinds[flow(scenario.modality).output] += repeats
        self.prompt_tokens += repeats * tokens_of(case)
        for probe in scenario.probes:
            evaluator = self.session.choice.evaluators.get(probe.role, "")
            from_pixels = probe.role == "refusal" and flow(scenario.modality).output == "image"
            if evaluator.startswith(CHAT) and not from_pixels and asks(probe, case):
                self.judged[evaluator.removeprefix(CHAT)] += repeats
                self.judged_by_role[probe.role] += repeats

    def plan(self) -> Plan:
        session, info = self.session, self.session.choice.model.info
        asked, judged = sum(self.requests.values()), sum(self.judged.values())
        in_flight = session.settings.concurrency or info.concurrency
        waiting = sum(SECONDS[kind] * count for kind, count in self.kinds.items()) + SECONDS["judge"] * judged
        return Plan(
            model=info.name,
            data=session.choice.data.source,
            cells=tuple(PlannedCell(name, self.cases[name], count) for name, count in sorted(self.requests.items())),
            evaluators=session.choice.evaluators,
            requests=asked,
            judge_requests=judged,
            judge_requests_by_role=dict(sorted(self.judged_by_role.items())),
            input_tokens=round(self.prompt_tokens),
            output_tokens=self._reply_tokens(),
            cost=self._cost(),
            prices=session.prices(),
            seconds=ORGANISM_SECONDS * asked if info.organism else max(waiting / max(in_flight, 1), self._one_case()),
            notes=(*session.choice.notes, *self.shown.notes(), *self._bounds()),
        )

    def _bounds(self) -> tuple[str, ...]:
        """What is said of roles whose judge is asked about some of the replies only."""
        roles = [role for role in RULES_FIRST if self.judged_by_role[role]]
        why = "asked only about replies that rules cannot read, so that there may be fewer requests"
        return (f"{', '.join(roles)}: {why}.",) if roles else ()

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

    def _cost(self) -> float | None:
        """US dollars; None if any price is unknown, since a partial sum would mislead."""
        session, asked = self.session, sum(self.requests.values())
        parts: list[float | None] = [0.0]
        if not session.choice.model.info.organism:
            own, tokens = self._own_price(), round(self.prompt_tokens)
            made, drawn = self._reply_tokens(), Details(output_image=self._drawn_tokens())
            parts.append(own.estimate(asked, tokens, made, self.kinds["image"], drawn) if own else None)
        shown = SHOWN_TOKENS * self.kinds["image"] / max(asked, 1)
        endpoints = session.connections.context.endpoints
        for judge, count in self.judged.items():
            price = _price(endpoints[judge].model, batch=session.settings.batches_judges)
            seen = count * (JUDGE_PROMPT_TOKENS + REPLY_TOKENS["text"] + shown + self.prompt_tokens / max(asked, 1))
            parts.append(price.estimate(count, round(seen), REPLY_TOKENS["judge"] * count) if price else None)
        return None if None in parts else sum(part for part in parts if part is not None)


def asks(probe: Probe, case: Case) -> bool:
    """Whether a probe has a question about an answer to this case; where only the answer itself can say, it has one."""
    drawn = (_picture(),) if case.cell.flow.output == "image" else ()
    text = "" if drawn else "An answer in words."
    try:
        return probe.question(case, Output(Status.ANSWERED, text=text, images=drawn)) is not None
    except Exception:
        return True


@cache
def _picture() -> Image:
    """A picture that stands for the one that will come."""
    return Image.from_pil(Pil.new("RGB", (8, 8)))


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
