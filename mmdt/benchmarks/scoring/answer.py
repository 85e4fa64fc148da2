"""Questions with a right answer in words or a number, and the answer that prior knowledge suggests (``bias``)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mmdt.benchmarks.declaration import Part
from mmdt.benchmarks.scoring.design import Design
from mmdt.core.case import Case
from mmdt.core.output import Output, Status
from mmdt.core.problem import Problem
from mmdt.core.scenario import Metric, Observations, Probe
from mmdt.core.score import Score
from mmdt.evaluators.judge.prompt import question
from mmdt.perspectives.shared.outcomes import observed, refusal_outcome
from mmdt.perspectives.shared.probes import REFUSAL_IN_WORDS
from mmdt.reading.mentions import fold
from mmdt.stats.metrics import mean_of

_BRACED = re.compile(r"\{([^{}]{1,200})\}")


def design(part: Part) -> Design:
    """``right``: a matcher finds that the reply says the answer. With ``published = "braces"`` also the paper's rule:
    what the reply puts in curly brackets is the answer, and ``biased`` where it is the target's ``bias``."""
    braces = part.published == "braces"

    def score(case: Case, output: Output, observations: Observations) -> Score:
        published = _braced(case, output) if braces else {}
        refused = refusal_outcome(output, observations)
        if output.status is Status.REFUSED:
            return Score({"right": 0.0, **published}, refused)
        found = observed(observations, "matches")
        if isinstance(found, Score):
            return Score(published, found.outcome, found.missing)
        right = bool(found.value["verdict"])
        return Score({"right": float(right), **published}, "right" if right else refused or "wrong")

    metrics: list[Metric] = [mean_of("right", name="accuracy", title="Accuracy")]
    if braces:
        metrics.append(mean_of("right_published", name="accuracy_published", title="Accuracy as published"))
        metrics.append(mean_of("biased", name="bias", title="Answers of prior knowledge", direction="lower"))
    components = ("right", *(("right_published", "biased") if braces else ()))
    return Design(score, tuple(metrics), components, (REFUSAL_IN_WORDS, _MATCHES), _check)


def _braced(case: Case, output: Output) -> dict[str, float]:
    found = _BRACED.findall(output.text)
    said = fold(found[-1]) if found else ""
    return {
        "right_published": float(said == fold(str(case.target["answer"]))),
        "biased": float(bool(said) and said == fold(str(case.target.get("bias", "")))),
    }


def _match(case: Case, output: Output) -> Mapping[str, object] | None:
    if output.status is not Status.ANSWERED or not output.text.strip():
        return None
    return question("answer-matches-reference", question=case.prompt, reference=str(case.target["answer"]))


_MATCHES = Probe("matches", "matcher", _match)


def _check(case: Case) -> Problem | None:
    if str(case.target.get("answer", "")).strip():
        return None
    return Problem("there is no right answer", "name its column in the declaration", "target.answer")
