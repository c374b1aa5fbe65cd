"""The seam between the pipeline and every model: text in, text out.

A backend knows tokens, batching and devices; it never sees an article. The pipeline knows
articles and asks for a task; it never sees a token id.

    ModelError
    ├── ModelMissing     the weights or a library are not here; the message says how to get them
    ├── InputTooLong     a request does not fit; callers split first with `room` and `count_tokens`
    └── ModelCorrupt     prepared files do not match their checksums
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Task = Literal["summarize", "translate", "headline"]
FinishReason = Literal["stop", "length", "empty"]


class ModelError(Exception):
    """A backend could not do its work; the message is one line for the person who runs it."""


class ModelMissing(ModelError):
    """The weights, or the library that runs them, are not on this machine."""


class InputTooLong(ModelError):
    """A request has more tokens than the model takes. Nothing is ever truncated in silence."""


class ModelCorrupt(ModelError):
    """Prepared files do not match the checksums written when they were prepared."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A versioned few-shot template for causal models: `prefix + text + suffix`, up to `stop`.

    `stop` is made of newlines only; the text is put on one line, so that no input can end its own
    field and imitate the template.
    """

    name: str
    prefix: str
    suffix: str
    stop: str


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to decode one request: greedy when `num_beams` is 1, else beam search."""

    max_new_tokens: int = 128
    num_beams: int = 1
    num_candidates: int = 1
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    length_penalty: float = 1.0
    """Beam search divides a hypothesis's log-probability by its length to this power: above 1 for longer ones."""

    def __post_init__(self) -> None:
        if self.num_candidates > self.num_beams:
            raise ValueError("num_candidates cannot exceed num_beams")


@dataclass(frozen=True, slots=True)
class Request:
    """One text for one task. `prompt` is used by causal models only."""

    task: Task
    text: str
    source_lang: str = "th"
    target_lang: str = "en"
    prompt: Prompt | None = None
    decoding: Decoding = field(default_factory=Decoding)


@dataclass(frozen=True, slots=True)
class Generation:
    """One candidate: its text, why it ended and its length in tokens.

    `score` is the log-probability by which candidates are ordered, where the backend gives it. `unknown` counts the
    places of source and answer for which the vocabulary has nothing, so that something is lost there.
    """

    text: str
    finish_reason: FinishReason
    score: float | None
    tokens: int
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a brief records of a model that helped to make it."""

    name: str
    kind: str
    revision: str
    licence: str
    backend: str


class TextModel(Protocol):
    """What every backend offers. Inputs and outputs have the same order and length."""

    @property
    def info(self) -> ModelInfo: ...

    @property
    def max_input_tokens(self) -> int:
        """The most tokens that one input and its output may have together."""
        ...

    def defaults(self, task: Task) -> Decoding:
        """How this model is decoded where a config does not say."""
        ...

    def count_tokens(self, text: str) -> int:
        """Length of `text` in this model's tokens, without special tokens."""
        ...

    def room(self, request: Request) -> int:
        """How many tokens of text fit beside the request's prompt and its new tokens."""
        ...

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        """Candidates for each request, best first.

        Raises:
            InputTooLong: a request's text has more tokens than `room` allows.
            ModelError: the backend failed.
        """
        ...
