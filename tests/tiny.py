"""Tiny checkpoints of real architectures, randomly initialised, written in the layout that the hub uses."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import pytest

WORDS = ["a", "photo", "of", "cat", "dog", "red", "cup", "traffic", "light", "depicts", "yes", "no", "the", "is"]


def need(*modules: str) -> None:
    """Skip where an optional library is absent; where everything must run (CI), its absence is a failure."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    for module in modules:
        if os.environ.get("CI"):
            importlib.import_module(module)
        else:
            pytest.importorskip(module)


def bert_tokenizer() -> Any:
    """WordPiece over a few words; separators have the ids that Grounding DINO's model expects of BERT's."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertTokenizerFast

    vocabulary = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103, ".": 1012, "?": 1029}
    free = (number for number in range(1, 2000) if number not in vocabulary.values())
    for token in [*WORDS, *"abcdefghijklmnopqrstuvwxyz", *(f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")]:
        if token not in vocabulary:
            vocabulary[token] = next(free)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106 - a token of a vocabulary
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 101), ("[SEP]", 102)]
    )
    return BertTokenizerFast(tokenizer_object=tokenizer, model_max_length=256)


def clip_tokenizer(length: int = 24) -> Any:
    """CLIP's byte-level pairs without any merge: every text is letters."""
    from transformers import CLIPTokenizerFast
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    letters = list(bytes_to_unicode().values())
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizerFast(vocab=vocabulary, merges=[], model_max_length=length)


def clip_text_sizes(tokenizer: Any, length: int = 24) -> dict[str, Any]:
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 37,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": length,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def clip_vision_sizes(size: int = 32, patch: int = 16) -> dict[str, Any]:
    return {
        "hidden_size": 32,
        "intermediate_size": 37,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": size,
        "patch_size": patch,
    }


def write_clip(folder: Path) -> Path:
    import torch
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPProcessor

    torch.manual_seed(1)
    tokenizer = clip_tokenizer()
    config = CLIPConfig(text_config=clip_text_sizes(tokenizer), vision_config=clip_vision_sizes(), projection_dim=16)
    CLIPModel(config).save_pretrained(folder)
    pictures = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(pictures, tokenizer).save_pretrained(folder)
    return folder


def write_owlv2(folder: Path) -> Path:
    import torch
    from transformers import Owlv2Config, Owlv2ForObjectDetection, Owlv2ImageProcessorPil, Owlv2Processor

    torch.manual_seed(2)
    tokenizer = clip_tokenizer()
    config = Owlv2Config(text_config=clip_text_sizes(tokenizer), vision_config=clip_vision_sizes(64), projection_dim=32)
    Owlv2ForObjectDetection(config).save_pretrained(folder)
    pictures = Owlv2ImageProcessorPil(size={"height": 64, "width": 64})
    Owlv2Processor(pictures, tokenizer).save_pretrained(folder)
    return folder


def write_grounding_dino(folder: Path) -> Path:
    import torch
    from transformers import (
        BertConfig,
        GroundingDinoConfig,
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessorPil,
        GroundingDinoProcessor,
        SwinConfig,
    )

    torch.manual_seed(3)
    tokenizer = bert_tokenizer()
    config = GroundingDinoConfig(
        backbone_config=SwinConfig(
            embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=4, out_indices=[2, 3, 4]
        ),
        text_config=BertConfig(
            vocab_size=2000, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
        ),
        d_model=32,
        encoder_layers=1,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        num_queries=20,
        num_feature_levels=4,
        max_text_len=32,
    )
    GroundingDinoForObjectDetection(config).save_pretrained(folder)
    pictures = GroundingDinoImageProcessorPil(size={"shortest_edge": 128, "longest_edge": 192})
    GroundingDinoProcessor(pictures, tokenizer).save_pretrained(folder)
    return folder
