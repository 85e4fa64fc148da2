"""The requests of ``command_throughput`` as an inspect_ai task: the same pictures and prompts, no scorer."""

from __future__ import annotations

import json
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, ContentImage, ContentText
from inspect_ai.solver import generate


@task
def pictures(folder: str) -> Task:
    where = Path(folder)
    samples = []
    for line in (where / "cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        content = [ContentImage(image=str(where / case["image"])), ContentText(text=case["prompt"])]
        samples.append(Sample(input=[ChatMessageUser(content=content)], target=""))
    return Task(dataset=MemoryDataset(samples), solver=generate())
