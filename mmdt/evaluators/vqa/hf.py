"""Yes/no questions about a picture, answered by an open vision-language model: ``vqa=hf/<id or folder>``.

The model is asked for one word, and what counts is how likely that word begins with yes or with no (as in VQAScore, Lin
et al. 2024): no reply to read, the same verdict every time, and a number for how sure it is.

Question: ``{"question": text}``. Value: ``{"verdict": bool, "probability": of yes among yes and no}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item, Request
from mmdt.errors import UsageError
from mmdt.evaluators.local_network import LocalEvaluator, the_picture
from mmdt.models.hf.settings import HfSettings, open_checkpoint
from mmdt.models.local.checkpoint import Checkpoint, loaded, quiet

if TYPE_CHECKING:
    from PIL import Image as Pil

    from mmdt.models.hf.network import HfRuntime

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made anew."""

WORDS = {"yes": ("yes", "Yes", "YES"), "no": ("no", "No", "NO")}
LEAST = 0.1
"""Least probability of yes and no together; below it the model is about to say something else, and nothing is seen."""
_ASK = "{} Answer with one word, yes or no."
_HANDED_OVER = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about one picture."""

    request: Request
    picture: Pil.Image


class YesNo(LocalEvaluator["HfRuntime", Asked]):
    """One checkpoint with the runtime's own defaults."""

    def __init__(self, name: str, checkpoint: Checkpoint) -> None:
        super().__init__(
            EvaluatorInfo(name, fingerprint("vqa.hf", VERSION, checkpoint.mark()), batch_size=_HANDED_OVER)
        )
        self._checkpoint = checkpoint

    def _load(self) -> HfRuntime:
        quiet()
        return loaded("the model for yes/no questions", self._checkpoint, self._open)

    def _open(self) -> HfRuntime:
        from mmdt.models.hf.network import HfRuntime

        runtime = HfRuntime(self._checkpoint, HfSettings(revision=self._checkpoint.revision))
        if not runtime.sees:
            raise UsageError("this checkpoint reads text alone", where=self._checkpoint.name, hint="name one that sees")
        return runtime

    def _job(self, network: HfRuntime, item: Item) -> Asked:
        question = item.question.get("question")
        if not isinstance(question, str) or not question.strip():
            raise ValueError("there is no question to answer")
        return Asked(Request.of(_ASK.format(question.strip()), item.output.images[:1]), the_picture(item))

    def _work(self, network: HfRuntime, jobs: Sequence[Asked]) -> list[Observation]:
        inputs = network.prepare([asked.request for asked in jobs], [[asked.picture] for asked in jobs])
        begins = {word: network.begins(forms) for word, forms in WORDS.items()}
        shared = begins["yes"] & begins["no"]  # such as a token of the space before both
        chances = network.first_chances(inputs)
        return [_verdict(row, begins["yes"] - shared, begins["no"] - shared) for row in chances]


def _verdict(chances: Any, yes: frozenset[int], no: frozenset[int]) -> Observation:
    """``chances``: the probability of every token to be the first."""
    for_yes, for_no = (float(chances[sorted(tokens)].sum()) for tokens in (yes, no))
    if for_yes + for_no < LEAST:
        return Observation.failed(f"the answer begins with neither yes nor no ({for_yes + for_no:.3f} likely)")
    share = for_yes / (for_yes + for_no)
    return Observation({"verdict": share > 0.5, "probability": round(share, 4)})


def open_yes_no(rest: str, context: EvaluatorContext) -> YesNo:
    """``hf/<id or folder>``. Raises UsageError without one, MissingExtraError without torch and transformers."""
    if not rest:
        hint = "write hf/Qwen/Qwen2.5-VL-3B-Instruct, for instance"
        raise UsageError("the evaluator for yes/no questions has no model", where="vqa: hf", hint=hint)
    return YesNo(f"hf/{rest}", open_checkpoint(rest, ""))
