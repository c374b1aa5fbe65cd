"""Causal (decoder-only) models doing sequence-to-sequence work through few-shot prompts.

`CausalModel` turns requests into token ids and continuations into text; an engine continues token
ids. Two engines share it: transformers here, and CTranslate2 in `models.ct2` for the embedded
model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from models import weights
from models.base import (
    Decoding,
    FinishReason,
    Generation,
    InputTooLong,
    ModelError,
    ModelInfo,
    ModelMissing,
    Prompt,
    Request,
    Task,
)
from models.load import ModelStatus, Progress
from models.spec import CausalSpec


@dataclass(frozen=True, slots=True)
class Continuation:
    """Token ids that an engine added to a prompt, without the stop token."""

    ids: list[int]
    stopped: bool
    score: float | None


class Engine(Protocol):
    """Continues batches of token ids until one of `stop_ids` or the length limit.

    `capacity` is how many sequences it wants at a time; they come sorted by length.
    """

    capacity: int

    def continue_batch(
        self, batch: list[list[int]], stop_ids: list[int], decoding: Decoding
    ) -> list[list[Continuation]]: ...


class CausalModel:
    """Implements `models.base.TextModel` over a tokenizers.Tokenizer and an engine."""

    def __init__(
        self,
        info: ModelInfo,
        tokenizer: Any,
        engine: Engine,
        *,
        bos_id: int | None,
        eos_id: int,
        max_tokens: int,
    ) -> None:
        self.info = info
        self.max_input_tokens = max_tokens
        self._tokenizer = tokenizer
        # An article that holds the text "<eos>" must stay text: it gets the pieces of its letters.
        self._tokenizer.encode_special_tokens = True
        self._engine = engine
        self._bos = [] if bos_id is None else [bos_id]
        self._eos = eos_id
        self._newlines = {
            len(piece): i for piece, i in tokenizer.get_vocab().items() if piece and set(piece) <= {"\n", "Ċ"}
        }

    def defaults(self, task: Task) -> Decoding:
        return Decoding()

    def count_tokens(self, text: str) -> int:
        return len(self._encode(text))

    def room(self, request: Request) -> int:
        prompt = _prompt(request)
        frame = self.count_tokens(prompt.prefix + prompt.suffix) + len(self._bos)
        # Where text and template meet, pieces can split differently than each alone: two a side.
        return max(0, self.max_input_tokens - frame - 4 - request.decoding.max_new_tokens)

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        encoded = [self._encode_request(r) for r in requests]
        results: list[list[Generation]] = [[] for _ in requests]
        for batch in self._batches(requests, encoded):
            first = requests[batch[0]]
            stop = _prompt(first).stop
            stop_ids = [i for length, i in self._newlines.items() if length >= len(stop)] + [self._eos]
            try:
                outputs = self._engine.continue_batch([encoded[n] for n in batch], stop_ids, first.decoding)
            except (RuntimeError, MemoryError) as error:  # what torch and CTranslate2 raise, out of memory too
                raise ModelError(f"model {self.info.name!r} failed: {' '.join(str(error).split())}") from error
            for n, candidates in zip(batch, outputs, strict=True):
                results[n] = [self._generation(c, stop) for c in candidates]
        return results

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _encode_request(self, request: Request) -> list[int]:
        ids = self._bos + self._encode(framed(_prompt(request), request.text))
        if len(ids) + request.decoding.max_new_tokens > self.max_input_tokens:
            raise InputTooLong(
                f"{self.info.name}: a text of {self.count_tokens(one_line(request.text))} tokens does not fit; "
                f"there is room for {self.room(request)}"
            )
        return ids

    def _batches(self, requests: Sequence[Request], encoded: list[list[int]]) -> Iterator[list[int]]:
        """Indices of requests that run together: alike in decoding, near in length, as many as the engine wants."""
        order = sorted(
            range(len(requests)),
            key=lambda n: (repr(requests[n].decoding), _prompt(requests[n]).name, -len(encoded[n]), n),
        )
        batch: list[int] = []
        for n in order:
            if batch:
                first = requests[batch[0]]
                alike = (first.decoding, first.prompt) == (requests[n].decoding, requests[n].prompt)
                full = len(batch) == self._engine.capacity
                if full or not alike:
                    yield batch
                    batch = []
            batch.append(n)
        if batch:
            yield batch

    def _generation(self, continuation: Continuation, stop: str) -> Generation:
        text = self._tokenizer.decode(continuation.ids, skip_special_tokens=True)
        head, cut, _ = text.lstrip("\n ").partition(stop)
        head = head.strip()
        finished = continuation.stopped or bool(cut)
        reason: FinishReason = "empty" if not head else "stop" if finished else "length"
        return Generation(head, reason, continuation.score, len(continuation.ids))


def framed(prompt: Prompt, text: str) -> str:
    """A text inside its template, as the model reads it; training uses the same."""
    return prompt.prefix + one_line(text) + prompt.suffix


def one_line(text: str) -> str:
    """The text with every run of line breaks as one space, so that it cannot leave its field."""
    return re.sub(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*", " ", text).strip()


def _prompt(request: Request) -> Prompt:
    if request.prompt is None:
        raise ModelError(f"a causal model needs a prompt for the task {request.task!r}; name one in the config")
    return request.prompt


class TransformersEngine:
    """`generate` of transformers on left-padded batches."""

    def __init__(self, model: Any, pad_id: int, device: str, batch_size: int) -> None:
        self.capacity = batch_size
        self._model = model
        self._pad = pad_id
        self._device = device

    def continue_batch(
        self, batch: list[list[int]], stop_ids: list[int], decoding: Decoding
    ) -> list[list[Continuation]]:
        import torch

        width = max(map(len, batch))
        ids = torch.tensor([[self._pad] * (width - len(row)) + row for row in batch], device=self._device)
        mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in batch], device=self._device)
        count = decoding.num_candidates
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=ids,
                attention_mask=mask,
                do_sample=False,
                num_beams=decoding.num_beams,
                num_return_sequences=count,
                max_new_tokens=decoding.max_new_tokens,
                repetition_penalty=decoding.repetition_penalty,
                length_penalty=decoding.length_penalty,
                no_repeat_ngram_size=decoding.no_repeat_ngram_size,
                eos_token_id=stop_ids,
                pad_token_id=self._pad,
                return_dict_in_generate=True,
                output_scores=decoding.num_beams > 1,
            )
        scores = getattr(output, "sequences_scores", None)
        rows = [
            _continuation(row[width:].tolist(), stop_ids, None if scores is None else float(scores[n]))
            for n, row in enumerate(output.sequences)
        ]
        return [rows[n : n + count] for n in range(0, len(rows), count)]


def _continuation(ids: list[int], stop_ids: list[int], score: float | None) -> Continuation:
    end = next((n for n, i in enumerate(ids) if i in stop_ids), None)
    return Continuation(ids if end is None else ids[:end], end is not None, score)


def load(spec: CausalSpec) -> CausalModel:
    """Load a local folder, or a hub model that is already on this machine."""
    import torch
    import transformers
    from safetensors import SafetensorError

    weights.quiet()
    where = {"revision": spec.revision, "trust_remote_code": False, "local_files_only": True}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(spec.source, **where)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            spec.source, dtype=getattr(torch, spec.dtype), use_safetensors=True, **where
        ).to(spec.device)
    except (OSError, ValueError) as error:
        raise _missing(spec) from error
    except (RuntimeError, AssertionError, SafetensorError) as error:  # no such device, damaged weights
        raise ModelError(f"model {spec.name!r} cannot be loaded: {' '.join(str(error).split())}") from error
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(f"{spec.source} has no tokenizer.json; save one with a fast tokenizer first")
    commit = getattr(model.config, "_commit_hash", None) or spec.revision or "local folder"
    eos = tokenizer.eos_token_id
    return CausalModel(
        ModelInfo(spec.name, "causal", commit, spec.licence, f"transformers {transformers.__version__}"),
        tokenizer.backend_tokenizer,
        TransformersEngine(
            model.eval(),
            tokenizer.pad_token_id if tokenizer.pad_token_id is not None else eos,
            spec.device,
            spec.batch_size,
        ),
        bos_id=tokenizer.bos_token_id,
        eos_id=eos,
        max_tokens=spec.max_tokens,
    )


def status(spec: CausalSpec) -> ModelStatus:
    folder = Path(spec.source)
    if folder.is_dir() or len(folder.parts) > 2:  # a hub id is `name` or `owner/name`
        ready = any(folder.glob("*.safetensors")) and (folder / "tokenizer.json").is_file()
        size = sum(p.stat().st_size for p in folder.glob("*.safetensors"))
        return ModelStatus(ready, size, f"folder {folder}", "" if ready else "no safetensors or tokenizer.json")
    from huggingface_hub import snapshot_download

    try:
        local = snapshot_download(spec.source, revision=spec.revision, local_files_only=True)
        found = any(Path(local).glob("*.safetensors"))
    except (OSError, ValueError):  # not there; not even an id that a hub could have
        found = False
    return ModelStatus(found, None, f"hub {spec.source}", "" if found else "not on this machine")


def prepare(spec: CausalSpec, progress: Progress) -> None:
    """Fetch a hub model's safetensors; a local folder needs nothing."""
    if status(spec).ready:
        progress("ready", 1.0)
        return
    if len(Path(spec.source).parts) > 2:
        raise _missing(spec)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    progress(f"fetching {spec.source}", 0.0)
    try:
        snapshot_download(spec.source, revision=spec.revision, allow_patterns=["*.json", "*.safetensors", "*.model"])
    except (OSError, HfHubHTTPError, HFValidationError, OfflineModeIsEnabled) as error:
        raise _missing(spec) from error
    progress("ready", 1.0)


def _missing(spec: CausalSpec) -> ModelMissing:
    return ModelMissing(
        f"model {spec.name!r} is not here: {spec.source} is neither a folder with config.json, tokenizer.json and "
        "safetensors nor a hub model on this machine; run `python -m pipeline models prepare` where there is a "
        "network, or use --config configs/default.yaml"
    )
