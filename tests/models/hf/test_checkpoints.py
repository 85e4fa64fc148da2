"""A checkpoint's own files: template, processor and weights. Whatever they contain, no question or picture is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image as Pil

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, Status
from mmdt.core.protocols import Request
from mmdt.errors import UsageError
from mmdt.models.local.checkpoint import Checkpoint
from mmdt.plugins import open_model
from tests import tiny

tiny.need("torch", "transformers")

from mmdt.models.hf.chat import ChatEncoder  # noqa: E402 - after the check that its libraries are there
from mmdt.models.hf.processor import load_processor, tokenizer_of  # noqa: E402
from tests.models import tiny_chat, tiny_others  # noqa: E402

TOKENS = 12
STRINGS = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] | trim }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""A template of a text-only model, as fine-tuned checkpoints inherit it."""
LOST = "{% for message in messages %}<|im_start|>{{ message['role'] }}<|im_end|>{% endfor %}"

Copy = Callable[[str], Path]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    writers = {
        "llava": tiny_chat.write_llava,
        "llama": tiny_chat.write_llama,
        "gemma3": tiny_chat.write_gemma3,
        "mllama": tiny_others.write_mllama,
        **tiny_others.WITHOUT_TEMPLATE,
    }
    return {name: write(tmp_path_factory.mktemp(name)) for name, write in writers.items()}


@pytest.fixture
def copy(written: dict[str, Path], tmp_path: Path) -> Copy:
    """A copy of a checkpoint, to be changed."""
    return lambda name: Path(shutil.copytree(written[name], tmp_path / name))


def ask(prompt: str, *images: Image, **more: Any) -> Request:
    return Request.of(prompt, images, **more)


def picture(colour: str, size: tuple[int, int] = (60, 40)) -> Image:
    return Image.from_pil(Pil.new("RGB", size, colour))


async def answers(folder: Path, *batches: list[Request]) -> list[Output]:
    """One model's outputs, batch by batch."""
    model = open_model(f"hf/{folder}", {"max_tokens": TOKENS})
    outputs = [output for batch in batches for output in await model.generate(batch)]
    await model.close()
    return outputs


def changed(file: Path, **values: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def prompts(folder: Path, *requests: Request) -> list[str]:
    """What the network reads."""
    from transformers import AutoConfig

    checkpoint = Checkpoint(str(folder))
    sees = any(request.images for request in requests)
    processor = load_processor(checkpoint, AutoConfig.from_pretrained(folder), sees=sees)
    chats = ChatEncoder(processor, sees=sees)
    inputs = [chats.inputs([request], [[image.pil() for image in request.images]]) for request in requests]
    return [str(tokenizer_of(processor).decode(each["input_ids"][0])) for each in inputs]


@pytest.mark.parametrize("name", tiny_others.WITHOUT_TEMPLATE)
async def test_models_without_a_template_answer_about_a_picture_whatever_the_batch(
    written: dict[str, Path], name: str
) -> None:
    requests = [
        ask("What is it?", picture("red")),
        ask("What is it?", picture("blue", (30, 90))),
        ask("Which of the things in it is the largest, and why?", picture("green"), system="You are terse."),
    ]
    outputs = await answers(written[name], requests, *([request] for request in requests))
    together, alone = outputs[:3], outputs[3:]
    assert [output.status for output in together] == [Status.ANSWERED] * 3, together
    assert [output.text for output in together] == [output.text for output in alone]
    assert [output.usage for output in together] == [output.usage for output in alone]
    assert together[0].text != together[1].text
    assert all(1 < output.usage.output_tokens <= TOKENS for output in together)


@pytest.mark.parametrize(("name", "why"), [("paligemma", "needs an image"), ("blip-2", "needs an image")])
async def test_a_prompt_without_a_picture_fails_clearly_where_one_is_needed(
    written: dict[str, Path], name: str, why: str
) -> None:
    alone, shown = await answers(written[name], [ask("Say"), ask("What?", picture("red"))])
    assert alone.failure is not None
    assert alone.failure.kind is FailureKind.CASE
    assert why in alone.failure.message
    assert shown.status is Status.ANSWERED


@pytest.mark.parametrize(("name", "takes"), [("paligemma", True), ("blip-2", False), ("florence-2", False)])
async def test_a_second_picture_is_read_or_its_case_fails(written: dict[str, Path], name: str, takes: bool) -> None:
    red, blue = picture("red"), picture("blue")
    one, two, other = await answers(written[name], [ask("What?", red), ask("What?", red, blue), ask("What?", red, red)])
    assert one.status is Status.ANSWERED
    if takes:
        assert len({one.text, two.text, other.text}) == 3
        return
    assert two.failure is not None
    assert two.failure.kind is FailureKind.CASE
    assert "one image per prompt" in two.failure.message


def test_a_system_turn_is_a_string_and_moves_into_the_prompt_beside_a_picture(written: dict[str, Path]) -> None:
    """Llama 3.2 Vision: its template raises an error there, and would write a list of parts as Python does."""
    words, shown = prompts(
        written["mllama"], ask("Say", system="You're terse."), ask("What?", picture("red"), system="You're terse.")
    )
    assert "system\nYou're terse.<|im_end|>" in words
    assert "<|image|>You're terse.\n\nWhat?<|im_end|>" in shown
    assert "'type'" not in words + shown


async def test_text_before_a_picture_does_not_see_padding_of_the_batch(written: dict[str, Path]) -> None:
    """Llama 3.2 Vision: tokens before a picture attend to all pictures, including padding."""
    asked: list[list[int]] = []
    model: Any = open_model(f"hf/{written['mllama']}", {"max_tokens": TOKENS})
    runtime = await model._loaded()
    prepare = runtime.prepare
    runtime.prepare = lambda requests, pictures: asked.append([*map(len, pictures)]) or prepare(requests, pictures)
    red, blue = picture("red"), picture("blue")
    outputs = await model.generate([ask("A?", red), ask("B?", red, blue), ask("C"), ask("D?", blue, red)])
    await model.close()
    assert asked == [[2, 2], [1], [0]]
    assert [output.status for output in outputs] == [Status.ANSWERED] * 4


async def test_a_template_for_strings_gets_strings_and_the_pictures_tokens(copy: Copy) -> None:
    folder = copy("llava")
    (folder / "chat_template.jinja").write_text(STRINGS)
    words, shown = prompts(folder, ask("Say it", system="Be terse"), ask("What?", picture("red"), picture("blue")))
    assert (
        words == "<|im_start|>system\nBe terse<|im_end|>\n<|im_start|>user\nSay it<|im_end|>\n<|im_start|>assistant\n"
    )
    image = "<image>" * 4
    assert f"user\n{image}\n{image}\nWhat?<|im_end|>" in shown
    red, blue, both = await answers(
        folder, [ask("What?", picture("red")), ask("What?", picture("blue")), ask("What?", *[picture("red")] * 2)]
    )
    assert len({red.text, blue.text, both.text}) == 3


async def test_a_template_that_loses_the_question_is_an_error_when_loading(copy: Copy) -> None:
    for name in ("llava", "llama"):
        folder = copy(name)
        (folder / "chat_template.jinja").write_text(LOST)
        with pytest.raises(UsageError, match=rf"chat template loses the question.*{folder}.*chat_template\.jinja"):
            await answers(folder, [ask("Say")])


def test_of_several_templates_the_one_for_chats_is_taken(copy: Copy) -> None:
    folder = copy("llama")
    (folder / "chat_template.jinja").unlink()
    templates = [{"name": "tool_use", "template": LOST}, {"name": "default", "template": STRINGS}]
    changed(folder / "tokenizer_config.json", chat_template=templates)
    assert prompts(folder, ask("Say")) == ["<|im_start|>user\nSay<|im_end|>\n<|im_start|>assistant\n"]


async def test_pictures_that_do_not_reach_the_network_are_an_error_when_loading(copy: Copy) -> None:
    folder = copy("llava")
    file = next(file for file in folder.glob("*processor_config.json") if "rescale_factor" in file.read_text())
    settings = json.loads(file.read_text())
    settings.get("image_processor", settings)["rescale_factor"] = 0.0
    file.write_text(json.dumps(settings))
    with pytest.raises(UsageError, match="images do not reach this checkpoint"):
        await answers(folder, [ask("What?", picture("red"))])


def test_a_vision_checkpoint_needs_an_image_processor(written: dict[str, Path]) -> None:
    """transformers silently falls back to the tokenizer alone."""
    config: Any = SimpleNamespace(model_type="llama", is_encoder_decoder=False)
    with pytest.raises(UsageError, match="no image processor"):
        load_processor(Checkpoint(str(written["llama"])), config, sees=True)


def test_a_processor_that_reads_video_settings_works_without_video(tmp_path: Path) -> None:
    from transformers import MiniCPMV4_6ImageProcessorPil

    marks = ("image", "slice", "image_id")
    names = {f"{mark}_{end}_token": f"<{mark}_{end}>" for mark in marks for end in ("start", "end")}
    tokenizer = tiny_chat.chat_tokenizer(image_token="<image>", video_token="<video>", **names)  # noqa: S106
    tokenizer.chat_template = tiny_chat.CHAT.replace("IMAGE", "<image>")
    tokenizer.save_pretrained(tmp_path)
    MiniCPMV4_6ImageProcessorPil(patch_size=4, scale_resolution=64).save_pretrained(tmp_path)
    (tmp_path / "processor_config.json").write_text('{"processor_class": "MiniCPMV4_6Processor"}')
    config: Any = SimpleNamespace(model_type="minicpmv4_6", is_encoder_decoder=False)
    chats = ChatEncoder(load_processor(Checkpoint(str(tmp_path)), config, sees=True), sees=True)
    assert (chats.reads_text, chats.most_images) == (True, None)


async def test_weights_that_are_missing_are_an_error_and_not_random(copy: Copy) -> None:
    from safetensors.torch import load_file, save_file

    folder = copy("llava")
    weights = load_file(folder / "model.safetensors")
    kept = {name: weight for name, weight in weights.items() if "projector" not in name}
    assert len(kept) < len(weights)
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UsageError, match=r"weights are missing, such as .*projector.*random"):
        await answers(folder, [ask("What?", picture("red"))])


async def test_a_checkpoints_own_generation_settings_do_not_change_answers(
    copy: Copy, written: dict[str, Path]
) -> None:
    folder = copy("gemma3")
    changed(
        folder / "generation_config.json",
        cache_implementation="hybrid",
        do_sample=True,
        num_beams=2,
        num_return_sequences=2,
        return_dict_in_generate=True,
    )
    requests = [ask("What is it?", picture("red")), ask("Say", system="You are terse.")]
    usual, own = await answers(written["gemma3"], requests), await answers(folder, requests)
    assert [output.text for output in own] == [output.text for output in usual]
    assert all(output.status is Status.ANSWERED for output in usual)
