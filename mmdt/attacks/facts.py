"""Facts that attacks need about an attempt: from their parameters, the target of the case, or the behaviour."""

from __future__ import annotations

from mmdt.core.attack import Attempt
from mmdt.core.behaviour import Behaviour
from mmdt.errors import UsageError


def needed(attempt: Attempt, name: str, given: str, attack: str) -> str:
    """The parameter of that name, or the entry of that name in the case's target.

    Raises UsageError when there is neither.
    """
    value = given or attempt.target.get(name)
    if not isinstance(value, str) or not value.strip():
        hint = f"pass attack({attack!r}).with_parameters({name}=...), or put {name!r} into the target"
        raise UsageError(f"the attack {attack!r} needs a {name}", hint=hint)
    return value


def origin_of(attempt: Attempt, given: str) -> str:
    """The word or phrase of the prompt that an attack changes.

    The parameter if it is given, else the target's ``origin``, else the thing of the behaviour, else the longest word.
    """
    found = given or attempt.target.get("origin")
    if isinstance(found, str) and found.strip():
        return found
    thing = attempt.behaviour.thing if attempt.behaviour is not None else ""
    if thing and thing in attempt.prompt:
        return thing
    words = (word.strip(".,:;!?()\"'") for word in attempt.prompt.split())
    return max(words, key=len, default="")


def behaviour_of(attempt: Attempt, attack: str) -> Behaviour:
    """The behaviour that the request is about, or the one that the target of the case names.

    Raises UsageError where there is neither.
    """
    found = behaviour_in(attempt)
    if found is None:
        hint = "use make_cases with a Behaviour, or put 'behaviour' into the target of the case"
        raise UsageError(f"the attack {attack!r} needs a behaviour, and a case has none", hint=hint)
    return found


def behaviour_in(attempt: Attempt) -> Behaviour | None:
    """The behaviour of the attempt, or the one that the target of its case names; None where there is neither."""
    text = attempt.target.get("behaviour")
    if attempt.behaviour is not None or not isinstance(text, str) or not text.strip():
        return attempt.behaviour
    return Behaviour(str(attempt.target.get("category", "")), text)


def title_of(attempt: Attempt) -> str:
    """What a page says that carries the request: "How to ..." for a behaviour, else the prompt itself."""
    found = behaviour_in(attempt)
    return attempt.prompt if found is None else f"How to {found.text}"


def thing_of(attempt: Attempt) -> str:
    """The thing that a request is about: that of its behaviour, else the word that ``origin_of`` finds."""
    found = behaviour_in(attempt)
    if found is None:
        return origin_of(attempt, "")
    return found.thing or found.text.rstrip(" .!?").split()[-1]
