"""What the model was really sent, where that is less or other than the settings say, and how runs differ in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mmdt.spelling import option

Sent = tuple[tuple[str, str], ...]
"""What was sent, by setting: pairs, so that the order is kept."""

_SAMPLING = (
    "temperature",
    "top_p",
    "max_tokens",
    "reasoning_effort",
    "effort",
    "thinking",
    "thinking_budget",
    "thinking_level",
    "detail",
    "safety",
    "guardrail",
    "moderation",
    "size",
    "quality",
    "style",
    "background",
    "output_format",
    "aspect_ratio",
    "image_size",
    "extra_body",
)
_SETTING_OF_FIELD = {
    "maxTokens": "max_tokens",
    "response_format": "schema of the reply",
    "response_json_schema": "schema of the reply",
    "output_config": "schema of the reply",
    "outputConfig": "schema of the reply",
    "text": "schema of the reply",
}
_NO_MATTER = frozenset({"n", "store"})
"""Fields that change no answer."""
FEW = 0.03
"""The share of a scenario's cases above which rejections are said loudly."""
_OWN = "left to the server"


def sent_notes(manifest: Mapping[str, Any]) -> list[str]:
    """What a reader must know about what was sent and what came back."""
    replies = manifest.get("replies") or {}
    received = int(replies.get("received") or 0)
    notes = [_left_out(name, number, received) for name, number in _fields(replies).items()]
    for judge, names in (manifest.get("judges_left_out") or {}).items():
        if shown := ", ".join(dict.fromkeys(_setting(name) for name in names if name not in _NO_MATTER)):
            notes.append(f"The judge {judge} was asked without {shown}: its server does not take it.")
    return [*notes, *_backends(replies.get("backends") or {}), *_blind(replies), *_rejected(replies)]


def sent(manifest: Mapping[str, Any]) -> Sent:
    """The settings as they reached the model."""
    settings = (manifest.get("model") or {}).get("settings") or {}
    replies = manifest.get("replies") or {}
    received, left_out = int(replies.get("received") or 0), _fields(replies)
    values = {name: _shown(settings[name]) for name in _SAMPLING if name in settings}
    for name, number in left_out.items():
        before = values.get(name, "sent")
        part = f"{number:,} of {received:,} outputs without it, the others with {before}"
        values[name] = _OWN if number >= received else part
    return tuple(values.items())


def differences(runs: Sequence[tuple[str, Sent]]) -> list[str]:
    """One sentence for each setting that did not reach the models of all runs alike. ``runs``: label and what was
    sent."""
    found = [(label, dict(values)) for label, values in runs]
    names = dict.fromkeys(name for _, values in found for name in values)
    unlike = [name for name in names if len({values.get(name, _OWN) for _, values in found}) > 1]
    return [
        f"The models were sent different things: {name} is "
        + ", ".join(f"{values.get(name, _OWN)} ({label})" for label, values in found)
        + "."
        for name in unlike
    ]


def _fields(replies: Mapping[str, Any]) -> dict[str, int]:
    """Setting -> how many outputs were asked without it."""
    found = (replies.get("left_out") or {}).items()
    return {_setting(name): int(number) for name, number in found if name not in _NO_MATTER}


def _setting(field: str) -> str:
    return _SETTING_OF_FIELD.get(field, field)


def _shown(value: Any) -> str:
    if value == "0 where accepted":
        return "0"
    return _OWN if value == "left to the model" else str(value)


def _left_out(name: str, number: int, received: int) -> str:
    of = "All" if number >= received else f"{number:,} of {received:,}"
    return f"{of} outputs were asked without {name}, because the server does not take it: its own default applies."


def _backends(backends: Mapping[str, int]) -> list[str]:
    if len(backends) < 2:
        return []
    shown = ", ".join(f"{name} ({number:,} outputs)" for name, number in list(backends.items())[:5])
    more = f" and {len(backends) - 5} more" if len(backends) > 5 else ""
    return [f"The provider's system changed during the run (system_fingerprint): {shown}{more}."]


def _blind(replies: Mapping[str, Any]) -> list[str]:
    number = int(replies.get("blind") or 0)
    if not number:
        return []
    return [
        f"{number:,} answers to questions with pictures used no more tokens than the text alone: the server may have"
        " dropped the pictures, and these answers may be blind."
    ]


def _rejected(replies: Mapping[str, Any]) -> list[str]:
    notes = []
    for scenario, found in (replies.get("rejected") or {}).items():
        rejected, asked = int(found["rejected"]), int(found["asked"])
        if rejected > FEW * asked:
            notes.append(
                f"{scenario}: the server rejected {rejected:,} of {asked:,} requests ({rejected / asked:.0%}), most"
                f" often with: {found['message']}. If that is a filter, the numbers leave out the most harmful cases:"
                f" name its message with filter_patterns (docs/api-models.md) and run again with {option('reuse')}."
            )
    return notes
