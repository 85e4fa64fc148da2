"""Tiny vision-language checkpoints of several architectures, as the hub lays them out: what ``hf/`` is tested with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.tiny import clip_vision_sizes

IMAGE_SIZE = 28
PATCH = 14
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}"
    "{% if part.type == 'image' %}IMAGE{% else %}{{ part.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA_CHAT = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "<bos>{% for message in messages %}<|im_start|>{{ message.role }}\n{% for part in message.content %}"
    "{% if part.type == 'image' %}IMAGE{% else %}{{ part.text }}{% endif %}{% endfor %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>model\n{% endif %}"
)


def chat_tokenizer(*special: str, **named: str) -> Any:
    """One token a byte, and the special ones."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    names = ["<pad>", "<bos>", "<|im_start|>", "<|im_end|>", *special, *named.values()]
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in dict.fromkeys(names)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",  # noqa: S106 - a token of a vocabulary
        bos_token="<bos>",  # noqa: S106
        eos_token="<|im_end|>",  # noqa: S106
        extra_special_tokens=named or None,
    )


def text_sizes(tokenizer: Any, **more: Any) -> dict[str, Any]:
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "initializer_range": 0.5,  # far from uniform, so that answers differ clearly
        **more,
    }


def _write(model: Any, processor: Any, folder: Path) -> Path:
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _without_video(folder: Path, kind: str, **options: Any) -> None:
    """The processor's file as the hub has it; that of its part for video is left out, writing it needs torchvision."""
    (folder / "processor_config.json").write_text(json.dumps({"processor_class": kind, **options}))


def write_llava(folder: Path, *, endless: bool = False, **sizes: Any) -> Path:
    """``endless``: no token ends an answer, so that every answer takes the tokens it is allowed."""
    import torch
    from transformers import (
        CLIPImageProcessorPil,
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )

    torch.manual_seed(11)
    tokenizer = chat_tokenizer("<image>")
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**clip_vision_sizes(IMAGE_SIZE, PATCH)),
        text_config=LlamaConfig(**text_sizes(tokenizer, **sizes)),
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        image_seq_length=4,
    )
    pictures = CLIPImageProcessorPil(
        size={"shortest_edge": IMAGE_SIZE}, crop_size={"height": IMAGE_SIZE, "width": IMAGE_SIZE}
    )
    processor = LlavaProcessor(
        pictures,
        tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT.replace("IMAGE", "<image>"),
    )
    model = LlavaForConditionalGeneration(config)
    if endless:
        model.lm_head.weight.data[[tokenizer.eos_token_id, tokenizer.pad_token_id]] = 0  # never the likeliest
    return _write(model, processor, folder)


def write_gemma3(folder: Path) -> Path:
    import torch
    from transformers import (
        Gemma3Config,
        Gemma3ForConditionalGeneration,
        Gemma3ImageProcessorPil,
        Gemma3Processor,
        Gemma3TextConfig,
        SiglipVisionConfig,
    )

    torch.manual_seed(12)
    tokenizer = chat_tokenizer(
        image_token="<image_soft_token>",  # noqa: S106
        boi_token="<start_of_image>",  # noqa: S106
        eoi_token="<end_of_image>",  # noqa: S106
    )
    ids = {name: tokenizer.convert_tokens_to_ids(getattr(tokenizer, name)) for name in ("image_token", "boi_token")}
    config = Gemma3Config(
        vision_config=SiglipVisionConfig(**clip_vision_sizes(IMAGE_SIZE, PATCH)),
        text_config=Gemma3TextConfig(**text_sizes(tokenizer, head_dim=8, sliding_window=64)),
        tie_word_embeddings=False,
        mm_tokens_per_image=4,
        image_token_id=ids["image_token"],
        boi_token_index=ids["boi_token"],
        eoi_token_index=tokenizer.convert_tokens_to_ids("<end_of_image>"),
    )
    pictures = Gemma3ImageProcessorPil(size={"height": IMAGE_SIZE, "width": IMAGE_SIZE})
    processor = Gemma3Processor(
        pictures, tokenizer, image_seq_length=4, chat_template=GEMMA_CHAT.replace("IMAGE", "<start_of_image>")
    )
    model = Gemma3ForConditionalGeneration(config)
    torch.nn.init.normal_(model.model.multi_modal_projector.mm_input_projection_weight)  # zero unless trained
    return _write(model, processor, folder)


def write_smolvlm(folder: Path) -> Path:
    import torch
    from transformers import LlamaConfig, SmolVLMConfig, SmolVLMForConditionalGeneration, SmolVLMImageProcessorPil

    torch.manual_seed(13)
    rows = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    tokenizer = chat_tokenizer("<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>", *rows)
    config = SmolVLMConfig(
        vision_config={**clip_vision_sizes(IMAGE_SIZE, 7), "initializer_range": 0.2},
        text_config=LlamaConfig(**text_sizes(tokenizer)),
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    SmolVLMImageProcessorPil(
        size={"longest_edge": 2 * IMAGE_SIZE}, max_image_size={"longest_edge": IMAGE_SIZE}
    ).save_pretrained(folder)
    _without_video(folder, "SmolVLMProcessor", image_seq_len=4)
    tokenizer.chat_template = CHAT.replace("IMAGE", "<image>")
    return _write(SmolVLMForConditionalGeneration(config), tokenizer, folder)


def write_internvl(folder: Path) -> Path:
    import torch
    from transformers import GotOcr2ImageProcessorPil, InternVLConfig, InternVLForConditionalGeneration, Qwen2Config

    torch.manual_seed(16)
    tokenizer = chat_tokenizer(
        start_image_token="<img>",  # noqa: S106
        end_image_token="</img>",  # noqa: S106
        context_image_token="<IMG_CONTEXT>",  # noqa: S106
        video_token="<video>",  # noqa: S106
    )
    sizes = {**clip_vision_sizes(), "image_size": [IMAGE_SIZE] * 2, "patch_size": [PATCH] * 2}
    config = InternVLConfig(
        vision_config=sizes,
        text_config=Qwen2Config(**text_sizes(tokenizer)),
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=1,
        downsample_ratio=0.5,
    )
    GotOcr2ImageProcessorPil(size={"height": IMAGE_SIZE, "width": IMAGE_SIZE}, crop_to_patches=False).save_pretrained(
        folder
    )
    _without_video(folder, "InternVLProcessor", image_seq_length=1)
    tokenizer.chat_template = CHAT.replace("IMAGE", "<IMG_CONTEXT>\n")
    return _write(InternVLForConditionalGeneration(config), tokenizer, folder)


def write_qwen(folder: Path) -> Path:
    import torch
    from transformers import (
        Qwen2_5_VLConfig,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2VLImageProcessorPil,
    )

    torch.manual_seed(14)
    tokenizer = chat_tokenizer("<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>")
    ids = {name: tokenizer.convert_tokens_to_ids(f"<|{name}|>") for name in ("image_pad", "video_pad")}
    config = Qwen2_5_VLConfig(
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_heads": 2,
            "patch_size": PATCH,
            "out_hidden_size": 32,
            "fullatt_block_indexes": [1],
            "window_size": 56,
        },
        text_config=text_sizes(tokenizer, rope_parameters={"rope_type": "default", "mrope_section": [1, 1, 2]}),
        image_token_id=ids["image_pad"],
        video_token_id=ids["video_pad"],
        vision_start_token_id=tokenizer.convert_tokens_to_ids("<|vision_start|>"),
        vision_end_token_id=tokenizer.convert_tokens_to_ids("<|vision_end|>"),
    )
    Qwen2VLImageProcessorPil(min_pixels=28 * 28, max_pixels=56 * 56).save_pretrained(folder)
    _without_video(folder, "Qwen2_5_VLProcessor")
    tokenizer.chat_template = CHAT.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    return _write(Qwen2_5_VLForConditionalGeneration(config), tokenizer, folder)


def write_llama(folder: Path) -> Path:
    """A model that reads text alone."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(15)
    tokenizer = chat_tokenizer()
    tokenizer.chat_template = CHAT
    return _write(LlamaForCausalLM(LlamaConfig(**text_sizes(tokenizer))), tokenizer, folder)


SEEING = {
    "llava": write_llava,
    "gemma3": write_gemma3,
    "smolvlm": write_smolvlm,
    "internvl": write_internvl,
    "qwen2.5-vl": write_qwen,
}
