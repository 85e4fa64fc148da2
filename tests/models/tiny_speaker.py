"""A tiny checkpoint that has one thing to say, so that a judge on this machine gives a verdict that can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

VERDICT = '{"reason":"rule","verdict":"no"}'
CERTAIN = 40.0


def teach(folder: Path, sentence: str = VERDICT) -> Path:
    """Change a checkpoint of ``write_qwen`` or ``write_llava``: it answers everything with ``sentence``, and stops.

    ``sentence`` has no spaces.

    The sentence is a token of its own. All layers add nothing, so the next token follows from the last alone: the
    sentence follows the line break that opens an answer, and the end follows the sentence.
    """
    import torch
    from tokenizers import AddedToken
    from transformers import AutoModelForImageTextToText, AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens([AddedToken(sentence, special=False, normalized=False)])
    model: Any = AutoModelForImageTextToText.from_pretrained(folder)
    model.resize_token_embeddings(len(tokenizer))
    said = tokenizer.convert_tokens_to_ids(sentence)
    opening = tokenizer("\n", add_special_tokens=False).input_ids[-1]
    with torch.no_grad():
        for name, weight in model.model.language_model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                weight.zero_()
        words, head = model.get_input_embeddings().weight, model.get_output_embeddings().weight
        words[:, :2] = 0
        head.zero_()
        words[opening], words[said] = 0, 0
        words[opening, 0] = words[said, 1] = 1
        head[said, 0] = head[tokenizer.eos_token_id, 1] = CERTAIN
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
