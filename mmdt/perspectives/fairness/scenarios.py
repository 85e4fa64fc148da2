"""Fairness: are groups pictured, picked and served equally, and does history stay true? Lower is always better.

Four scenarios in both modalities: **stereotype** and **decision_making** (group fairness), **overkill** (does fairness
overrule documented history?) and **individual** (does quality depend on whom a request is about?). The headline of each
is called ``unfairness``; signed biases stand beside it. (MMDT, arXiv 2503.14827, fairness; docs/fairness.md.)

Attributes are how people in pictures present to an observer. They are never a claim about who somebody is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mmdt.core.case import Case
from mmdt.core.faces import ATTRIBUTES
from mmdt.core.modality import Modality, flow, words_of
from mmdt.core.output import Output
from mmdt.core.scenario import Perspective, Probe, Summary
from mmdt.core.trade_off import Side, TradeOff
from mmdt.evaluators.judge.prompt import question
from mmdt.perspectives.fairness import components, published_cases, scores
from mmdt.perspectives.fairness.metrics import (
    answer_metrics,
    approval_metrics,
    contradiction_metrics,
    group_metrics,
    individual_metrics,
)
from mmdt.perspectives.fairness.published import declarations
from mmdt.perspectives.fairness.targets import CHECKS
from mmdt.perspectives.shared.probes import REFUSAL, Question
from mmdt.perspectives.shared.scenario_family import Embedded, ScenarioFamily
from mmdt.reading.approvals import read_approval
from mmdt.stats.fairness.signed_bias import to_pairs, to_total
from mmdt.stats.metrics import mean_of

NAMES = ("stereotype", "decision_making", "overkill", "individual")
DOMAINS = ("occupation", "education", "activity")
DECISIONS = ("hiring", "finance", "education")
HISTORY = ("history",)
HISTORY_ATTRIBUTES = ("gender", "race")
PEOPLE = ("people",)
REFUSED = mean_of("refused", title="Refused", direction="neither")
FACELESS = mean_of("faceless", title="Pictures without a face", direction="neither")


def _attributes(case: Case, output: Output) -> Question:
    asked = case.target.get("attributes") or (
        HISTORY_ATTRIBUTES if case.cell.scenario == "overkill" else tuple(ATTRIBUTES)
    )
    return {"attributes": list(asked)} if output.images else None


def _quality(case: Case, output: Output) -> Question:
    """The prompt as it is: MMDT's quality of a picture has no words of CLIPScore before it."""
    return {"prompt": str(case.target.get("prompt") or case.prompt), "prefix": ""} if output.images else None


def _decision(case: Case, output: Output) -> Question:
    """Only where the rules read no decision."""
    if output.images or read_approval(output.text) is not None:
        return None
    return question("application-decision", question=case.prompt)


def _choice(number: int) -> Callable[[Case, Output], Question]:
    """Only where the reply writes none of the letters: it may pick one in other words."""
    letters = scores.LETTERS[:number]

    def ask(case: Case, output: Output) -> Question:
        if not scores.picks_in_other_words(output.text, letters):
            return None
        return question("option-choice", question=case.prompt, options=list(letters))

    return ask


DECISION = Probe("decision", "reader", _decision, optional=True)
CHOICE = Probe("choice", "reader", _choice(2), optional=True)
FACES = Probe("attributes", "attributes", _attributes)
QUALITY = Probe("quality", "quality", _quality)


def _embedded(modality: Modality, name: str) -> Embedded:
    def cases(seed: int, count: int) -> Iterable[Case]:
        from mmdt.synthetic.people import cases_i2t, cases_t2i

        found: Iterator[Case] = getattr(cases_t2i if flow(modality).output == "image" else cases_i2t, name)(seed, count)
        return found

    return cases


SCENARIO = ScenarioFamily("fairness", declarations, _embedded).scenario
_PICTURED = (REFUSAL, FACES)
T2I = (
    SCENARIO(
        "t2i",
        "stereotype",
        "Stereotypes",
        tasks=DOMAINS,
        score=scores.pictured,
        components=components.PICTURED,
        metrics=(*group_metrics(to_total, "Stereotype score"), FACELESS, REFUSED),
        probes=_PICTURED,
        repeats=5,
        about="who is pictured when nobody in particular is asked for",
        check=CHECKS["t2i", "stereotype"],
    ),
    SCENARIO(
        "t2i",
        "decision_making",
        "Decisions",
        tasks=DECISIONS,
        score=scores.pictured,
        components=components.PICTURED,
        metrics=(*group_metrics(to_pairs, "Decision score"), FACELESS, REFUSED),
        probes=_PICTURED,
        repeats=5,
        about="who is pictured as hired, funded, admitted",
        check=CHECKS["t2i", "decision_making"],
    ),
    SCENARIO(
        "t2i",
        "overkill",
        "Overkill",
        tasks=HISTORY,
        score=published_cases.historical,
        components=(*components.HISTORICAL, *published_cases.HISTORICAL),
        metrics=(*contradiction_metrics(), FACELESS, REFUSED),
        probes=_PICTURED,
        repeats=5,
        about="whether pictures of documented people keep to what is documented",
        check=CHECKS["t2i", "overkill"],
    ),
    SCENARIO(
        "t2i",
        "individual",
        "Individual fairness",
        tasks=DOMAINS,
        score=scores.quality,
        components=components.QUALITY,
        metrics=(*individual_metrics(pooled=False), REFUSED),
        probes=(REFUSAL, QUALITY),
        repeats=10,
        about="whether pictures are as good whoever is asked for",
        check=CHECKS["t2i", "individual"],
    ),
)
I2T = (
    SCENARIO(
        "i2t",
        "stereotype",
        "Stereotypes",
        tasks=DOMAINS,
        score=published_cases.who_is_it,
        components=(*components.WHO_IS_IT, *published_cases.WHO_IS_IT),
        metrics=(*answer_metrics(), REFUSED),
        probes=(REFUSAL, CHOICE),
        repeats=5,
        about="who is picked when two people differ in one attribute and the picture does not tell",
        check=CHECKS["i2t", "stereotype"],
    ),
    SCENARIO(
        "i2t",
        "decision_making",
        "Decisions",
        tasks=DECISIONS,
        score=scores.approval,
        components=components.APPROVAL,
        metrics=(*approval_metrics(), REFUSED),
        probes=(REFUSAL, DECISION),
        repeats=5,
        about="who is approved when two applicants differ in one attribute alone",
        check=CHECKS["i2t", "decision_making"],
    ),
    SCENARIO(
        "i2t",
        "overkill",
        "Overkill",
        tasks=HISTORY,
        score=scores.faithful,
        components=components.FAITHFUL,
        metrics=(
            mean_of("contradicting", name="unfairness", title="Answers that contradict history", direction="lower"),
            REFUSED,
        ),
        probes=(REFUSAL, CHOICE),
        repeats=5,
        about="whether the reply keeps to documented history when one of two pictures contradicts it",
        check=CHECKS["i2t", "overkill"],
    ),
    SCENARIO(
        "i2t",
        "individual",
        "Individual fairness",
        tasks=PEOPLE,
        score=scores.recognised,
        components=components.RECOGNISED,
        metrics=(*individual_metrics(pooled=True), REFUSED),
        probes=(REFUSAL, Probe("choice", "reader", _choice(len(scores.LETTERS)), optional=True)),
        repeats=10,
        about="whether answers are as good whoever is pictured",
        check=CHECKS["i2t", "individual"],
    ),
)


MODALITIES: tuple[Modality, ...] = ("t2i", "i2t")
_UNITS: Mapping[Modality, str] = {"t2i": "faces", "i2t": "answers"}
_TRADE_OFF = (
    "Models tend to buy group fairness with contradictions of documented history, or the other way round, as those did "
    "that the authors of the benchmark measured (MMDT, arXiv 2503.14827). See both before a model is called fair."
)


def _summary(modality: Modality) -> Summary:
    """Squared biases of groups alone: a share of contradictions and a gap in quality are on other scales, and no mean
    of them with these says anything."""
    group = tuple(f"fairness/{modality}/{name}" for name in NAMES[:2])
    title = f"Group unfairness, {words_of(modality)}"
    return Summary(f"fairness/{modality}/group", title, "unfairness", group, quantity="Group unfairness")


def _trade_off(modality: Modality) -> TradeOff:
    """Group fairness against factuality; a run of stereotypes or decisions alone counts for both."""
    group = tuple(f"fairness/{modality}/{name}" for name in ("group", *NAMES[:2]))
    return TradeOff(
        name=f"fairness/{modality}/trade-off",
        title=f"Fairness against factuality, {words_of(modality)}",
        across=Side("Group unfairness", "unfairness", group),
        up=Side(f"Overkill: {_UNITS[modality]} against history", "unfairness", (f"fairness/{modality}/overkill",)),
        about=_TRADE_OFF,
    )


PERSPECTIVE = Perspective(
    name="fairness",
    title="Fairness",
    scenarios=(*T2I, *I2T),
    summaries=tuple(map(_summary, MODALITIES)),
    trade_offs=tuple(_trade_off(modality) for modality in MODALITIES),
    roles={"refusal": "rules", "attributes": "hf", "quality": "clip"},
    organism_roles={"attributes": "pixels", "quality": "portraits"},
    about=(
        "Whether groups are pictured, picked and served alike, and whether history is kept. Lower is better; a signed "
        "bias says which group is favoured. p is that of a permutation test of parity, Holm p the same corrected for "
        "the attributes tested. Unsure readings bound what a bias could be at worst."
    ),
)
