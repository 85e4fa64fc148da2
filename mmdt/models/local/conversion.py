"""The hub's own conversion of weights to safetensors, where a model on it has them in an older form alone.

A bot of the hub offers it as a pull request; transformers knows how to find that one, and nobody else's.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from mmdt.cache import cache_folder
from mmdt.models.local.hub import COMMIT


def conversion_of(name: str, commit: str) -> str:
    """The commit that holds the conversion of a model at a commit. It is remembered: asked again, no network is needed.

    Raises what the hub's libraries raise where there is none or nobody can be asked.
    """
    kept = cache_folder() / "conversions" / name.replace("/", "--") / commit
    with suppress(OSError):
        known = kept.read_text(encoding="utf-8").strip()
        if COMMIT.fullmatch(known):
            return known
    found = _asked(name)
    with suppress(OSError):  # it is asked again next time
        _keep(kept, found)
    return found


def _asked(name: str) -> str:
    from huggingface_hub import HfApi
    from transformers.safetensors_conversion import get_conversion_pr_reference

    api = HfApi()
    return str(api.model_info(name, revision=get_conversion_pr_reference(api, name)).sha)


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
