"""Contact sheets of embedded cases: drawn samples with their questions and truths, for people to look at.

python -m bench.contact_sheet sheets --number 200 --seed 11
"""

from __future__ import annotations

import argparse
import random
import textwrap
from collections.abc import Sequence
from pathlib import Path

from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

from mmdt import plugins
from mmdt.core.case import Case
from mmdt.core.modality import flow

SIDE, CAPTION, ACROSS, ON_A_SHEET = 240, 92, 6, 30
"""Pixels of a picture and its caption; pictures in a row and on a sheet."""
TRUTH = ("answer", "counts", "truth", "keyword", "words", "origin", "label", "age", "ethnicity", "data", "severity")


def draw_sample(number: int, seed: int) -> list[Case]:
    """Cases of every embedded scenario about pictures, in turn; not those that are asked in words alone."""
    rng = random.Random(seed)
    scenarios = [each for each in plugins.scenarios().values() if each.embedded and flow(each.modality).sends_images]
    pools = []
    for scenario in scenarios:
        cases = [case for case in (scenario.embedded(seed, 4) if scenario.embedded else ()) if case.images]
        rng.shuffle(cases)
        pools.append(cases)
    found: list[Case] = []
    while len(found) < number and any(pools):
        found += [pool.pop() for pool in pools if pool]
    return found[:number]


def sheet(cases: Sequence[Case]) -> Pil.Image:
    rows = -(-len(cases) // ACROSS)
    page = Pil.new("RGB", (ACROSS * SIDE, rows * (SIDE + CAPTION)), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(10)
    for place, case in enumerate(cases):
        left, top = place % ACROSS * SIDE, place // ACROSS * (SIDE + CAPTION)
        picture = case.images[0].pil().copy()
        picture.thumbnail((SIDE - 6, SIDE - 6))
        page.paste(picture, (left + 3, top + 3))
        truth = "; ".join(f"{key}: {case.target[key]}" for key in TRUTH if key in case.target)
        asked = case.target.get("question") or case.prompt
        text = f"{case.cell.perspective[:6]}/{case.cell.scenario}/{case.cell.task}\n{asked}\n{truth}"
        lines = [line for part in text.split("\n") for line in textwrap.wrap(part, 44)][:7]
        pen.multiline_text((left + 4, top + SIDE), "\n".join(lines), fill="black", font=font, spacing=1)
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    cases = draw_sample(given.number, given.seed)
    for start in range(0, len(cases), ON_A_SHEET):
        sheet(cases[start : start + ON_A_SHEET]).save(given.folder / f"sheet-{start // ON_A_SHEET + 1}.png")


if __name__ == "__main__":
    main()
