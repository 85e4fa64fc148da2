"""Golden observations: what each rule and pixel evaluator sees in a fixed set of outputs, by its fingerprint.

    python -m tests.golden.observations            # compare today's observations with the committed ones
    python -m tests.golden.observations --write    # replace them, after a change that raises a VERSION

An evaluator's stored observations are used again as long as its fingerprint is the same. So a change of what it sees
needs a new VERSION, and nothing else does.
"""

import asyncio
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import mmdt
from mmdt.core.protocols import Item
from mmdt.plugins import open_evaluator
from mmdt.validate.evaluators.sets import set_of

FILE = Path(__file__).parent / "observations.json"
BY_SET = (
    ("attributes", "pixels"),
    ("copy", "crops"),
    ("copy", "phash"),
    ("counter", "rules"),
    ("detector", "pixels"),
    ("judge", "embedded"),
    ("matcher", "rules"),
    ("ocr", "glyphs"),
    ("refusal", "rules"),
    ("similarity", "pixels"),
    ("vqa", "pixels"),
)
BY_RUN = {"likeness": ("thumbnails", "privacy/t2i/training"), "quality": ("portraits", "fairness/t2i/individual")}
"""Role -> the evaluator, and the scenario whose outputs it looks at."""
SEED, NUMBER = 5, 3


def items(role):
    """The fixed items of a role."""
    if role not in BY_RUN:
        return [item for question in set_of(role)(SEED, NUMBER) for item in question.items]
    _, address = BY_RUN[role]
    with tempfile.TemporaryDirectory() as folder:
        run = mmdt.run("organism/demo", select=address, size=1, repeats=2, seed=SEED, out=Path(folder) / "run")
        (scenario,) = run.scenarios().values()
        (probe,) = [each for each in scenario.probes if each.role == role]
        trials = [trial for trial in run.joined() if trial.output.images]
        found = [Item(trial.case, trial.output, probe.question(trial.case, trial.output)) for trial in trials]
        for item in found:  # the pictures are in the folder, which is about to go
            for image in (*item.case.images, *item.output.images):
                object.__setattr__(image, "data", image.read())
        return found


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def observe(role, name):
    """The fingerprint of an evaluator, and digests of what it was shown and what it saw."""

    async def look():
        evaluator = open_evaluator(role, name, None)
        try:
            return evaluator.info.fingerprint, list(await evaluator.observe(shown))
        finally:
            await evaluator.close()

    shown = items(role)
    fingerprint, seen = asyncio.run(look())
    inputs = [
        [item.case.prompt, item.output.text, [image.digest for image in item.output.images], dict(item.question)]
        for item in shown
    ]
    found = [[dict(each.value), each.rationale, each.error] for each in seen]
    return {"fingerprint": fingerprint, "items": len(shown), "inputs": digest(inputs), "seen": digest(found)}


def collect():
    """``role=name`` -> what :func:`observe` returns."""
    named = [*BY_SET, *((role, name) for role, (name, _) in BY_RUN.items())]
    return {f"{role}={name}": observe(role, name) for role, name in named}


def read():
    return json.loads(FILE.read_text())


def complaint(before, after):
    """What is wrong, in words; empty if nothing is."""
    if before == after:
        return ""
    if before["inputs"] != after["inputs"] or before["items"] != after["items"]:
        return "the fixed set has changed: write the observations again"
    if before["fingerprint"] == after["fingerprint"]:
        return "it sees something else under the same fingerprint: raise its VERSION, then write the observations again"
    return "its fingerprint has changed: write the observations again if that was meant"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(json.dumps(collect(), indent=1) + "\n")
    else:
        known = read()
        for name, found in collect().items():
            print(f"{name}: {complaint(known[name], found) or 'as before'}")
