"""Examples to token ids: the prompt exactly as the model reads it at run time, then the answer and its stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.base import Prompt, Task
from models.causal import framed
from training.sources import Example


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of prompt and answer; the first `prompt` of them are not learnt."""

    ids: list[int]
    prompt: int


def answer(example: Example, prompt: Prompt) -> str:
    """What is learnt: a summary as list items, anything else on one line; with the stop that ends it."""
    lines = example.target.split("\n")
    return " " + "\n- ".join(lines) + prompt.stop


def encode(example: Example, prompt: Prompt, tokenizer: Any, bos: Sequence[int]) -> Encoded | None:
    """Token ids, or None where prompt and answer share a token, so that run time would see another prompt."""
    before = framed(prompt, example.source)
    head = tokenizer.encode(before, add_special_tokens=False).ids
    whole = tokenizer.encode(before + answer(example, prompt), add_special_tokens=False).ids
    if whole[: len(head)] != head:
        return None
    return Encoded([*bos, *whole], len(bos) + len(head))


def load_tokenizer(folder: Path) -> tuple[Any, list[int]]:
    """The tokenizer of a prepared model, reading special tokens as text, and its beginning-of-text ids."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    bos = tokenizer.token_to_id("<bos>")
    return tokenizer, [] if bos is None else [bos]


def pack(
    examples: Sequence[Example], prompts: Mapping[Task, Prompt], tokenizer: Any, bos: Sequence[int], context: int
) -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """Arrays `ids` (all tokens in a row), `starts` (n+1 offsets) and `prompts` (n lengths), and what was left out."""
    left_out = {"too long": 0, "boundary": 0}
    kept: list[Encoded] = []
    for example in examples:
        encoded = encode(example, prompts[example.task], tokenizer, bos)
        if encoded is None:
            left_out["boundary"] += 1
        elif len(encoded.ids) > context:
            left_out["too long"] += 1
        else:
            kept.append(encoded)
    arrays: dict[str, np.ndarray] = {
        "ids": np.array([i for e in kept for i in e.ids], dtype=np.int32),
        "starts": np.cumsum([0, *(len(e.ids) for e in kept)]).astype(np.int64),
        "prompts": np.array([e.prompt for e in kept], dtype=np.int32),
    }
    return arrays, left_out
