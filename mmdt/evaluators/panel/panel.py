"""A panel: several judges answer the same question about an output, until their vote is decided.

Its name is ``panel/RULE/NAME,NAME,...``: how votes are counted, and the judges in the order in which they are asked.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmdt import plugins
from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import AskMember, Evaluator, EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import UsageError
from mmdt.evaluators.panel.votes import VOTES, Decided, Open, Vote, decide, vote_of

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""
PREFIX = "panel/"
MOST = 15
"""The most judges of a panel."""
_LONGEST = 500
"""Characters of each judge's reason that are kept."""


def panel_name(rule: str, judges: Sequence[str]) -> str:
    """The name of a panel of these evaluators. Raises UsageError for a name that cannot be in a list."""
    for name in judges:
        if "," in name:
            raise UsageError(f"{name!r} cannot be in a panel, because of the comma in its name", hint="rename it")
    return f"{PREFIX}{rule}/{','.join(judges)}"


def members_of(name: str) -> tuple[str, ...]:
    """The evaluators of a panel by its name; the name itself where it is not a panel's."""
    if not name.startswith(PREFIX):
        return (name,)
    _, _, judges = name.removeprefix(PREFIX).partition("/")
    return tuple(each for each in judges.split(",") if each)


def rule_of(name: str) -> Vote | None:
    """How a panel counts votes, by its name; None where it is not a panel's."""
    rule = name.removeprefix(PREFIX).partition("/")[0] if name.startswith(PREFIX) else ""
    return next((each for each in VOTES if each == rule), None)


@dataclass(frozen=True, slots=True)
class VotingPanel:
    """Value: that of a judge on the side that won, and ``votes`` (judge -> vote, None without a verdict), ``asked``,
    ``of`` and ``agree`` (whether all who were asked and have a verdict say the same).

    Judges who can never answer a question (a guard that is asked for a number) have no vote on it.
    """

    rule: Vote
    members: tuple[Evaluator, ...]

    @property
    def info(self) -> EvaluatorInfo:
        infos = [each.info for each in self.members]
        mark = fingerprint("panel", VERSION, self.rule, [each.fingerprint for each in infos])
        notes = "; ".join(dict.fromkeys(each.note for each in infos if each.note))
        room = max(each.batch_size * each.concurrency for each in infos)
        name = panel_name(self.rule, [each.name for each in infos])
        return EvaluatorInfo(name, mark, 1, room, any(each.embedded for each in infos), notes)

    def unfit(self, question: Mapping[str, Any]) -> str:
        """Why no judge of the panel can ever answer a question; empty where one can."""
        why = [reason_unfit(each, question) for each in self.members]
        return "" if not all(why) else why[0]

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [await self._observe(item) for item in items]

    async def close(self) -> None:
        for each in self.members:
            await each.close()

    async def _observe(self, item: Item) -> Observation:
        async def ask(number: int) -> Observation:
            return (await self.members[number].observe((item,)))[0]

        return await self.convene(item, ask)

    async def convene(self, item: Item, ask: AskMember) -> Observation:
        able = [place for place, each in enumerate(self.members) if not reason_unfit(each, item.question)]
        if not able:
            return Observation.failed(self.unfit(item.question))
        seen: list[Observation] = []
        while isinstance(found := decide(self.rule, [_vote(each) for each in seen], len(able)), Open):
            asked = able[len(seen) : len(seen) + found.ask]
            results = await asyncio.gather(*map(ask, asked), return_exceptions=True)
            for result in results:  # all of them are done, and stored, before anything is raised
                if isinstance(result, BaseException):
                    raise result
                seen.append(result)
        names = _names([self.members[place].info.name for place in able])
        return _observation(found, dict(zip(names, seen, strict=False)), len(able))


def reason_unfit(evaluator: Evaluator, question: Mapping[str, Any]) -> str:
    """Why an evaluator can never answer a question; empty if it may."""
    said: Callable[[Mapping[str, Any]], str] | None = getattr(evaluator, "unfit", None)
    return said(question) if callable(said) else ""


def _names(names: Sequence[str]) -> list[str]:
    """The judges' names; one that is on the panel again gets a number."""
    count: Counter[str] = Counter()
    found = []
    for name in names:
        count[name] += 1
        found.append(name if count[name] == 1 else f"{name} #{count[name]}")
    return found


def _vote(seen: Observation) -> Any:
    return None if seen.missing else vote_of(seen.value)


def _observation(found: Decided, seen: Mapping[str, Observation], of: int) -> Observation:
    votes = {name: _vote(each) for name, each in seen.items()}
    said = "\n".join(f"{name}: {_said(votes[name], each)}" for name, each in seen.items())
    agree = len({vote for vote in votes.values() if vote is not None}) == 1
    told = {"votes": votes, "asked": len(seen), "of": of, "agree": agree}
    if found.why:
        failed = Observation.failed(f"{found.why}: {'; '.join(said.splitlines())}"[:2000], evidence=said)
        return replace(failed, value=told)  # no verdict, and who said what all the same
    winner = next((each for name, each in seen.items() if votes[name] == found.vote), None)
    value = dict(winner.value) if winner is not None else {"verdict": found.vote}
    value |= told
    if found.share is not None:
        value["share"] = found.share
    return Observation(value, said)


def _said(vote: Any, seen: Observation) -> str:
    if seen.missing:
        return f"no verdict ({' '.join(seen.error.split())[:_LONGEST]})"
    words = {True: "yes", False: "no"}.get(vote, vote) if isinstance(vote, bool) else vote
    reason = " ".join(seen.rationale.split())[:_LONGEST]
    return f"{words}, {reason}" if reason else str(words)


def _open(role: str, rest: str, context: EvaluatorContext) -> VotingPanel:
    rule, _, judges = rest.partition("/")
    if rule not in VOTES:
        hint = f"use one of: {', '.join(VOTES)}"
        raise UsageError(f"{rule!r} is no way to count votes", where=f"{role}={PREFIX}{rest}", hint=hint)
    names = [each.strip() for each in judges.split(",") if each.strip()]
    if not 2 <= len(names) <= MOST:
        raise UsageError(
            f"expected 2 to {MOST} judges, got {len(names)}",
            where=f"{role}={PREFIX}{rest}",
            hint="name evaluators of the role, such as panel/majority/chat/openai/gpt-4o,chat/google/gemini-2.5-flash",
        )
    return VotingPanel(rule, tuple(plugins.open_evaluator(role, name, context) for name in names))


def open_judges(rest: str, context: EvaluatorContext) -> VotingPanel:
    """``panel/RULE/NAME,...``: a panel of judges. Raises UsageError as each of them does."""
    return _open("judge", rest, context)


def open_vqa(rest: str, context: EvaluatorContext) -> VotingPanel:
    """A panel that answers yes-or-no questions about pictures."""
    return _open("vqa", rest, context)


def open_matchers(rest: str, context: EvaluatorContext) -> VotingPanel:
    """A panel that compares replies with references."""
    return _open("matcher", rest, context)


def open_counters(rest: str, context: EvaluatorContext) -> VotingPanel:
    """A panel that reads numbers."""
    return _open("counter", rest, context)


def open_readers(rest: str, context: EvaluatorContext) -> VotingPanel:
    """A panel that reads choices and decisions."""
    return _open("reader", rest, context)


def open_refusals(rest: str, context: EvaluatorContext) -> VotingPanel:
    """A panel that reads refusals."""
    return _open("refusal", rest, context)
