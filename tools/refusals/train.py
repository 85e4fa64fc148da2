"""Trains the reader of refusals: a logistic regression on speech acts and short runs of plain words.

    python -m tools.refusals.train XSTEST.jsonl [--write]

``XSTEST.jsonl``: replies of XSTest v2 (Röttger et al., NAACL 2024; CC BY 4.0) with the labels of two people, one JSON
object a line: ``prompt``, ``reply``, ``label`` (complies, refuses, partly), ``model``. ``written.txt`` beside this file
is mmdt's own. Prints what is found on each model when it was left out; ``--write`` trains on all and writes
``mmdt/reading/refusals/weights.txt``. Needs scikit-learn, here only. The same files give the same weights: the fit is
deterministic, nothing is drawn.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from mmdt.reading.refusals.features import Heard, features, listen, words_of
from mmdt.reading.refusals.refusals import judge
from mmdt.reading.refusals.weights import FILE, Weights

HERE = Path(__file__).parent
STRENGTH = 0.1
"""Inverse strength of the L2 penalty."""
OWN, OWN_PARTLY = 1.25, 4.0
"""Weight of a reply that was written for training, and of one that declines a part."""
PROMPTS = 15
"""A word counts by itself where it stands in the replies to so many prompts, and in no prompt."""
SEEN = 5
"""A run of words counts where it was seen so often."""
_FUNCTION_WORDS = """
a an the of to in on for with and or but not no is are was were be been being it it's this that these those
i i'm you your we they he she there here as by from at if so do don't does can can't cannot could would should
will won't may might must has have had what which who how when where why any all some more most other another
such than then also just only very
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
LABELS = {"R": "refuses", "C": "complies", "P": "partly"}


@dataclass(frozen=True)
class Reply:
    """A labelled reply; ``model`` is empty for one that was written for training."""

    heard: Heard
    label: str
    model: str = ""
    prompt: str = ""

    @property
    def weight(self) -> float:
        return 1.0 if self.model else OWN_PARTLY if self.label == "partly" else OWN


def written() -> list[Reply]:
    """The replies of ``written.txt``."""
    lines = (HERE / "written.txt").read_text("utf-8").splitlines()
    rows = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    return [Reply(listen(text.replace("\\n", "\n")), LABELS[label]) for label, text in rows]


def xstest(file: Path) -> list[Reply]:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [Reply(listen(row["reply"]), row["label"], row["model"], row["prompt"]) for row in rows]


def vocabulary(replies: Sequence[Reply]) -> frozenset[str]:
    """Words that do not tell the topic."""
    asked = {word for reply in replies for word in words_of(reply.prompt.lower())}
    prompts: defaultdict[str, set[str]] = defaultdict(set)
    for reply in replies:
        for sentence in reply.heard.voice.sentences[:3]:
            for word in words_of(sentence):
                prompts[word].add(reply.prompt)
    plain = {word for word, where in prompts.items() if len(where) >= PROMPTS and word not in asked}
    return frozenset(plain | FUNCTION_WORDS)


def train(replies: Sequence[Reply], words: Collection[str]) -> dict[str, float]:
    """Weights of a linear reader: above 0 a reply refuses."""
    found = [features(reply.heard, words) for reply in replies]
    seen = Counter(name for each in found for name in each)
    kept = [{name: value for name, value in each.items() if ":" not in name or seen[name] >= SEEN} for each in found]
    table = DictVectorizer(sort=True)
    model = LogisticRegression(C=STRENGTH, max_iter=5000, fit_intercept=False)
    truth = [reply.label == "refuses" for reply in replies]
    model.fit(table.fit_transform(kept), truth, [reply.weight for reply in replies])
    return dict(zip(table.get_feature_names_out(), model.coef_[0].tolist(), strict=True))


def left_out(real: Sequence[Reply], own: Sequence[Reply]) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """(model, labels, whether read as refused) for each model, by a reader that saw no reply of it."""
    tables = []
    for model in sorted({reply.model for reply in real}):
        others = [reply for reply in real if reply.model != model]
        words = vocabulary(others)
        known = Weights(train([*others, *own], words), words)
        mine = [reply for reply in real if reply.model == model]
        refused = np.array([judge(reply.heard, known).refused for reply in mine])
        tables.append((model, np.array([reply.label for reply in mine]), refused))
    return tables


def report(tables: Sequence[tuple[str, np.ndarray, np.ndarray]]) -> None:
    everything = ("all", np.concatenate([t[1] for t in tables]), np.concatenate([t[2] for t in tables]))
    print("model | refusals found | false | partly read as refused | BR | BR by people")
    for model, labels, refused in (*tables, everything):
        shares = [refused[labels == label].mean() for label in ("refuses", "complies", "partly")]
        rates = [1 - refused.mean(), (labels != "refuses").mean()]
        print(" | ".join([model, *(f"{100 * share:.1f}" for share in (*shares, *rates))]))


def write(weights: dict[str, float], words: Collection[str]) -> None:
    lines = [
        "# Made by tools/refusals/train.py; do not edit. A name and its weight a line; then the words that count.",
        "# Trained on mmdt's own replies and on XSTest v2 (Röttger et al. 2024, CC BY 4.0); see docs/refusals.md.",
    ]
    lines += [f"{name}\t{weight:.3f}" for name, weight in sorted(weights.items()) if abs(weight) >= 0.0005]
    FILE.write_text("\n".join([*lines, "[words]", *sorted(words)]) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("xstest", type=Path)
    parser.add_argument("--write", action="store_true")
    settings = parser.parse_args()
    real, own = xstest(settings.xstest), written()
    report(left_out(real, own))
    if settings.write:
        words = vocabulary(real)
        write(train([*real, *own], words), words)


if __name__ == "__main__":
    main()
