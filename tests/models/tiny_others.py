"""Tiny checkpoints of architectures that each go a way of their own: what ``hf/`` must not take for granted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.models.tiny_chat import CHAT, IMAGE_SIZE, PATCH, chat_tokenizer, text_sizes
from tests.tiny import clip_vision_sizes

TILES = [[IMAGE_SIZE, 2 * IMAGE_SIZE], [2 * IMAGE_SIZE, IMAGE_SIZE], [2 * IMAGE_SIZE, 2 * IMAGE_SIZE]]
MLLAMA_CHAT = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content']|trim %}"
    "{% set messages = messages[1:] %}{% else %}{% set system = '' %}{% endif %}"
    "{% set seen = namespace(images=false) %}{% for part in messages[0]['content'] %}"
    "{% if part['type'] == 'image' %}{% set seen.images = true %}{% endif %}{% endfor %}"
    "{% if seen.images and system %}"
    "{{ raise_exception('Prompting with images is incompatible with system messages.') }}{% endif %}"
    "{% if system %}<|im_start|>system\n{{ system }}<|im_end|>\n{% endif %}" + CHAT.replace("IMAGE", "<|image|>")
)
"""As of Llama 3.2 Vision: a system turn is a string, and there is none beside a picture."""
MISTRAL_CHAT = (
    "{{ bos_token }}{% for message in messages %}{% if message.role == 'system' %}"
    "[SYSTEM_PROMPT]{{ message.content[0].text }}[/SYSTEM_PROMPT]{% else %}[INST]{% for part in message.content %}"
    "{% if part.type == 'image' %}[IMG]{% else %}{{ part.text }}{% endif %}{% endfor %}[/INST]{% endif %}{% endfor %}"
)


def _file(folder: Path, name: str, **content: Any) -> None:
    (folder / name).write_text(json.dumps(content))


def _seeded(seed: int) -> None:
    import torch

    torch.manual_seed(seed)


def _filled(model: Any) -> Any:
    """With something in the weights that are zero unless trained, such as gates and queries."""
    import torch

    for weights in model.parameters():
        if not weights.any():
            torch.nn.init.normal_(weights.data, std=0.5)
    return model


def write_mllama(folder: Path) -> Path:
    """Pictures go into the network beside the text, through cross attention."""
    from transformers import MllamaConfig, MllamaForConditionalGeneration, MllamaImageProcessorPil, MllamaProcessor

    _seeded(21)
    tokenizer = chat_tokenizer("<|image|>")
    image = tokenizer.convert_tokens_to_ids("<|image|>")
    text = text_sizes(tokenizer, num_hidden_layers=4, cross_attention_layers=[1, 3])
    config = MllamaConfig(
        vision_config={
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_global_layers": 1,
            "attention_heads": 4,
            "intermediate_size": 48,
            "vision_output_dim": 64,
            "image_size": IMAGE_SIZE,
            "patch_size": PATCH,
            "intermediate_layers_indices": [0],
            "initializer_range": 0.3,
        },
        text_config={**text, "vocab_size": image},  # the picture's token is never an answer's
        image_token_index=image,
    )
    pictures = MllamaImageProcessorPil(size={"height": IMAGE_SIZE, "width": IMAGE_SIZE})
    MllamaProcessor(pictures, tokenizer).save_pretrained(folder)
    _file(folder, "chat_template.json", chat_template=MLLAMA_CHAT)
    _filled(MllamaForConditionalGeneration(config)).save_pretrained(folder)
    return folder


def write_llava_next(folder: Path) -> Path:
    """A picture is as many tiles as its shape asks for."""
    from transformers import (
        CLIPVisionConfig,
        LlamaConfig,
        LlavaNextConfig,
        LlavaNextForConditionalGeneration,
        LlavaNextImageProcessorPil,
        LlavaNextProcessor,
    )

    _seeded(22)
    tokenizer = chat_tokenizer("<image>")
    config = LlavaNextConfig(
        vision_config=CLIPVisionConfig(**clip_vision_sizes(IMAGE_SIZE, PATCH)),
        text_config=LlamaConfig(**text_sizes(tokenizer)),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        image_grid_pinpoints=TILES,
    )
    pictures = LlavaNextImageProcessorPil(
        size={"shortest_edge": IMAGE_SIZE},
        crop_size={"height": IMAGE_SIZE, "width": IMAGE_SIZE},
        image_grid_pinpoints=TILES,
    )
    LlavaNextProcessor(
        pictures,
        tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT.replace("IMAGE", "<image>\n"),
    ).save_pretrained(folder)
    LlavaNextForConditionalGeneration(config).save_pretrained(folder)
    return folder


def write_mistral3(folder: Path) -> Path:
    """Pictures keep their shapes, and the processor says that it needs torchvision."""
    from transformers import (
        Mistral3Config,
        Mistral3ForConditionalGeneration,
        MistralConfig,
        PixtralImageProcessorPil,
        PixtralVisionConfig,
    )

    _seeded(23)
    tokenizer = chat_tokenizer(
        "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[INST]", "[/INST]", "[IMG]", "[IMG_BREAK]", "[IMG_END]"
    )
    config = Mistral3Config(
        vision_config=PixtralVisionConfig(
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=56,
            patch_size=7,
            initializer_range=0.2,
        ),
        text_config=MistralConfig(**text_sizes(tokenizer, head_dim=8)),
        image_token_index=tokenizer.convert_tokens_to_ids("[IMG]"),
        tie_word_embeddings=False,
    )
    PixtralImageProcessorPil(size={"longest_edge": 56}, patch_size=7).save_pretrained(folder)
    _file(folder, "processor_config.json", processor_class="PixtralProcessor", patch_size=7, spatial_merge_size=2)
    tokenizer.chat_template = MISTRAL_CHAT
    tokenizer.save_pretrained(folder)
    Mistral3ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def write_qwen3_5(folder: Path) -> Path:
    """Most layers carry a state along instead of attending: padding must not get into it."""
    from transformers import Qwen2VLImageProcessorPil, Qwen3_5Config, Qwen3_5ForConditionalGeneration

    _seeded(24)
    tokenizer = chat_tokenizer("<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>")
    names = {"image_pad": "image_token_id", "video_pad": "video_token_id"}
    names |= {name: f"{name}_token_id" for name in ("vision_start", "vision_end")}
    config = Qwen3_5Config(
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "num_heads": 2,
            "intermediate_size": 48,
            "patch_size": PATCH,
            "out_hidden_size": 32,
            "num_position_embeddings": 16,
            "initializer_range": 0.2,
        },
        text_config=text_sizes(
            tokenizer,
            head_dim=16,
            layer_types=["linear_attention", "full_attention"],
            linear_key_head_dim=8,
            linear_value_head_dim=8,
            linear_num_key_heads=2,
            linear_num_value_heads=4,
            rope_parameters={
                "rope_type": "default",
                "rope_theta": 1e5,
                "mrope_section": [1, 1, 0],
                "mrope_interleaved": True,
                "partial_rotary_factor": 0.25,
            },
        ),
        **{field: tokenizer.convert_tokens_to_ids(f"<|{name}|>") for name, field in names.items()},
    )
    Qwen2VLImageProcessorPil(min_pixels=28 * 28, max_pixels=56 * 56, patch_size=PATCH).save_pretrained(folder)
    _file(folder, "processor_config.json", processor_class="Qwen3VLProcessor")
    tokenizer.chat_template = CHAT.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    tokenizer.save_pretrained(folder)
    Qwen3_5ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def write_paligemma(folder: Path) -> Path:
    """No chat template, and a processor that refuses text alone."""
    from transformers import (
        GemmaConfig,
        PaliGemmaConfig,
        PaliGemmaForConditionalGeneration,
        PaliGemmaProcessor,
        SiglipImageProcessorPil,
        SiglipVisionConfig,
    )

    _seeded(25)
    tokenizer = chat_tokenizer("<image>")
    config = PaliGemmaConfig(
        vision_config=SiglipVisionConfig(**clip_vision_sizes(IMAGE_SIZE, PATCH), vision_use_head=False),
        text_config=GemmaConfig(**text_sizes(tokenizer, head_dim=8)),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        projection_dim=32,
        hidden_size=32,
        tie_word_embeddings=False,
    )
    pictures = SiglipImageProcessorPil(size={"height": IMAGE_SIZE, "width": IMAGE_SIZE})
    pictures.image_seq_length = 4
    PaliGemmaProcessor(pictures, tokenizer).save_pretrained(folder)
    PaliGemmaForConditionalGeneration(config).save_pretrained(folder)
    return folder


def write_blip2(folder: Path) -> Path:
    """An encoder reads, a decoder writes; the processor itself puts one picture before the prompt and no second."""
    from transformers import (
        Blip2Config,
        Blip2ForConditionalGeneration,
        Blip2Processor,
        BlipImageProcessorPil,
        T5Config,
    )

    _seeded(26)
    tokenizer = chat_tokenizer("<image>")
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = Blip2Config(
        vision_config={**sizes, "image_size": IMAGE_SIZE, "patch_size": PATCH, "initializer_range": 0.2},
        qformer_config={**sizes, "vocab_size": 100, "initializer_range": 0.2},
        text_config=T5Config(
            vocab_size=len(tokenizer),
            d_model=32,
            d_kv=8,
            d_ff=48,
            num_layers=2,
            num_heads=4,
            decoder_start_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            initializer_factor=3.0,
            tie_word_embeddings=False,
        ),
        num_query_tokens=4,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    pictures = BlipImageProcessorPil(size={"height": IMAGE_SIZE, "width": IMAGE_SIZE})
    Blip2Processor(pictures, tokenizer, num_query_tokens=4).save_pretrained(folder)
    _filled(Blip2ForConditionalGeneration(config)).save_pretrained(folder)
    return folder


def write_florence2(folder: Path) -> Path:
    """An encoder that counts places from the start: there padding goes on the right."""
    from transformers import (
        BartConfig,
        CLIPImageProcessorPil,
        Florence2Config,
        Florence2ForConditionalGeneration,
        Florence2Processor,
    )

    _seeded(27)
    tokenizer = chat_tokenizer(image_token="<image>")  # noqa: S106 - a token of a vocabulary
    ends = {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("bos", "eos", "pad")}
    config = Florence2Config(
        vision_config={
            "depths": [1] * 4,
            "embed_dim": [16, 16, 32, 32],
            "num_heads": [2] * 4,
            "num_groups": [2] * 4,
            "window_size": 4,
            "projection_dim": 32,
            "initializer_range": 0.2,
        },
        text_config=BartConfig(
            vocab_size=len(tokenizer),
            d_model=32,
            encoder_layers=2,
            decoder_layers=2,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=48,
            decoder_ffn_dim=48,
            max_position_embeddings=512,
            decoder_start_token_id=tokenizer.eos_token_id,
            init_std=0.5,
            **ends,
        ),
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        tie_word_embeddings=False,
    )
    pictures = CLIPImageProcessorPil(size={"height": 64, "width": 64}, do_center_crop=False)
    pictures.image_seq_length = 5
    Florence2Processor(pictures, tokenizer).save_pretrained(folder)
    Florence2ForConditionalGeneration(config).save_pretrained(folder)
    return folder


SEEING = {
    "mllama": write_mllama,
    "llava-next": write_llava_next,
    "mistral3": write_mistral3,
    "qwen3.5": write_qwen3_5,
}
WITHOUT_TEMPLATE = {"paligemma": write_paligemma, "blip-2": write_blip2, "florence-2": write_florence2}
