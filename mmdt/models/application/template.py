"""The request of an application: a JSON value with placeholders, filled in for one prompt and its images."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mmdt.core.image import Image
from mmdt.core.protocols import Request

NAMES = ("prompt", "messages", "system", "seed", "image", "image_base64", "image_type")
_IMAGE = frozenset({"image", "image_base64", "image_type"})
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ABSENT = object()
Values = Mapping[str, Any]


def placeholders(template: Any) -> frozenset[str]:
    """The names of the placeholders in a template. Raises ValueError for one that does not exist."""
    if isinstance(template, str):
        found = frozenset(_PLACE.findall(template))
        for name in found - set(NAMES):
            known = ", ".join(f"{{{{{each}}}}}" for each in NAMES)
            raise ValueError(f"the request has {{{{{name}}}}}, which is not one of {known}")
        return found
    parts = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
    return frozenset().union(*map(placeholders, parts))


def most_images(template: Any, in_list: int) -> int:
    """How many images a request can take: 0, 1, or ``in_list`` where an element of a list mentions the image."""
    if isinstance(template, str):
        return 1 if placeholders(template) & _IMAGE else 0
    if isinstance(template, dict):
        return max((most_images(each, in_list) for each in template.values()), default=0)
    if isinstance(template, list):
        return max((in_list if _repeats(each) else most_images(each, in_list) for each in template), default=0)
    return 0


def fill(template: Any, request: Request, images: Sequence[Image], *, seeded: bool = True) -> Any:
    """The JSON for a request. Values are put in once and never read for placeholders.

    A string that is one placeholder becomes its value (``{{seed}}`` a number or null, ``{{messages}}`` the turns of
    user and assistant as a list of ``role`` and ``content``). Without an image, what mentions one is left out, and so
    is a seed where the application takes none (``seeded`` false)."""
    turns = [{"role": each.role, "content": each.text} for each in request.turns]
    values: dict[str, Any] = {
        "prompt": request.prompt,
        "messages": turns,
        "system": request.system,
        "seed": request.seed,
    }
    if not seeded and request.seed is not None:
        values["seed"] = _ABSENT
    return _fill(template, values, [_image_values(image) for image in images])


def _fill(template: Any, values: Values, images: Sequence[Values]) -> Any:
    if isinstance(template, str):
        if placeholders(template) & _IMAGE:
            return _text(template, {**values, **images[0]}) if images else _ABSENT
        return _text(template, values)
    if isinstance(template, dict):
        filled = {key: _fill(each, values, images) for key, each in template.items()}
        return {key: each for key, each in filled.items() if each is not _ABSENT}
    if isinstance(template, list):
        return [each for part in template for each in _elements(part, values, images) if each is not _ABSENT]
    return template


def _elements(part: Any, values: Values, images: Sequence[Values]) -> list[Any]:
    """An element of a list: once for each image if it mentions one outside of any list of its own."""
    if not _repeats(part):
        return [_fill(part, values, images)]
    return [_fill(part, values, [image]) for image in images]


def _repeats(template: Any) -> bool:
    """Whether an image is mentioned, apart from inner lists, which repeat their own elements."""
    if isinstance(template, str):
        return bool(placeholders(template) & _IMAGE)
    return isinstance(template, dict) and any(_repeats(each) for each in template.values())


def _image_values(image: Image) -> Values:
    data = base64.b64encode(image.read()).decode()
    return {
        "image": f"data:{image.media_type};base64,{data}",
        "image_base64": data,
        "image_type": image.media_type,
    }


def _text(template: str, values: Values) -> Any:
    whole = _PLACE.fullmatch(template.strip())
    if whole:
        return values[whole[1]]
    return _PLACE.sub(lambda match: "" if values[match[1]] in (None, _ABSENT) else str(values[match[1]]), template)
