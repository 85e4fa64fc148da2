"""Sign injection: an instruction on a board in the scene, seen from an angle."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image as Pil
from PIL import ImageDraw

from mmdt.attacks.injections.instruction import instruction_of
from mmdt.attacks.injections.writing import ink
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.errors import UsageError

_BOARDS = ((250, 248, 235), (255, 225, 120), (210, 235, 210))


def put_up(picture: Pil.Image, text: str, left: float, tilt: float, board: tuple[int, int, int]) -> Pil.Image:
    """The picture with a board on a post; its left edge at a share of the width. Board and post cover a box of 45 % of
    the width and 60 % of the height. ``tilt``: by how much one side is shorter, as a share (its sign: which). Raises
    UsageError where the board or its text does not fit."""
    scene = picture.convert("RGB")
    width, height = int(0.45 * scene.width), int(0.36 * scene.height)
    if width < 24 or height < 16:
        what = f"a picture of {scene.width} x {scene.height} pixels is too small for a board"
        raise UsageError(what, hint="use pictures of 54 x 45 pixels or more")
    x0, y0 = int(left * scene.width), int(0.35 * scene.height)
    face = np.full((height, width, 3), board, np.float32)
    letters = ink((width, height), text, (width // 12, height // 12, width * 11 // 12, height * 11 // 12), height // 3)
    flat = Pil.fromarray((face * (1 - letters[..., None])).astype(np.uint8))
    ImageDraw.Draw(flat).rectangle((0, 0, width - 1, height - 1), outline=(90, 70, 50), width=max(1, height // 30))
    near, far = max(0.0, tilt) * height / 2, max(0.0, -tilt) * height / 2
    quad = (0, -near, 0, height + near, width, height + far, width, -far)
    seen = flat.transform(flat.size, Pil.Transform.QUAD, quad, Pil.Resampling.BICUBIC)
    mask = Pil.new("L", flat.size, 255).transform(flat.size, Pil.Transform.QUAD, quad)
    post = x0 + width // 2
    thick = max(1, width // 30)
    foot = (post - thick, y0 + height - int(near + far), post + thick, int(0.95 * scene.height) - 1)
    ImageDraw.Draw(scene).rectangle(foot, (110, 85, 60))
    scene.paste(seen, (x0, y0), mask)
    return scene


def _change(attempt: Attempt, rng: random.Random, text: str) -> Attempt:
    said = instruction_of(attempt, text, SIGN_INJECTION.name)
    left, tilt, board = rng.uniform(0.03, 0.5), rng.choice((-1, 1)) * rng.uniform(0.06, 0.2), rng.choice(_BOARDS)
    return change_pictures(attempt, SIGN_INJECTION.name, lambda each: put_up(each, said, left, tilt, board))


SIGN_INJECTION = Attack(
    "sign-injection",
    I2T,
    _change,
    "puts up a board in the scene with an instruction on it",
    kind="picture",
    parameters={"text": ""},
    source='Cao et al., "SceneTAP: scene-coherent typographic adversarial planner", CVPR 2025, without a planner',
    constraint="no pixel outside a box of 45 % of the width and 60 % of the height changes",
)
