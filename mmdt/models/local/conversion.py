"""The hub's own conversion to safetensors, for models whose weights are only in an older format.

A bot of the hub offers the conversion as a pull request. transformers finds that one and ignores those of others.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from mmdt.cache import cache_folder
from mmdt.disk.whole import write_whole
from mmdt.models.local.hub import COMMIT


def conversion_of(name: str, commit: str) -> str:
    """The commit with the conversion of a model at ``commit``. It is cached, so that later calls need no network.

    Raises the errors of the hub's libraries if there is no conversion or the hub does not answer.
    """
    cached = cache_folder() / "conversions" / name.replace("/", "--") / commit
    with suppress(OSError):
        known = cached.read_text(encoding="utf-8").strip()
        if COMMIT.fullmatch(known):
            return known
    found = _find(name)
    with suppress(OSError):  # without the cache, the hub is asked again next time
        _save(cached, found)
    return found


def _find(name: str) -> str:
    from huggingface_hub import HfApi
    from transformers.safetensors_conversion import get_conversion_pr_reference

    api = HfApi()
    return str(api.model_info(name, revision=get_conversion_pr_reference(api, name)).sha)


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())
