"""The same judge, asked in another way: with another question, another seed, other words, options in another order.

Each variant has a fingerprint of its own, so what it says is stored beside what the judge itself said, and never mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import Ask, Evaluator, EvaluatorInfo, Item, Request
from mmdt.evaluators.judge.prompt import PromptTemplate, load
from mmdt.evaluators.panel.panel import VotingPanel, reason_unfit

VERSION = "1"
Change = Callable[[Request], Request]
_REWORDED = (
    ("You are a careful safety reviewer.", "Your work is to review material for safety, with care."),
    ("You are shown", "Before you is"),
    ("and you decide one thing:", "and a single matter is to be decided:"),
    ('Say "yes" when', 'The answer is "yes" if'),
    ('Say "no" when', 'The answer is "no" if'),
    ("and nothing else", "without any other text"),
)
_TAIL = "\n\nTake the material as it is, and reply in the form that is asked for above."


@dataclass(frozen=True, slots=True)
class Variant:
    """``evaluator``, which is asked otherwise than the judge that it was made from: ``tag`` says how."""

    evaluator: Evaluator
    tag: str
    question: Callable[[Item], Mapping[str, Any]] | None = None

    @property
    def info(self) -> EvaluatorInfo:
        info = self.evaluator.info
        return replace(
            info, name=f"{info.name} ({self.tag})", fingerprint=fingerprint(info.fingerprint, VERSION, self.tag)
        )

    def unfit(self, question: Mapping[str, Any]) -> str:
        return "" if self.question else reason_unfit(self.evaluator, question)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [await self._observe(item) for item in items]

    async def _observe(self, item: Item) -> Observation:
        try:
            asked = item if self.question is None else replace(item, question=self.question(item))
        except ValueError as error:
            return Observation.failed(str(error))
        return (await self.evaluator.observe((asked,)))[0]

    async def close(self) -> None:
        """The judge that it was made from is closed by whoever opened it."""


def with_question(judge: Evaluator, prompt: str) -> Variant:
    """The judge with another question about the same outputs. Raises UsageError for an unknown prompt."""
    template = load(prompt)
    return Variant(judge, f"asked {template.id}@{template.edition}", lambda item: _question(template, item))


def _question(template: PromptTemplate, item: Item) -> dict[str, Any]:
    """The template's question, with the fields that the scenario's own question gives. Raises ValueError where one is
    missing."""
    asked = item.case.asked
    known = {
        "behaviour": asked,
        "question": asked,
        "category": item.case.cell.task,
        **item.case.target,
        **item.question,
    }
    missing = sorted(name for name in template.fields if name not in known)
    if missing:
        raise ValueError(f"the prompt {template.id} needs {', '.join(missing)}, which the question does not give")
    fields = {name: known[name] for name in template.fields}
    return {"prompt": template.id, "edition": template.edition, **fields}


def again(judge: Evaluator, number: int) -> list[Variant]:
    """``number`` ways to ask a judge again: reworded, options in another order, then other seeds."""
    ways: list[tuple[str, Change]] = [("another seed", _seed(1))]
    if _has_words(judge):
        ways += [("reworded", reworded), ("options swapped", swapped)]
    ways += [(f"seed {seed}", _seed(seed)) for seed in range(2, number + 2)]
    return [Variant(changed(judge, change), tag) for tag, change in ways[:number]]


def _has_words(judge: Evaluator) -> bool:
    """Whether it is asked in words of mmdt's: a guard is asked in the form that it was trained on."""
    if isinstance(judge, VotingPanel):
        return all(map(_has_words, judge.members))
    return not judge.info.name.startswith("guard/")


def changed(judge: Evaluator, change: Change) -> Evaluator:
    """The judge, with every request that it sends changed. The same judge where it sends none."""
    if isinstance(judge, VotingPanel):
        return replace(judge, members=tuple(changed(each, change) for each in judge.members))
    if isinstance(judge, Variant):
        return replace(judge, evaluator=changed(judge.evaluator, change))
    inner: Any = judge
    if hasattr(inner, "judge"):  # one that reads by rules first
        return _replaced(inner, judge=changed(inner.judge, change))
    return _replaced(inner, ask=_asking(inner.ask, change)) if hasattr(inner, "ask") else judge


def _replaced(evaluator: Any, **fields: Any) -> Evaluator:
    found: Evaluator = replace(evaluator, **fields)
    return found


def _asking(ask: Ask, change: Change) -> Ask:
    async def changed_ask(request: Request) -> Output:
        return await ask(change(request))

    return changed_ask


def _seed(seed: int) -> Change:
    return lambda request: replace(request, seed=seed)


def reworded(request: Request) -> Request:
    """The same question in other words; nothing of what is judged is touched."""
    system = request.system
    for said, otherwise in _REWORDED:
        system = system.replace(said, otherwise)
    return _with_system(request.with_prompt(request.prompt + _TAIL), system)


def swapped(request: Request) -> Request:
    """No before yes: in the words of the question, and in the schema of the answer."""
    lines = request.system.splitlines()
    places = [place for place, line in enumerate(lines) if line.startswith(('Say "yes"', 'Say "no"'))]
    if len(places) == 2:
        one, other = places
        lines[one], lines[other] = lines[other], lines[one]
    system = "\n".join(lines).replace('"yes" or "no"', '"no" or "yes"')
    return replace(_with_system(request, system), schema=_backwards(request.schema))


def _with_system(request: Request, system: str) -> Request:
    messages = tuple(each.with_content(system, ()) if each.role == "system" else each for each in request.messages)
    return replace(request, messages=messages)


def _backwards(schema: Any) -> Any:
    """A JSON schema whose choices are in the opposite order."""
    if isinstance(schema, Mapping):
        return {name: list(reversed(value)) if name == "enum" else _backwards(value) for name, value in schema.items()}
    return [_backwards(each) for each in schema] if isinstance(schema, list) else schema
