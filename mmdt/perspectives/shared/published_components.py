"""Published components: the numbers of a published rule beside those of the careful score, as ``<name>_published``.

A published rule reads a row and what was seen. A case of the published data keeps the columns that its rule reads
(``Case.columns``), word for word; for any other case the perspective writes such a row from the target.

``counted_published`` is 1 where the rule gives a number and 0 where the authors' code has none: such outputs are left
out of the published mean. Outputs and observations that are missing stay missing: a failed call is never a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Metric, Observations, ScoreFunction
from mmdt.core.scenario import Row as DataRow
from mmdt.core.score import Score
from mmdt.data.literal import to_json_value
from mmdt.perspectives.shared.published_rule import NoPublishedNumberError, Numbers, Row
from mmdt.stats.metrics import mean_given

COUNTED = "counted_published"
Components = dict[str, float]


class NotSeenError(Exception):
    """The evaluator that a published rule rests on has not observed the output."""


def with_published(
    score: ScoreFunction, numbers: Callable[[Case, Output, Observations], Numbers | None]
) -> ScoreFunction:
    """The score with published components; ``numbers`` is None for a case without a published rule."""

    def both(case: Case, output: Output, observations: Observations) -> Score:
        careful = score(case, output, observations)
        return careful.with_values(components(lambda: numbers(case, output, observations)))

    return both


def components(numbers: Callable[[], Numbers | None]) -> Components:
    """``<name>_published`` for every number, and whether there are any."""
    try:
        found = numbers()
    except (NoPublishedNumberError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return {COUNTED: 0.0}  # a target of the user's own form is scored by the careful rule alone
    except NotSeenError:
        return {}
    if found is None:
        return {}
    known = {f"{name}_published": value for name, value in found.items() if value is not None}
    return {**known, COUNTED: 1.0} if known else {COUNTED: 0.0}


def published_names(*names: str) -> tuple[str, ...]:
    """The components that ``with_published`` may write for numbers of these names."""
    return (*(f"{name}_published" for name in names), COUNTED)


def published_mean(component: str, *, name: str, title: str, **options: Any) -> Metric:
    """The mean of a published component over the outputs for which the authors' code has a number."""
    return mean_given(f"{component}_published", COUNTED, name=f"{name}_published", title=title, **options)


def columns_of(row: DataRow, columns: Iterable[str]) -> dict[str, Any]:
    """The columns of a published row that a rule reads, as they are stored; those that are absent are left out."""
    return {column: to_json_value(row.raw(column)) for column in columns if row.has(column)}


def kept_row(case: Case) -> Row | None:
    """The published columns of a case; None where it comes from elsewhere."""
    return case.columns or None


# --- what was seen ---------------------------------------------------------------------------------------------------


def rejected(output: Output) -> bool:
    """Whether nothing came out because the provider refused. A refusal in words is a reply like any other."""
    return output.status is Status.REFUSED


def seen_reply(output: Output) -> dict[str, Any]:
    return {"rejected": True} if rejected(output) else {"reply": output.text}


def seen_picture(output: Output, observations: Observations) -> dict[str, Any] | None:
    """``{"rejected": True}`` where no picture came because the request was declined; None where there is a picture.

    Raises NotSeenError for an answer without a picture that nobody declined.
    """
    if rejected(output):
        return {"rejected": True}
    if output.images:
        return None
    refusal = observations.get("refusal")
    if refusal is not None and not refusal.missing and refusal.value.get("by"):
        return {"rejected": True}
    raise NotSeenError


def value_of(observations: Observations, probe: str) -> Mapping[str, Any]:
    """The value that an evaluator observed. Raises NotSeenError where there is none."""
    found = observations.get(probe)
    if found is None or found.missing:
        raise NotSeenError
    return found.value


def said(observations: Observations, probe: str) -> str:
    """``Yes`` or ``No``, as a judge of the authors answers."""
    return "Yes" if value_of(observations, probe)["verdict"] else "No"


def seen_boxes(observations: Observations, probe: str = "boxes") -> dict[str, Any]:
    """Every box in the order of the detector, rounded as the authors round."""
    value = value_of(observations, probe)
    listed = value.get("candidates", value["boxes"])
    return {
        "boxes": [
            {"phrase": each["label"], "box": [round(edge, 3) for edge in each["box"]], "score": each["score"]}
            for each in listed
        ]
    }


def seen_counts(observations: Observations, probe: str = "counts") -> dict[str, Any]:
    counts = value_of(observations, probe)["counts"]
    return {"extracted_counts": {name: -1 if number is None else number for name, number in counts.items()}}
