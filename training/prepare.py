"""`training prepare`: a folder that holds all that `training train` needs, also on a machine without the project's data.

base/            the pruned model in bfloat16 (config.json, model.safetensors, tokenizer.json)
mixture.npz      token ids of the training examples (see `training.encode.pack`)
dev.json         prompts, references and limits of the development sets
prepared.json    the recipe, counts of each source, hashes of prompts and data
"""  # noqa: E501

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from models import embedded
from models.base import Prompt, Task
from models.causal import framed
from pipeline.prompts import load_prompt, prompt_sha256
from training import encode, mixture
from training.config import DevSet, TrainingConfig

Progress = Callable[[str], None]
NEW_TOKENS: dict[Task, int] = {"translate": 192, "headline": 64, "summarize": 224}
"""Tokens that an answer may have when the dev sets are generated from."""


def prepare(config: TrainingConfig, data: Path, out: Path, progress: Progress) -> dict[str, Any]:
    """Write the folder and return what `prepared.json` says."""
    out.mkdir(parents=True, exist_ok=True)
    progress("base model")
    pruned = embedded.prepare_pruned(config.model, lambda what, share: progress(f"base model: {what}"))
    _save_base(pruned, out / "base")
    prompts = {task: load_prompt(name) for task, name in config.prompts.items()}
    tokenizer, bos = encode.load_tokenizer(pruned)
    progress("mixture")
    examples, counts = mixture.build(data, config.sources)
    progress("tokens")
    arrays, left_out = encode.pack(examples, prompts, tokenizer, bos, config.context)
    np.savez_compressed(out / "mixture.npz", **arrays)  # type: ignore[arg-type]
    dev = [_dev_set(config, data, s, prompts, tokenizer, bos) for s in config.dev]
    _write(out / "dev.json", dev)
    prepared = {
        "config": config.model_dump(mode="json"),
        "prompts": {p.name: prompt_sha256(p) for p in prompts.values()},
        "mixture_sha256": hashlib.sha256(arrays["ids"].tobytes()).hexdigest(),
        "examples": len(arrays["prompts"]),
        "tokens": len(arrays["ids"]),
        "learnt_tokens": int(len(arrays["ids"]) - arrays["prompts"].sum()),
        "sources": {name: dict(count) for name, count in counts.items()},
        "by_task": dict(Counter(e.task for e in examples)),
        "left_out": left_out,
    }
    _write(out / "prepared.json", prepared)
    return prepared


def split_weights(out: Path, megabytes: int) -> int:
    """Cut base/model.safetensors into `base/part-NN` files, for machines that take small files; `train` joins them."""
    weights, size = out / "base" / "model.safetensors", megabytes * 1_000_000
    count = 0
    with weights.open("rb") as handle:
        while chunk := handle.read(size):
            (out / "base" / f"part-{count:02d}").write_bytes(chunk)
            count += 1
    return count


def _dev_set(
    config: TrainingConfig,
    data: Path,
    dev: DevSet,
    prompts: dict[Task, Prompt],
    tokenizer: Any,
    bos: list[int],
) -> dict[str, Any]:
    examples = mixture.read_dev(data, dev.name, dev.limit)
    task = examples[0].task
    prompt = prompts[task]
    items = []
    for example in examples:
        ids = [*bos, *tokenizer.encode(framed(prompt, example.source), add_special_tokens=False).ids]
        encoded = encode.encode(example, prompt, tokenizer, bos)
        if len(ids) + NEW_TOKENS[task] <= config.context and encoded is not None:
            items.append({"prompt": ids, "learnt": encoded.ids, "reference": example.target})
    return {
        "name": dev.name, "task": task, "stop": prompt.stop, "new_tokens": NEW_TOKENS[task],
        "generate": dev.generate, "items": items,
    }  # fmt: skip


def _save_base(pruned: Path, base: Path) -> None:
    import torch
    import transformers

    if (base / "model.safetensors").is_file():
        return
    model = transformers.AutoModelForCausalLM.from_pretrained(pruned, dtype=torch.bfloat16, local_files_only=True)
    model.save_pretrained(base, max_shard_size="2GB")
    (base / "tokenizer.json").write_bytes((pruned / "tokenizer.json").read_bytes())


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
