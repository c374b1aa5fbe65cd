"""Which of a model's candidates is taken: by the model's own score, or by what the candidates say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.base import Generation
from pipeline.config import Rerank

Candidates = Sequence[Sequence[Generation]]
Judge = Callable[[int, Generation], float]
"""(number of the source, candidate) -> how much is wrong with it; 0 is nothing."""
Reranker = Callable[[Sequence[str], Candidates, Judge], list[list[float]]]
"""Sources and the candidates of each -> a worth for every candidate; the highest is taken, the first of equals."""


def by_score(sources: Sequence[str], candidates: Candidates, judge: Judge) -> list[list[float]]:
    """The model's own order."""
    return [[float(-n) for n in range(len(found))] for found in candidates]


def by_facts(sources: Sequence[str], candidates: Candidates, judge: Judge) -> list[list[float]]:
    """First what is broken or has other numbers, dates and names than the source, then the model's own order."""
    return [[-judge(n, candidate) for candidate in found] for n, found in enumerate(candidates)]


def by_agreement(sources: Sequence[str], candidates: Candidates, judge: Judge) -> list[list[float]]:
    """As `by_facts`, then by likeness in meaning (extra `eval`).

    Likeness is the cosine of the multilingual embedder, at most 1, a tenth of which decides among equals only.

    Raises:
        ModelMissing: the embedder is not installed.
    """
    from models.embedder import default

    texts = list(dict.fromkeys([*sources, *(c.text for found in candidates for c in found)]))
    vectors = dict(zip(texts, default().embed(texts), strict=True))
    return [
        [float(vectors[source] @ vectors[c.text]) / 10 - judge(n, c) for c in found]
        for n, (source, found) in enumerate(zip(sources, candidates, strict=True))
    ]


RERANKERS: dict[Rerank, Reranker] = {"score": by_score, "facts": by_facts, "agreement": by_agreement}
