"""Targets of out-of-distribution robustness, by task."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from mmdt.perspectives.ood.colors import MOST_COLORS
from mmdt.perspectives.shared.counting import CountTarget
from mmdt.perspectives.shared.positions import PairedPositionsTarget
from mmdt.perspectives.shared.questions import AnswerTarget, QuestionTarget
from mmdt.perspectives.shared.target_type import TargetType, Text, has_type_of_task, with_picture


class PromptTarget(TargetType, frozen=True):
    """The plain prompt that the picture is compared with."""

    example: ClassVar[str] = '{"prompt": "a cat beside a cup"}'
    prompt: Text


class SizeTarget(TargetType, frozen=True):
    """How large the first object is compared with the second, or with each of several others."""

    example: ClassVar[str] = '{"objects": ["cat", "cup"], "size": "larger"}'
    objects: Annotated[list[Text], Meta(min_length=2)]
    size: Literal["larger", "smaller", "equal"]
    comparisons: list[tuple[Text, Literal["larger", "smaller", "equal"]]] = field(default_factory=list)


class ColorTarget(QuestionTarget, frozen=True):
    """``questions``: where there are several, each is asked by itself and all must be answered yes."""

    questions: Annotated[list[Text], Meta(max_length=MOST_COLORS)] = field(default_factory=list)


reply_check = with_picture(
    has_type_of_task({"count": CountTarget, **dict.fromkeys(("attribute", "spatial", "identification"), AnswerTarget)})
)
picture_check = has_type_of_task(
    {
        "helpfulness": PromptTarget,
        "count": CountTarget,
        "spatial": PairedPositionsTarget,
        "color": ColorTarget,
        "size": SizeTarget,
    }
)
