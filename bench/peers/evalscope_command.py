"""evalscope: its command line on its benchmark for files of one's own (``general_vqa``), without a metric.

It needs an environment of its own, since it pins other versions of libraries that mmdt uses.
"""

from __future__ import annotations

import json
from pathlib import Path

from bench.peers.contender import ENVIRONMENTS, Contender, Work

HOME = ENVIRONMENTS / "evalscope"
NAME = "general_vqa"


def prepare(work: Work) -> None:
    """A line a case: messages as OpenAI writes them, with the path of the picture, which evalscope encodes."""
    folder = work.folder / "evalscope"
    folder.mkdir(exist_ok=True)
    with (folder / f"{NAME}.jsonl").open("w") as file:
        for prompt, picture in work.cases():
            parts = [{"type": "image_url", "image_url": {"url": str(picture)}}, {"type": "text", "text": prompt}]
            file.write(json.dumps({"messages": [{"role": "user", "content": parts}], "answer": ""}) + "\n")


def command(work: Work) -> list[str]:
    data = {"local_path": str(work.folder / "evalscope"), "subset_list": [NAME]}
    unscored = {"metric_list": [], "primary_metric": None}
    start = [str(HOME / "bin" / "evalscope"), "eval", "--model", "gpt-4o", "--api-url", work.url, "--api-key", "local"]
    start += ["--eval-type", "openai_api", "--datasets", NAME, "--dataset-args", json.dumps({NAME: data | unscored})]
    start += ["--eval-batch-size", str(work.in_flight), "--generation-config", json.dumps({"temperature": 0})]
    return [*start, "--no-collect-perf", "--work-dir", str(work.run)]


def version(home: Path = HOME) -> str:
    """From the folder that pip wrote: importing it would take seconds."""
    found = sorted(home.glob("lib/python*/site-packages/evalscope-*.dist-info"))
    return found[-1].name.removeprefix("evalscope-").removesuffix(".dist-info") if found else ""


EVALSCOPE = Contender("evalscope", command, version, "make peers", prepare)
