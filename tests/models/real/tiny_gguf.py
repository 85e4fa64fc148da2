"""Writes a tiny random model of llama's architecture as GGUF, with a tokenizer of single bytes: half a megabyte.

A script, because the package ``gguf`` is in the environment of the server: ``python tiny_gguf.py FILE``.
"""

from __future__ import annotations

import sys

import gguf  # type: ignore[import-not-found]
import numpy as np

WIDTH, HEADS, INNER, LAYERS, CONTEXT = 64, 4, 128, 2, 512
CHAT = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def write(path: str) -> None:
    dice = np.random.default_rng(0)
    tokens = [b"<unk>", b"<s>", b"</s>", *(f"<0x{byte:02X}>".encode() for byte in range(256)), "▁a".encode()]
    kinds = [gguf.TokenType.UNKNOWN, *[gguf.TokenType.CONTROL] * 2, *[gguf.TokenType.BYTE] * 256, gguf.TokenType.NORMAL]
    out = gguf.GGUFWriter(path, "llama")
    out.add_name("tiny")
    out.add_vocab_size(len(tokens))
    out.add_context_length(CONTEXT)
    out.add_embedding_length(WIDTH)
    out.add_feed_forward_length(INNER)
    out.add_block_count(LAYERS)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_tokenizer_model("llama")
    out.add_token_list(tokens)
    out.add_token_scores([0.0] * len(tokens))
    out.add_token_types(kinds)
    out.add_bos_token_id(1)
    out.add_eos_token_id(2)
    out.add_unk_token_id(0)
    out.add_chat_template(CHAT)

    def tensor(name: str, *shape: int) -> None:
        out.add_tensor(f"{name}.weight", dice.normal(0, 0.05, shape).astype(np.float32))

    def norm(name: str) -> None:
        out.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))

    tensor("token_embd", len(tokens), WIDTH)
    tensor("output", len(tokens), WIDTH)
    norm("output_norm")
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        norm(f"{block}.attn_norm")
        norm(f"{block}.ffn_norm")
        for part in ("q", "k", "v", "output"):
            tensor(f"{block}.attn_{part}", WIDTH, WIDTH)
        tensor(f"{block}.ffn_gate", INNER, WIDTH)
        tensor(f"{block}.ffn_up", INNER, WIDTH)
        tensor(f"{block}.ffn_down", WIDTH, INNER)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    write(sys.argv[1])
