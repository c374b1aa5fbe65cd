"""Which of a model's candidates is taken: by the model's own score, or by what the candidates say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from models.base import Generation
from pipeline import faults
from pipeline.facts import numbers

Name = Literal["score", "agreement"]
Reranker = Callable[[Sequence[str], Sequence[Sequence[Generation]]], list[list[float]]]
"""Sources and the candidates of each -> a worth for every candidate; the highest is taken, the first of equals."""


def by_score(sources: Sequence[str], candidates: Sequence[Sequence[Generation]]) -> list[list[float]]:
    """The model's own order."""
    return [[float(-n) for n in range(len(found))] for found in candidates]


def by_agreement(sources: Sequence[str], candidates: Sequence[Sequence[Generation]]) -> list[list[float]]:
    """First what is broken or has other numbers than the source, then likeness in meaning (extra `eval`).

    Likeness is the cosine of the multilingual embedder, at most 1, so that one wrong number outweighs it.

    Raises:
        ModelMissing: the embedder is not installed.
    """
    from models.embedder import default

    texts = list(dict.fromkeys([*sources, *(c.text for found in candidates for c in found)]))
    vectors = dict(zip(texts, default().embed(texts), strict=True))
    return [
        [float(vectors[source] @ vectors[c.text]) - _faults(source, c) for c in found]
        for source, found in zip(sources, candidates, strict=True)
    ]


RERANKERS: dict[Name, Reranker] = {"score": by_score, "agreement": by_agreement}


def _faults(source: str, candidate: Generation) -> int:
    difference = numbers.compare(source, candidate.text)
    wrong = len(difference.missing) + len(difference.added) + len(difference.buddhist)
    broken = (candidate.finish_reason != "stop") + bool(faults.find_loop(candidate.text))
    return wrong + broken + faults.is_short(source, candidate.text)
