"""Meaning across languages: cosine of sentence embeddings.

| column | what |
|---|---|
| `similarity source` | each sentence against the Thai it was made from; mean over the sentences |
| `similarity article` | each summary sentence against the article's most similar piece; mean over the sentences |

Cosines of multilingual-e5 lie between about 0.75 (unrelated) and 0.95: differences say more than values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.items import Item
from evaluation.metrics.base import Array, Column, ItemFamily
from models.embedder import Embedder, Vectors

PIECE = 400
"""Characters of an article that are embedded together: some three sentences, as long as what they are compared to."""


class Similarity(ItemFamily):
    """Cosine (x 100) of outputs with their source, and with the article where `article` is set."""

    needs_references = False
    shared = True

    def __init__(self, embedder: Embedder, *, article: bool) -> None:
        self._embedder, self._article = embedder, article
        self._known: dict[str, Vectors] = {}
        self.columns = (Column("similarity article" if article else "similarity source"),)

    def statistics(self, items: Sequence[Item]) -> Array:
        wanted = {text for item in items for ours, theirs in self._pairs(item) for text in (ours, *theirs)}
        new = sorted(wanted - self._known.keys())
        self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return super().statistics(items)

    def values(self, item: Item) -> list[tuple[float, float]]:
        pairs = self._pairs(item)
        if not pairs:
            return [(0.0, 0.0)]
        if not item.text:
            return [(0.0, 1.0)]
        best = [max(float(self._known[ours] @ self._known[s]) for s in theirs) if ours.strip() else 0.0
                for ours, theirs in pairs]  # fmt: skip
        return [(float(np.mean(best)), 1.0)]

    def _pairs(self, item: Item) -> list[tuple[str, list[str]]]:
        """An output sentence, and the texts of the source that it may be like; none where there is no source."""
        if self._article:
            theirs = pieces(item.article)
            return [(s, theirs) for s in item.hypothesis or ("",)] if theirs else []
        return [(ours, [theirs]) for theirs, ours in item.pairs if theirs]

    def signature(self, column: Column, references: str) -> str:
        info = self._embedder.info
        piece = f"|piece:{PIECE}|match:max" if self._article else "|match:sentence"
        return f"{column.name}|{info.name}|{info.backend}-{info.revision}|prefix:query{piece}|avg:items"


def pieces(article: str) -> list[str]:
    """An article in pieces of at most about `PIECE` characters, cut at spaces."""
    found: list[str] = []
    for word in article.split():
        if found and len(found[-1]) + len(word) < PIECE:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found
