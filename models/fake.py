"""A deterministic model without weights. It follows the same contract as the real ones.

A token is one character. `summarize` returns the leading clauses of the text as list items;
`translate` and `headline` return an English sentence that carries every digit of the source, with
Buddhist years made Common Era, so that the checks find nothing wrong in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.base import Generation, InputTooLong, ModelInfo, Request
from models.load import ModelStatus, Progress
from models.spec import FakeSpec

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:[.:]\d+)?( hrs)?")
_TIME = re.compile(r"(\d{1,2}[.:]\d\d)\s*น\.")


class FakeModel:
    """Implements `models.base.TextModel`."""

    def __init__(self, spec: FakeSpec) -> None:
        self._spec = spec
        self.info = ModelInfo(spec.name, "fake", "1", spec.licence, "fake")
        self.max_input_tokens = spec.max_tokens

    def count_tokens(self, text: str) -> int:
        return len(text)

    def room(self, request: Request) -> int:
        return self.max_input_tokens - min(request.decoding.max_new_tokens, self.max_input_tokens // 2)

    def generate(self, requests: Sequence[Request]) -> list[list[Generation]]:
        for request in requests:
            if len(request.text) > self.room(request):
                raise InputTooLong(f"{len(request.text)} characters, room for {self.room(request)}")
        return [self._candidates(request) for request in requests]

    def _candidates(self, request: Request) -> list[Generation]:
        text = _summary(request.text) if request.task == "summarize" else _english(request.text)
        count = request.decoding.num_candidates
        return [Generation(text, "stop" if text else "empty", -float(n), len(text)) for n in range(count)]


def _summary(text: str) -> str:
    clauses = [c for c in re.split(r"\s{2,}|\n|(?<=[ๆฯ\u0e00-\u0e7f])\s", text) if c.strip()]
    half = max(1, len(clauses) // 2)
    parts = [" ".join(clauses[:half])[:120], " ".join(clauses[half:])[:120]]
    return "\n".join(f"- {part.strip()}" for part in parts if part.strip())


def _english(text: str) -> str:
    def common_era(match: re.Match[str]) -> str:
        value = match.group().removesuffix(" hrs")
        return str(int(value) - 543) if value.isdigit() and 2400 <= int(value) <= 2600 else value

    plain = _TIME.sub(r"\1 hrs", text.translate(_DIGITS))
    numbers = [common_era(m) + (m[1] or '') for m in _NUMBER.finditer(plain)]
    carried = f" with the figures {'; '.join(numbers)}" if numbers else ""
    filler = " and so on" * (len(text) // 20)  # about as long as a translation would be
    return f"This stands for the English of a Thai text{filler}{carried}."


def load(spec: FakeSpec) -> FakeModel:
    return FakeModel(spec)


def status(spec: FakeSpec) -> ModelStatus:
    return ModelStatus(ready=True, size=0, where="part of this project")


def prepare(spec: FakeSpec, progress: Progress) -> None:
    progress("nothing to prepare", 1.0)
