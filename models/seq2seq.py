"""Pretrained encoder-decoder models: text to source tokens, target tokens to text.

`Seq2SeqModel` knows families and text; an engine knows tokens. Two engines share it: transformers here,
CTranslate2 in `models.ct2_seq2seq`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from models import families, hub, weights
from models.base import Decoding, FinishReason, Generation, InputTooLong, ModelError, ModelInfo, Request, Task
from models.families import Family
from models.load import ModelStatus, Progress
from models.repair import repair
from models.spec import Seq2SeqSpec

MANY = 1_000_000
"""More tokens than any model takes."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Target tokens after the forced language token, without the end of the sequence."""

    ids: list[int]
    ended: bool
    score: float | None
    first: int | None
    """The token that the target began with, where one was forced."""


def hypothesis(ids: list[int], forced: int | None, ends: Collection[int], score: float | None) -> Hypothesis:
    """From the tokens that an engine gave, the forced one and the end of the sequence among them."""
    first = None
    if forced is not None:
        first, ids = (ids[0], ids[1:]) if ids else (None, [])
    end = next((n for n, i in enumerate(ids) if i in ends), None)
    return Hypothesis(ids if end is None else ids[:end], end is not None, score, first)


class Engine(Protocol):
    """Turns batches of source tokens, special ones included, into hypotheses, best first."""

    def translate(self, sources: list[list[int]], forced: int | None, decoding: Decoding) -> list[list[Hypothesis]]: ...


class Seq2SeqModel:
    """Implements `models.base.TextModel` over a transformers tokenizer and an engine."""

    def __init__(
        self,
        info: ModelInfo,
        family: Family,
        tokenizer: Any,
        engine: Engine,
        *,
        prefix: str | None = None,
        max_source_tokens: int | None = None,
        positions: int | None = None,
        batch_size: int = 8,
    ) -> None:
        """`positions` is the most tokens that the model's source, and its target, can have; None: any number."""
        self.info = info
        self.family = family
        self._tokenizer = tokenizer
        self._engine = engine
        self._prefix = prefix
        self._batch_size = batch_size
        self.max_input_tokens = min(max_source_tokens or family.max_source_tokens, positions or MANY)
        self._max_new_tokens = (positions or MANY) - 2  # the start and the language token
        self._leaks = frozenset(tokenizer.all_special_tokens) | frozenset(family.target_tokens.values())
        names = {*self._leaks, *tokenizer.get_added_vocab()} - {""}
        self._special = re.compile("|".join([r"<extra_id_\d+>", *map(re.escape, sorted(names, key=len, reverse=True))]))

    def defaults(self, task: Task) -> Decoding:
        return (task == "summarize" and self.family.summary) or families.TRANSLATION

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer(self._plain(text), add_special_tokens=False)["input_ids"])

    def room(self, request: Request) -> int:
        """Source and target have each their own budget here, so the answer's length takes no room from the text."""
        if request.decoding.max_new_tokens > self._max_new_tokens:
            raise ModelError(f"{self.info.name}: max_new_tokens can be {self._max_new_tokens} at most")
        limit = self.max_input_tokens
        if request.task != "summarize" and self.family.soft_source_tokens:
            limit = min(limit, self.family.soft_source_tokens)
        frame = len(self._encode(request, ""))
        # Where prefix and text meet, pieces can split differently than each alone.
        return max(0, limit - frame - 2)

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        sources = [self._source(request) for request in requests]
        results: list[list[Generation]] = [[] for _ in requests]
        for batch in self._batches(requests, sources):
            first = requests[batch[0]]
            forced = families.target_id(self.family, self._tokenizer, first.target_lang)
            try:
                outputs = self._engine.translate([sources[n] for n in batch], forced, first.decoding)
            except (RuntimeError, MemoryError, ValueError, IndexError) as error:
                raise ModelError(f"model {self.info.name!r} failed: {' '.join(str(error).split())}") from error
            for n, hypotheses in zip(batch, outputs, strict=True):
                unknown = sources[n].count(self._tokenizer.unk_token_id)
                results[n] = [self._generation(h, forced, unknown) for h in hypotheses]
        return results

    def _source(self, request: Request) -> list[int]:
        ids = self._encode(request, request.text)
        if len(ids) > self.max_input_tokens:
            raise InputTooLong(
                f"{self.info.name}: a text of {self.count_tokens(request.text)} tokens does not fit; "
                f"there is room for {self.room(request)}"
            )
        return ids

    def _encode(self, request: Request, text: str) -> list[int]:
        family = self.family
        if request.task == "summarize" and not family.summary:
            raise ModelError(f"{self.info.name}: {family.name} translates single sentences; it cannot summarise")
        families.check_pair(family, self._tokenizer, request.source_lang, request.target_lang)
        if family.source_codes:
            families.source_id(family, self._tokenizer, request.source_lang)
            self._tokenizer.src_lang = family.source_codes[request.source_lang]
        prefix = family.prefixes.get(request.task, "") if self._prefix is None else self._prefix
        ids: list[int] = self._tokenizer(prefix + self._plain(text))["input_ids"]
        return ids

    def _plain(self, text: str) -> str:
        """As the family wants spaces, and with what looks like a special token in an article broken up.

        `split_special_tokens` does not do it: T5's and mBART's pieces themselves are named so.
        """
        return self._special.sub(lambda found: f"{found[0][0]} {found[0][1:]}", self.family.spaces(text))

    def _batches(self, requests: Sequence[Request], sources: Sequence[list[int]]) -> Iterator[list[int]]:
        """Indices of requests that run together: alike in decoding and language, near in length."""

        def kind(n: int) -> tuple[str, str]:
            return repr(requests[n].decoding), requests[n].target_lang

        batch: list[int] = []
        for n in sorted(range(len(requests)), key=lambda n: (*kind(n), -len(sources[n]), n)):
            if batch and (len(batch) == self._batch_size or kind(n) != kind(batch[0])):
                yield batch
                batch = []
            batch.append(n)
        if batch:
            yield batch

    def _generation(self, hypothesis: Hypothesis, forced: int | None, unknown: int) -> Generation:
        if forced is not None and hypothesis.first != forced:
            raise ModelError(f"model {self.info.name!r} answered in another language than asked for")
        text = repair(self._tokenizer.decode(hypothesis.ids, skip_special_tokens=True), self._leaks)
        reason: FinishReason = "empty" if not text else "stop" if hypothesis.ended else "length"
        unknown += hypothesis.ids.count(self._tokenizer.unk_token_id)
        return Generation(text, reason, hypothesis.score, len(hypothesis.ids), unknown)


class TransformersEngine:
    """`generate` of transformers. Padding is on the right and masked, so it changes no result."""

    def __init__(self, model: Any, device: str) -> None:
        import transformers

        self._model = model
        self._device = device
        config = model.generation_config
        self._pad, eos = config.pad_token_id, config.eos_token_id
        self._ends = set(eos) if isinstance(eos, list) else {eos}
        self._structural = {
            name: value
            for name in ("decoder_start_token_id", "pad_token_id", "eos_token_id", "bos_token_id", "bad_words_ids")
            if (value := getattr(config, name, None)) is not None
        }
        # `generate` fills in from here what it is not given. A hub model's own beams, penalties and lengths are left
        # behind, and so is its forced last token, which makes a cut answer look finished.
        model.generation_config = transformers.GenerationConfig(**self._structural)

    def translate(self, sources: list[list[int]], forced: int | None, decoding: Decoding) -> list[list[Hypothesis]]:
        import torch
        import transformers

        width = max(map(len, sources))
        ids = torch.tensor([row + [self._pad] * (width - len(row)) for row in sources], device=self._device)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in sources], device=self._device)
        count = decoding.num_candidates
        options = transformers.GenerationConfig(
            **self._structural,
            forced_bos_token_id=forced,
            do_sample=False,
            num_beams=decoding.num_beams,
            num_return_sequences=count,
            max_new_tokens=decoding.max_new_tokens + (forced is not None),
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            length_penalty=decoding.length_penalty,
            early_stopping=False,  # no sooner than no better hypothesis can come
            return_dict_in_generate=True,
            output_scores=decoding.num_beams > 1,
        )
        with torch.inference_mode():
            output = self._model.generate(input_ids=ids, attention_mask=mask, generation_config=options)
        scores = getattr(output, "sequences_scores", None)
        found = [
            hypothesis(row[1:].tolist(), forced, self._ends, None if scores is None else float(scores[n]))
            for n, row in enumerate(output.sequences)  # the first token only starts the decoder
        ]
        return [found[n : n + count] for n in range(0, len(found), count)]


def load(spec: Seq2SeqSpec) -> Seq2SeqModel:
    """Load a local folder, or a hub model that `models prepare` has fetched.

    Raises:
        ModelMissing: it is not here; the message has its size, licence and the ways out.
        ModelError: it is damaged, of no known family, or of a dtype that its family cannot bear.
    """
    import transformers

    folder = hub.local(spec)
    tokenizer, family, positions = open_tokenizer(spec, folder)
    with named(spec):
        families.check_dtype(family, spec.dtype)
        model = weights.read(folder, spec.dtype).to(spec.device)
    return Seq2SeqModel(
        ModelInfo(
            spec.name, "seq2seq", hub.revision(folder), spec.licence,
            f"transformers {transformers.__version__} {spec.dtype}",
        ),
        family, tokenizer, TransformersEngine(model.eval(), spec.device),
        prefix=spec.prefix, max_source_tokens=spec.max_source_tokens, positions=positions, batch_size=spec.batch_size,
    )  # fmt: skip


@contextmanager
def named(spec: hub.Pretrained) -> Iterator[None]:
    """Errors with the name that the config gives the model."""
    try:
        yield
    except ModelError as error:
        raise ModelError(f"model {spec.name!r}: {error}") from error


def open_tokenizer(spec: hub.Pretrained, folder: Path) -> tuple[Any, Family, int | None]:
    """The tokenizer of a folder, the family that it and config.json belong to, and the model's positions, if bounded.

    Raises:
        ModelError: the tokenizer cannot be read, or no family fits.
    """
    import transformers

    weights.quiet()
    options = {"trust_remote_code": False, "local_files_only": True}
    with named(spec):
        try:
            config = transformers.AutoConfig.from_pretrained(folder, **options)
            with warnings.catch_warnings():
                # Of MarianTokenizer.normalize, which nothing here calls.
                warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
                tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
        except (OSError, ValueError, KeyError, TypeError, ImportError) as error:
            raise ModelError(f"{folder}: {' '.join(str(error).split())}") from error
        family = families.family_of(config.model_type, tokenizer, spec.family)
    return tokenizer, family, getattr(config, "max_position_embeddings", None)


def status(spec: Seq2SeqSpec) -> ModelStatus:
    return hub.status(spec)


def prepare(spec: Seq2SeqSpec, progress: Progress) -> None:
    """Fetch a hub model; a local folder needs nothing."""
    hub.prepare(spec, progress)
    progress("ready", 1.0)
