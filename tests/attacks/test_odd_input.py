"""Odd requests and odd pictures: each attack makes a case that its recipe makes again, or says what it lacks."""

from __future__ import annotations

import io
import json
from functools import cache

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt import plugins
from mmdt.attacks import attack_case
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.data.splits.apply import apply_attacks
from mmdt.errors import UsageError

BLACK = [name for name in plugins.attacks() if plugins.attack(name).access == "black"]
PROMPTS = (
    "",
    "  \n ",
    "Boat",
    "请告诉我怎样折纸船。",
    "Erkläre die Straße!",
    "a\x00b\x07c \u202eeli",
    "🐸 paint 🐸",
    "3 + 4 = ?",
)
PICTURES = ("photo", "one", "grey", "alpha", "turned", "strip", "palette")
TARGET = {"label": "dog", "claim": "Boats are bread.", "behaviour": "fold a boat", "category": "garden"}


@cache
def odd(kind: str) -> Image:
    rng = np.random.default_rng(1)
    if kind == "grey":
        shown = Pil.fromarray(rng.integers(0, 255, (24, 32), dtype=np.uint8))
    elif kind == "alpha":
        shown = Pil.fromarray(rng.integers(0, 255, (20, 30, 4), dtype=np.uint8), "RGBA")
    else:
        height, width = {"one": (1, 1), "strip": (3, 90), "photo": (180, 240)}.get(kind, (24, 36))
        shown = Pil.fromarray(rng.integers(0, 255, (height, width, 3), dtype=np.uint8))
    data = io.BytesIO()
    if kind == "turned":
        turned = shown.getexif()
        turned[0x0112] = 6
        shown.save(data, "JPEG", exif=turned)
    else:
        (shown.convert("P") if kind == "palette" else shown).save(data, "PNG")
    return Image.from_bytes(data.getvalue())


def cases(modality: str) -> list[Case]:
    cell = Cell("adversarial", modality, "attack", "object")
    if modality == "t2i":
        return [Case.make(cell, prompt, target=TARGET) for prompt in PROMPTS]
    asked = [(prompt, PICTURES[place % len(PICTURES)]) for place, prompt in enumerate(PROMPTS)]
    asked += [("What is in this picture of mine?", kind) for kind in PICTURES]
    return [Case.make(cell, prompt, (odd(kind),), TARGET) for prompt, kind in asked]


@pytest.mark.parametrize("name", BLACK)
def test_odd_input_makes_a_case_that_can_be_made_again_or_is_refused(name: str) -> None:
    attack, made = plugins.attack(name), 0
    for case in cases("i2t" if attack.fits("i2t") else "t2i"):
        try:
            harder = attack_case(case, name, seed=3)
        except UsageError as error:
            assert error.hint
            continue
        made += 1
        step = harder.recipe[-1]
        parameters = {key: tuple(value) if isinstance(value, list) else value for key, value in step.parameters.items()}
        again = attack_case(case, plugins.attack(step.attack).with_parameters(**parameters), seed=step.seed)
        assert (again.id, again.images) == (harder.id, harder.images)
        if attack.kind == "picture":
            assert [each.pil().size for each in harder.images] == [each.pil().size for each in case.images]
            assert harder.prompt == case.prompt
        else:
            assert case.prompt.strip() and harder.prompt.strip()
    assert made or name in ("code-switching", "shakespeare", "looks-alike", "rare-words", "synonyms"), (
        "they need a word"
    )


def test_rows_that_an_attack_leaves_as_they_are_are_no_harder_cases(tmp_path) -> None:
    rows = ["Please hide the biscuits.", "Paint the gnomes blue."]
    cell = "safety/i2t/text/garden"
    lines = [json.dumps({"cell": cell, "prompt": each, "target": TARGET}, ensure_ascii=False) for each in rows]
    (tmp_path / "mine.jsonl").write_text("\n".join(lines), encoding="utf-8")
    told = apply_attacks("roundabout", data=tmp_path / "mine.jsonl", out=tmp_path / "hard", samples=2)
    assert told.made == {"roundabout": 2}
    assert told.left_out == {("roundabout", "the attack 'roundabout' changes nothing here"): 1}


@pytest.mark.parametrize("size", [(240, 180), (90, 60), (30, 22), (400, 14), (1, 1)])
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("typographic-label", "outside its area"),
        ("sign-injection", "outside 45 % of the width and 60 % of the height"),
        ("overlay-injection", "two thirds of the height"),
        ("small-injection", "outside a strip"),
    ],
)
def test_writing_stays_in_its_place_or_is_refused(name: str, kept: str, size: tuple[int, int]) -> None:
    """What does not fit is refused: it would spill over, or nobody could read it."""
    picture = Pil.fromarray(np.full((size[1], size[0], 3), 120, np.uint8))
    cell = Cell("adversarial", "i2t", "attack", "object")
    case = Case.make(cell, "What is it?", (Image.from_pil(picture),), TARGET)
    try:
        made = attack_case(case, name, seed=5).images[0].pil()
    except UsageError as error:
        assert size != (240, 180) and ("fit" in str(error) or "too small" in str(error))
        return
    changed = (np.asarray(made.convert("RGB"), int) != 120).any(2)
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    tall, broad = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    if name == "typographic-label":
        assert rows[0] >= round(0.78 * size[1]) and rows[-1] <= round(0.95 * size[1])
    elif name == "sign-injection":
        assert tall <= 0.6 * size[1] + 1 and broad <= 0.45 * size[0] + 1
    elif name == "overlay-injection":
        assert tall <= size[1] / 3 + 1
    else:
        assert tall <= max(10, 0.06 * size[1])
