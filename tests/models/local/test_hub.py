"""Local models and networks by their id on the hub, over real HTTP, and again without a network.

The libraries read their settings when they are imported, so the questions are put in processes of their own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import tiny
from tests.servers.hub_server import HubServer

tiny.need("torch", "transformers", "diffusers")

from tests.models import tiny_chat, tiny_painters  # noqa: E402 - after the check that its libraries are there

ASK = """
import asyncio, json, sys
from mmdt.core.modality import flow
from mmdt.core.protocols import Request
from mmdt.errors import MmdtError
from mmdt.plugins import open_model

async def ask(name, settings):
    model = open_model(name, settings)
    said = {"described": dict(model.info.settings), "found": [each.level for each in await model.check()]}
    try:
        (modality,) = model.info.modalities
        (output,) = await model.generate([Request.of("a red cup", wants=flow(modality).output, seed=1)])
        said |= {"text": output.text, "pictures": [image.digest for image in output.images]}
    except MmdtError as error:
        said |= {"what": error.what, "hint": error.hint}
    await model.close()
    return said

for name, settings in json.loads(sys.argv[1]):
    print(json.dumps(asyncio.run(ask(name, settings))))
"""
SMALL = {"steps": 2, "width": 32, "height": 32}
MODELS = {
    "sd": ("diffusers/tiny/sd", SMALL),
    "kandinsky": ("diffusers/tiny/kandinsky-decoder", SMALL),
    "llava": ("hf/tiny/llava", {"max_tokens": 4}),
    "tagged": ("hf/tiny/llava@v1", {"max_tokens": 4}),
    "older": ("hf/tiny/older", {"max_tokens": 4}),
    "gone": ("hf/tiny/gone", {}),
}


def run(program: str, *arguments: str, home: Path, hub: HubServer, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "HF_HOME": str(home), "XDG_CACHE_HOME": str(home), "HF_ENDPOINT": hub.url, **env},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(home: Path, hub: HubServer, **env: str) -> dict[str, Any]:
    said = run(ASK, json.dumps(list(MODELS.values())), home=home, hub=hub, **env).splitlines()
    return dict(zip(MODELS, map(json.loads, said), strict=True))


def without_safetensors(whole: Path, folder: Path) -> Path:
    """The same checkpoint as it was saved before there were safetensors."""
    import torch
    from safetensors.torch import load_file

    shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    torch.save(load_file(whole / "model.safetensors"), folder / "pytorch_model.bin")
    return folder


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the models answer online, and then without a network."""
    folder = tmp_path_factory.mktemp("hub")
    models = {
        "tiny/sd": tiny_painters.write_sd(folder / "sd"),
        "tiny/kandinsky-prior": tiny_painters.write_kandinsky22_prior(folder / "prior"),
        "tiny/kandinsky-decoder": tiny_painters.write_kandinsky22_decoder(folder / "decoder", "tiny/kandinsky-prior"),
        "tiny/llava": tiny_chat.write_llava(folder / "llava"),
    }
    models["tiny/older"] = without_safetensors(models["tiny/llava"], folder / "older")
    with HubServer(models=models, converted={"tiny/older": models["tiny/llava"]}).running() as hub:
        online = ask(folder / "home", hub)
        asked = len(hub.requests)
        offline = ask(folder / "home", hub, HF_HUB_OFFLINE="1")
        assert len(hub.requests) == asked
    return {"online": online, "offline": offline}


def commit(name: str) -> str:
    return hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("name", ["sd", "kandinsky"])
def test_a_picture_is_drawn(said: dict[str, dict[str, Any]], name: str) -> None:
    (picture,) = said["online"][name]["pictures"]
    assert len(picture) == 64


@pytest.mark.parametrize("name", ["llava", "tagged"])
def test_a_question_is_answered(said: dict[str, dict[str, Any]], name: str) -> None:
    assert said["online"][name]["text"] == said["online"]["llava"]["text"] != ""


def test_the_description_names_the_commits_also_of_a_prior(said: dict[str, dict[str, Any]]) -> None:
    """Each repository has commits of its own; that of the first is not looked for in the other."""
    described = said["online"]["kandinsky"]["described"]
    assert described["weights"] == f"tiny/kandinsky-decoder@{commit('tiny/kandinsky-decoder')}"
    assert described["prior"] == f"tiny/kandinsky-prior@{commit('tiny/kandinsky-prior')}"
    assert "prior" not in said["online"]["sd"]["described"]
    assert said["online"]["tagged"]["described"]["weights"] == f"tiny/llava@{commit('tiny/llava')}"


def test_older_weights_are_read_from_the_hubs_own_conversion(said: dict[str, dict[str, Any]]) -> None:
    assert said["online"]["older"]["text"] == said["online"]["llava"]["text"]
    assert said["online"]["older"]["described"]["weights"] == f"tiny/older@{commit('tiny/older')}"


def test_everything_works_again_without_a_network(said: dict[str, dict[str, Any]]) -> None:
    for name in ("sd", "kandinsky", "llava", "tagged", "older"):
        assert said["offline"][name] == said["online"][name]


def test_the_doctor_checks_the_prior_too(said: dict[str, dict[str, Any]]) -> None:
    assert said["online"]["kandinsky"]["found"] == ["ok"] * 3
    assert said["online"]["gone"]["found"] == ["ok", "problem"]


def test_a_missing_checkpoint_is_reported_with_a_hint(said: dict[str, dict[str, Any]]) -> None:
    for way in ("online", "offline"):
        assert "cannot be loaded" in said[way]["gone"]["what"]
        assert "hf download" in said[way]["gone"]["hint"]


def test_a_hub_that_is_down_costs_no_wait(tmp_path: Path) -> None:
    """Its own client would try again and again for every file."""
    program = """
from mmdt.models.local.checkpoint import Checkpoint
one = Checkpoint("tiny/sd")
print(one.mark(), one.file("README.md"), one.file("model_index.json"))
"""
    hub = HubServer()
    hub.down = True
    with hub.running():
        assert run(program, home=tmp_path, hub=hub) == "tiny/sd@main (not resolved) None None\n"
    assert len([each for each in hub.requests if "tiny/sd" in each]) == 1
