"""A tiny Gemma 3 with a real byte-fallback tokenizer, built on the spot: real shapes, random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

CORPUS = [
    "นายกรัฐมนตรีเป็นประธานเปิดสะพานมิตรภาพแห่งใหม่",
    "กระทรวงสาธารณสุขขอให้ประชาชนล้างมือบ่อย ๆ",
    "กระทรวงการคลังเปิดเผยตัวเลขการส่งออกเดือนมีนาคม",
    "น้ำท่วมหนักในภาคใต้ ประชาชนเดือดร้อนกว่า 3,000 ครัวเรือน",
    "The Prime Minister opened a new friendship bridge.",
    "The Ministry of Public Health asked people to wash their hands often.",
    "The Ministry of Finance released export figures for March.",
    "Flooding in the south has affected over 3,000 households.",
] * 4


def train_tokenizer(size: int = 700) -> Tokenizer:
    """A BPE tokenizer with the parts that Gemma's has: bytes, `▁` for a space, bos, newline pieces."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    from tokenizers.trainers import BpeTrainer

    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    bytes_ = [f"<0x{n:02X}>" for n in range(256)]
    trainer = BpeTrainer(vocab_size=size, special_tokens=special + bytes_, show_progress=False)
    tokenizer.train_from_iterator([f"{text}\n\n{text}\n" for text in CORPUS], trainer)
    spec = json.loads(tokenizer.to_str())
    spec["added_tokens"] = [t for t in spec["added_tokens"] if t["content"] in special]
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", tokenizer.token_to_id("<bos>"))]
    )
    return tokenizer


def save_tiny_gemma(folder: Path, seed: int = 0) -> Any:
    """Save a two-layer Gemma 3 (one local, one global layer) and its tokenizer; returns the model."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    tokenizer = train_tokenizer()
    torch.manual_seed(seed)
    config = Gemma3TextConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, head_dim=16, query_pre_attn_scalar=16,
        max_position_embeddings=1024, sliding_window=512, layer_types=["sliding_attention", "full_attention"],
        bos_token_id=2, eos_token_id=1, pad_token_id=0, tie_word_embeddings=True, initializer_range=0.3,
    )  # fmt: skip
    model = Gemma3ForCausalLM(config).eval()
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {f"{name}_token": f"<{name}>" for name in ("bos", "eos", "pad", "unk")}
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", **special}), encoding="utf-8"
    )
    return model
