"""`training train`: LoRA on a prepared folder. Needs torch, transformers, peft, numpy and sacrebleu, nothing else.

The run folder holds `checkpoint/` (adapter, optimiser, step: a killed run goes on from it), `best/` (the
adapter with the best dev score) and `log.jsonl` (one line for each look).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from evaluation.items import Item, Lang
from evaluation.metrics.overlap import overlap
from pipeline.errors import UsageError

LOG_EVERY = 50
"""Steps between two lines of the training loss."""
GENERATE = 64
"""Dev prompts that are continued together."""


@dataclass
class Progress:
    """Where a run is; saved with every checkpoint."""

    step: int = 0
    tokens: int = 0
    learnt_tokens: int = 0
    seconds: float = 0.0
    best: float = -math.inf
    started_from: str | None = None
    """SHA-256 of the weights of the adapter that the run went on from."""


class Trainer:
    """One run over a prepared folder."""

    def __init__(self, prepared: Path, out: Path, tell: Callable[[str], None], start: Path | None = None) -> None:
        """`start` is the folder of an adapter of the same shape, to go on from with a new schedule.

        Raises:
            UsageError: `start` holds no adapter, or one of another shape.
        """
        self.prepared, self.out, self.tell = prepared, out, tell
        self.recipe = json.loads((prepared / "prepared.json").read_text(encoding="utf-8"))
        self.options = self.recipe["config"]["optimisation"]
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype = getattr(torch, self.options["dtype"])
        with np.load(prepared / "mixture.npz") as arrays:
            self.ids, self.starts, self.prompts = arrays["ids"], arrays["starts"], arrays["prompts"]
        self.dev = json.loads((prepared / "dev.json").read_text(encoding="utf-8"))
        self.tokenizer = Tokenizer.from_file(str(prepared / "base" / "tokenizer.json"))
        self.progress = Progress()
        torch.manual_seed(self.options["seed"])
        self.model = self._model()
        if start is not None:
            self._start_from(start)
        self.trained = [p for p in self.model.parameters() if p.requires_grad]
        # The adapter works in the model's dtype; what the optimiser adds up is float32.
        self.masters = [p.detach().float().clone().requires_grad_() for p in self.trained]
        self.optimizer = torch.optim.AdamW(
            self.masters, lr=self.options["learning_rate"], betas=(0.9, 0.98), weight_decay=0.0, fused=True
        )
        self._resume()

    def run(self, minutes: float | None) -> None:
        """Train until the token budget is spent, or so many minutes of this call are over; then look and save."""
        end = time.monotonic() + 60 * minutes if minutes else math.inf
        last_look = self.progress.tokens
        losses: list[float] = []
        batches = self._batches()
        for _ in range(self.progress.step):  # the same order again, up to where the run was
            next(batches)
        started, seconds_before = time.monotonic(), self.progress.seconds
        while self.progress.tokens < self.options["tokens"] and time.monotonic() < end:
            losses.append(self._step(next(batches)))
            self.progress.seconds = seconds_before + time.monotonic() - started
            if self.progress.step % LOG_EVERY == 0:
                pace = self.progress.tokens / self.progress.seconds
                self._log({"loss": sum(losses) / len(losses), "rate": self._rate(), "tokens_a_second": round(pace)})
                losses = []
            if self.progress.tokens - last_look >= self.options["evaluate_every"]:
                last_look = self.progress.tokens
                self._look()
                self._save()
        self._look()
        self._save()

    def _model(self) -> Any:
        import transformers
        from peft import LoraConfig, get_peft_model

        transformers.logging.set_verbosity_error()
        _join(self.prepared / "base")
        # On CPUs eager was a tenth faster than sdpa in bfloat16 (timed once, eight steps of each).
        attention = "sdpa" if self.device.type == "cuda" else "eager"
        model = transformers.AutoModelForCausalLM.from_pretrained(
            self.prepared / "base", dtype=self.dtype, local_files_only=True, attn_implementation=attention
        ).to(self.device)
        lora = self.recipe["config"]["lora"]
        config = LoraConfig(
            r=lora["rank"], lora_alpha=lora["alpha"], target_modules=list(lora["targets"]), lora_dropout=0.0,
            task_type="CAUSAL_LM",
        )  # fmt: skip
        return get_peft_model(model, config, autocast_adapter_dtype=False)

    def _start_from(self, folder: Path) -> None:
        from peft import set_peft_model_state_dict
        from safetensors.torch import load_file

        file = folder / "adapter_model.safetensors"
        if not file.is_file():
            raise UsageError(f"{folder}: no adapter to start from (adapter_model.safetensors)")
        try:
            result = set_peft_model_state_dict(self.model, load_file(file))
            unknown = list(result.unexpected_keys)
        except RuntimeError as error:  # matrices of another rank
            raise UsageError(f"{folder}: an adapter of another shape than the recipe's") from error
        if unknown:
            raise UsageError(f"{folder}: an adapter of other layers than the recipe's: {unknown[0]}")
        self.progress.started_from = hashlib.sha256(file.read_bytes()).hexdigest()

    def _batches(self) -> Iterator[list[int]]:
        """Examples of like length together, up to `batch_tokens` with padding; every epoch in a new order."""
        lengths = np.diff(self.starts)
        for epoch in range(10_000):
            rng = random.Random(f"{self.options['seed']}-{epoch}")
            order = list(range(len(lengths)))
            rng.shuffle(order)
            batches: list[list[int]] = []
            for first in range(0, len(order), 512):
                batch: list[int] = []
                for n in sorted(order[first : first + 512], key=lambda n: int(lengths[n])):
                    if batch and int(lengths[n]) * (len(batch) + 1) > self.options["batch_tokens"]:
                        batches.append(batch)
                        batch = []
                    batch.append(n)
                batches.append(batch)
            rng.shuffle(batches)
            yield from batches

    def _step(self, batch: list[int]) -> float:
        rows = [self.ids[self.starts[n] : self.starts[n + 1]] for n in batch]
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        loss, learnt = self._loss(rows, [int(self.prompts[n]) for n in batch])
        torch.autograd.backward(loss)
        for master, parameter in zip(self.masters, self.trained, strict=True):
            master.grad = parameter.grad.float()
            parameter.grad = None
        torch.nn.utils.clip_grad_norm_(self.masters, self.options["clip"])
        self.optimizer.step()
        self._publish()
        self.progress.step += 1
        self.progress.tokens += sum(map(len, rows))
        self.progress.learnt_tokens += learnt
        return float(loss.detach())

    @torch.no_grad()
    def _publish(self) -> None:
        """The optimiser's float32 weights into the model."""
        for master, parameter in zip(self.masters, self.trained, strict=True):
            parameter.copy_(master)

    def _loss(self, rows: Sequence[Any], prompts: Sequence[int]) -> tuple[torch.Tensor, int]:
        """Mean cross-entropy of the answers' tokens; only their hidden states go through the output layer."""
        width = max(map(len, rows))
        ids = torch.zeros((len(rows), width), dtype=torch.long)
        mask = torch.zeros((len(rows), width), dtype=torch.long)
        learn = torch.zeros((len(rows), width), dtype=torch.bool)
        for n, (row, prompt) in enumerate(zip(rows, prompts, strict=True)):
            ids[n, : len(row)] = torch.as_tensor(np.asarray(row), dtype=torch.long)
            mask[n, : len(row)] = 1
            learn[n, prompt : len(row)] = True
        ids, mask, learn = ids.to(self.device), mask.to(self.device), learn.to(self.device)
        causal = self.model.get_base_model()
        hidden = causal.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        # The state at one position predicts the next token.
        logits = causal.lm_head(hidden[:, :-1][learn[:, 1:]])
        targets = ids[:, 1:][learn[:, 1:]]
        return functional.cross_entropy(logits.float(), targets), int(targets.numel())

    def _rate(self) -> float:
        """Linear warm-up, then a cosine down to `final` at the end of the token budget."""
        done = min(1.0, self.progress.tokens / self.options["tokens"])
        warmup, final = self.options["warmup"], self.options["final"]
        if done < warmup:
            return float(self.options["learning_rate"] * (done + 1e-3) / warmup)
        cosine = 0.5 * (1 + math.cos(math.pi * (done - warmup) / (1 - warmup)))
        return float(self.options["learning_rate"] * (final + (1 - final) * cosine))

    def _look(self) -> None:
        """Loss and generated scores on the dev sets; the mean score decides which adapter is the best."""
        self.model.eval()
        scores = {s["name"]: self._dev_scores(s) for s in self.dev}
        self.model.train()
        mean = sum(s["score"] for s in scores.values()) / len(scores)
        device = (
            torch.cuda.get_device_name() if self.device.type == "cuda" else f"{torch.get_num_threads()} CPU threads"
        )
        started = {"started_from": self.progress.started_from} if self.progress.started_from else {}
        self._log({"dev": scores, "dev_mean": mean, "device": device, **started})
        if mean > self.progress.best:
            self.progress.best = mean
            self._save_adapter(self.out / "best")

    @torch.inference_mode()
    def _dev_scores(self, dev: dict[str, Any]) -> dict[str, float]:
        items = dev["items"]
        losses = [
            self._loss([i["learnt"] for i in items[n : n + 8]], [len(i["prompt"]) for i in items[n : n + 8]])
            for n in range(0, len(items), 8)
        ]
        learnt = sum(count for _, count in losses)
        loss = sum(float(x) * count for x, count in losses) / learnt
        items = items[: dev["generate"]]
        outputs = self._generate(dev, items)
        lang: Lang = "th" if dev["task"] == "summarize" else "en"
        family = overlap(lang, ter=False)[-1]  # chrF for Thai, chrF++ for English
        scored = [Item(str(n), (o,), ((i["reference"],),)) for n, (o, i) in enumerate(zip(outputs, items, strict=True))]
        score = family.scores(family.statistics(scored).sum(axis=0, keepdims=True))[0, 0]
        return {"loss": round(loss, 4), "score": round(float(score), 2)}

    def _generate(self, dev: dict[str, Any], items: Sequence[dict[str, Any]]) -> list[str]:
        tokenizer = self.tokenizer
        stops = [
            i for piece, i in tokenizer.get_vocab().items() if set(piece) == {"\n"} and len(piece) >= len(dev["stop"])
        ]
        stops += [i for i in (tokenizer.token_to_id("<eos>"),) if i is not None]
        by_length = sorted(enumerate(items), key=lambda pair: len(pair[1]["prompt"]))
        found: dict[int, str] = {}
        for first in range(0, len(items), GENERATE):
            batch = by_length[first : first + GENERATE]
            width = max(len(i["prompt"]) for _, i in batch)
            ids = torch.zeros((len(batch), width), dtype=torch.long)
            mask = torch.zeros((len(batch), width), dtype=torch.long)
            for row, (_, item) in enumerate(batch):
                ids[row, width - len(item["prompt"]) :] = torch.tensor(item["prompt"])
                mask[row, width - len(item["prompt"]) :] = 1
            output = self.model.generate(
                input_ids=ids.to(self.device), attention_mask=mask.to(self.device), do_sample=False,
                max_new_tokens=dev["new_tokens"], eos_token_id=stops, pad_token_id=0,
            )  # fmt: skip
            for (n, _), row in zip(batch, output[:, width:].tolist(), strict=True):
                end = next((k for k, i in enumerate(row) if i in stops), len(row))
                text = tokenizer.decode(row[:end], skip_special_tokens=True).strip()
                found[n] = "\n".join(line.removeprefix("- ") for line in text.split("\n"))
        return [found[n] for n in range(len(items))]

    def _save(self) -> None:
        """The checkpoint as a whole: written beside its place and put there by a rename."""
        new, old = self.out / "checkpoint.new", self.out / "checkpoint"
        shutil.rmtree(new, ignore_errors=True)
        self._save_adapter(new)
        torch.save({"masters": self.masters, "optimizer": self.optimizer.state_dict()}, new / "optimizer.pt")
        (new / "progress.json").write_text(json.dumps(vars(self.progress)))
        if old.exists():
            shutil.rmtree(old)
        new.rename(old)
        self.tell(f"checkpoint at {self.progress.tokens:,} tokens: {old}")

    def _save_adapter(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.model.save_pretrained(folder)

    def _resume(self) -> None:
        folder = self.out / "checkpoint"
        if not (folder / "progress.json").is_file():
            return
        saved = torch.load(folder / "optimizer.pt", weights_only=True, map_location=self.device)
        with torch.no_grad():
            for master, was in zip(self.masters, saved["masters"], strict=True):
                master.copy_(was)
        self._publish()
        self.optimizer.load_state_dict(saved["optimizer"])
        self.progress = Progress(**json.loads((folder / "progress.json").read_text()))
        self.tell(f"going on from {self.progress.tokens:,} tokens")

    def _log(self, record: dict[str, Any]) -> None:
        line = {
            "step": self.progress.step,
            "tokens": self.progress.tokens,
            "seconds": round(self.progress.seconds),
            **record,
        }
        self.out.mkdir(parents=True, exist_ok=True)
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(line) + "\n")
        self.tell(json.dumps(line))


def _join(base: Path) -> None:
    """Put the parts that `prepare --parts` made together again."""
    weights = base / "model.safetensors"
    if weights.is_file():
        return
    with weights.with_suffix(".new").open("wb") as handle:
        for part in sorted(base.glob("part-*")):
            handle.write(part.read_bytes())
    weights.with_suffix(".new").rename(weights)


def main() -> None:
    """`python -m training.train`: as `training train`, on a machine without typer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--start", type=Path)
    options = parser.parse_args()
    Trainer(options.prepared, options.out, lambda text: print(text, flush=True), options.start).run(options.minutes)


if __name__ == "__main__":
    main()
