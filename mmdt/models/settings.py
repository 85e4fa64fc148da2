"""Reads and checks the settings of a runtime. Errors list the valid names or values."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from mmdt.core.modality import Modality
from mmdt.errors import UsageError
from mmdt.models.http.urls import check_base_url
from mmdt.safe_text.redaction import KEY, is_credential_name, know, without_credentials
from mmdt.spelling import option

T = TypeVar("T", bound=msgspec.Struct)


def check_no_remote_code(arguments: Mapping[str, Any] | None, where: str) -> None:
    """Raises UsageError where a library's own arguments allow a checkpoint to bring code along: a run's settings may
    come from anywhere."""
    if any(
        name.replace("-", "_").lower() == "trust_remote_code" and given for name, given in (arguments or {}).items()
    ):
        hint = (
            "use a checkpoint that its library knows, or serve the model yourself and name the server with"
            f" {option('base_url')}"
        )
        raise UsageError("mmdt runs no code that comes with a checkpoint (trust_remote_code)", where=where, hint=hint)


def read_settings(kind: type[T], settings: Mapping[str, Any], where: str) -> T:
    """``settings`` as ``kind``. Text from the command line is converted to numbers and booleans as needed.

    Raises UsageError, with ``where`` and the valid choices, on an unknown name or a value of the wrong type.
    """
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for name in settings:
        if name not in known:
            hint = f"use one of: {', '.join(sorted(known))}"
            raise UsageError(f"unknown setting {name!r}", where=where, hint=hint)
    try:
        return msgspec.convert(_with_credentials(settings, where), kind, strict=False)
    except msgspec.ValidationError as error:
        choices = _choices(kind, str(error))
        hint = f"use one of: {', '.join(choices)}" if choices else "correct its value"
        raise UsageError(f"invalid setting: {error}", where=where, hint=hint) from error


def _with_credentials(value: Any, where: str, path: str = "") -> Any:
    """The settings with references to variables (``$NAME``, where a credential belongs) replaced by their values.

    Raises UsageError if a variable is not set, or if a credential was left out when the settings were stored.
    """
    if isinstance(value, Mapping):
        return {
            key: _with_credentials(item, where, f"{path}.{key}" if path else str(key)) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_with_credentials(item, where, path) for item in value]
    if not isinstance(value, str) or "." not in path:
        return value
    if KEY in value:
        reusing = option("reuse")
        hint = f"start the run with a reference to a variable there, such as $MY_KEY; {reusing} takes over its answers"
        raise UsageError(f"the credential in {path} was not stored with the run", where=where, hint=hint)
    credential = is_credential_name(path.rpartition(".")[2])
    if credential and value.startswith("$") and value[1:].isidentifier():
        found = os.environ.get(value[1:], "")
        if not found:
            raise UsageError(
                f"the environment variable {value[1:]} is not set", where=f"{where}, {path}", hint="set it"
            )
        value = found
    if credential:
        know(value.removeprefix("Bearer "))
    return value


def _choices(kind: type[msgspec.Struct], error: str) -> list[str]:
    """The valid values of the setting that the error is about, if it is one with a fixed set of values."""
    found = re.search(r"`\$\.(\w+)`", error)
    wanted = get_type_hints(kind).get(found[1]) if found else None
    literals = [one for one in (wanted, *get_args(wanted)) if get_origin(one) is Literal]
    return [str(value) for literal in literals for value in get_args(literal)]


def check_name(model: str, where: str, example: str) -> None:
    """Raises UsageError if the name of the model is empty."""
    if not model:
        raise UsageError("the model has no name", where=where, hint=f"write for example {example}")


def base_url(given: str, variable: str, official: str, where: str) -> str:
    """The endpoint: the given URL, else the one in the environment variable, else the provider's. Raises UsageError."""
    return check_base_url(given or os.environ.get(variable) or official, where)


ModalitySetting = Literal["i2t", "t2i", "t2t", "both"]
"""``t2t``: a model that reads no pictures. ``both``: one that answers questions (i2t) and draws (t2i)."""


def modalities(modality: ModalitySetting | None, *, draws: bool) -> frozenset[Modality]:
    """The modalities of a model: from the setting, or if that is None, from ``draws`` (whether its name says so)."""
    if modality == "both":
        return frozenset({"i2t", "t2i"})
    return frozenset({modality or ("t2i" if draws else "i2t")})


def stated(settings: msgspec.Struct, silent: frozenset[str]) -> dict[str, Any]:
    """The settings that differ from their defaults, without the ``silent`` ones, for the description of a run."""
    found = {}
    for field in msgspec.structs.fields(settings):
        value = getattr(settings, field.name)
        if field.name not in silent and value != field.default:
            found[field.encode_name] = without_credentials(msgspec.to_builtins(value), field.encode_name)
    return found
