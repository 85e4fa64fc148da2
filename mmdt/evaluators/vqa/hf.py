"""Yes/no questions about an image, answered by an open vision-language model: ``vqa=hf/<id or folder>``.

The model is asked for one word. The verdict compares the probabilities that this word begins with yes and with no (as
in VQAScore, Lin et al. 2024): nothing to parse, the same verdict every time, and a measure of confidence.

Question: ``{"question": text}``. Value: ``{"verdict": bool, "probability": of yes, given yes or no}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item, Request
from mmdt.errors import UsageError
from mmdt.evaluators.local_evaluator import LocalEvaluator, output_picture
from mmdt.models.hf.settings import HfSettings, open_checkpoint
from mmdt.models.local.checkpoint import Checkpoint, loaded, quiet

if TYPE_CHECKING:
    from PIL import Image as Pil

    from mmdt.models.hf.runtime import HfRuntime

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""

WORDS = {"yes": ("yes", "Yes", "YES"), "no": ("no", "No", "NO")}
MIN_PROBABILITY = 0.1
"""Minimum probability of yes and no together. Below it, the model would answer something else: no observation."""
_ASK = "{} Answer with one word, yes or no."
_BATCH_SIZE = 16


@dataclass(frozen=True, slots=True)
class YesNoQuestion:
    """One question about one image."""

    request: Request
    picture: Pil.Image


class YesNoEvaluator(LocalEvaluator["HfRuntime", YesNoQuestion]):
    """One checkpoint with the default settings of ``hf/`` models."""

    def __init__(self, name: str, checkpoint: Checkpoint) -> None:
        super().__init__(EvaluatorInfo(name, fingerprint("vqa.hf", VERSION, checkpoint.mark()), batch_size=_BATCH_SIZE))
        self._checkpoint = checkpoint

    def _load(self) -> HfRuntime:
        quiet()
        return loaded("the model for yes/no questions", self._checkpoint, self._open)

    def _open(self) -> HfRuntime:
        from mmdt.models.hf.runtime import HfRuntime

        runtime = HfRuntime(self._checkpoint, HfSettings(revision=self._checkpoint.revision))
        if not runtime.sees:
            raise UsageError(
                "this checkpoint reads text only", where=self._checkpoint.name, hint="name a vision-language model"
            )
        return runtime

    def _prepare(self, network: HfRuntime, item: Item) -> YesNoQuestion:
        question = item.question.get("question")
        if not isinstance(question, str) or not question.strip():
            raise ValueError("there is no question to answer")
        return YesNoQuestion(Request.of(_ASK.format(question.strip()), item.output.images[:1]), output_picture(item))

    def _run(self, network: HfRuntime, questions: Sequence[YesNoQuestion]) -> list[Observation]:
        inputs = network.prepare([each.request for each in questions], [[each.picture] for each in questions])
        begins = {word: network.first_tokens(forms) for word, forms in WORDS.items()}
        shared = begins["yes"] & begins["no"]  # such as a token for the space before both
        probabilities = network.first_token_probabilities(inputs)
        return [_verdict(row, begins["yes"] - shared, begins["no"] - shared) for row in probabilities]


def _verdict(probabilities: Any, yes: frozenset[int], no: frozenset[int]) -> Observation:
    """``probabilities``: for each token of the vocabulary, the probability to be the first."""
    for_yes, for_no = (float(probabilities[sorted(tokens)].sum()) for tokens in (yes, no))
    if for_yes + for_no < MIN_PROBABILITY:
        return Observation.failed(f"the answer begins with neither yes nor no ({for_yes + for_no:.3f} likely)")
    share = for_yes / (for_yes + for_no)
    return Observation({"verdict": share > 0.5, "probability": round(share, 4)})


def open_yes_no(rest: str, context: EvaluatorContext) -> YesNoEvaluator:
    """``hf/<id or folder>``. Raises UsageError without a model, MissingExtraError without torch and transformers."""
    if not rest:
        hint = "name one, for example hf/Qwen/Qwen2.5-VL-3B-Instruct"
        raise UsageError("the evaluator for yes/no questions has no model", where="vqa: hf", hint=hint)
    return YesNoEvaluator(f"hf/{rest}", open_checkpoint(rest, ""))
