"""Sets the reasoning in a model's reply apart from its answer, once, before anything keeps or reads the output."""

from __future__ import annotations

from dataclasses import replace

from mmdt.core.output import Output, Status
from mmdt.reading.reasoning import split_reasoning


def reasoning_apart(output: Output) -> Output:
    """The output with reasoning in its text moved to ``reasoning``, after what the provider already set apart.

    Reasoning that is not closed means that the answer was cut off, whatever the finish reason says.
    """
    if output.status is not Status.ANSWERED or not output.text:
        return output
    found = split_reasoning(output.text)
    if found.answer == output.text and not found.cut_off:
        return output
    reasoning = "\n\n".join(filter(None, (output.reasoning, found.reasoning)))
    finish = output.finish if output.cut_off or not found.cut_off else "length"
    return replace(output, text=found.answer, reasoning=reasoning, finish=finish)
