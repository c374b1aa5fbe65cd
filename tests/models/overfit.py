"""Teach a tiny model a hundred answers by heart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.models.tiny_seq2seq import save_tiny

RATE = 3e-3
Row = tuple[str, str, str]
"""Source, target, and the language token that the target begins with (empty where the family has none)."""


def overfit(family: str, folder: Path, rows: Sequence[Row], steps: int = 900) -> None:
    """Save a tiny model that answers every source of `rows` with its target.

    The token ids are the tokenizer's own (language tokens, end of sequence), not our code's.
    """
    import torch
    import transformers

    torch.manual_seed(0)
    model = save_tiny(family, folder, spread=False).train()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    sources, targets = [], []
    for source, target, language in rows:
        if language:
            tokenizer.src_lang, tokenizer.tgt_lang = "tha_Thai", language
        sources.append(tokenizer(source)["input_ids"])
        targets.append(tokenizer(text_target=target)["input_ids"])
    ids, labels = _padded(sources, tokenizer.pad_token_id), _padded(targets, -100)
    mask = _padded([[1] * len(s) for s in sources], 0)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0)
    order = torch.Generator().manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # matrices this small are slower with more
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / 20)
        some = torch.randperm(len(ids), generator=order)[:64]
        loss = model(input_ids=ids[some], attention_mask=mask[some], labels=labels[some]).loss
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if family == "marian":
            model.get_input_embeddings().weight.data[tokenizer.pad_token_id] = 0
        if step % 20 == 19 and _least_likely(model, ids, mask, labels) > 0.95:
            break
    torch.set_num_threads(threads)
    model.eval().save_pretrained(folder)


def _least_likely(model: Any, ids: Any, mask: Any, labels: Any) -> float:
    """The lowest probability that the model gives to any token of any target."""
    import torch

    with torch.inference_mode():
        likely = model(input_ids=ids, attention_mask=mask, labels=labels).logits.softmax(-1)
    found = likely.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return float(found[labels >= 0].min())


def _padded(rows: Sequence[Sequence[int]], pad: int) -> Any:
    import torch

    width = max(map(len, rows))
    return torch.tensor([[*row, *([pad] * (width - len(row)))] for row in rows])
