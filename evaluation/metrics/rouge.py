"""ROUGE-1, -2, -L and -Lsum (Lin 2004, https://aclanthology.org/W04-1013/), for Thai and English.

n-grams and the union LCS of Lsum are rouge-score's; ROUGE-L takes its LCS from rapidfuzz, which gives the
same length a hundred times as fast (characters of long texts would take minutes). Of several references
the one with the best F counts, as in rouge-score's `score_multi`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from evaluation.items import Item, Sentences
from evaluation.metrics.base import Column, ItemFamily
from evaluation.segmenters import Segmenter

Scores = dict[str, tuple[float, float, float]]
"""Type (`1`, `2`, `L`, `Lsum`) -> precision, recall, F, each from 0 to 1."""


class Rouge(ItemFamily):
    """The mean over the items of precision, recall and F of each ROUGE type.

    `Lsum` needs sentences, so it is left out for the characters of `char`.
    """

    def __init__(self, segmenter: Segmenter) -> None:
        self.segmenter = segmenter
        self.types = ("1", "2", "L") if segmenter.name == "char" else ("1", "2", "L", "Lsum")
        self.columns = tuple(Column(f"ROUGE-{t} {segmenter.name} {x}") for t in self.types for x in "FPR")

    def values(self, item: Item) -> list[tuple[float, float]]:
        best = score(self.segmenter, item.hypothesis, item.references, self.types)
        return [(best[t][i], 1.0) for t in self.types for i in (2, 0, 1)]

    def signature(self, column: Column, references: str) -> str:
        kind, _, part = column.name.split(" ")
        libraries = f"rouge-score-{version('rouge-score')}|rapidfuzz-{version('rapidfuzz')}"
        return f"{kind}|part:{part}|{self.segmenter.signature}|refs:{references}|multi:best-F|avg:items|{libraries}"


def score(segmenter: Segmenter, hypothesis: Sentences, references: Sequence[Sentences], types: Sequence[str]) -> Scores:
    """ROUGE of one output against its best reference, each type for itself."""
    per_reference = [_score_one(segmenter, hypothesis, reference, types) for reference in references]
    return {t: max((s[t] for s in per_reference), key=lambda prf: prf[2]) for t in types}


def _score_one(segmenter: Segmenter, hypothesis: Sentences, reference: Sentences, types: Sequence[str]) -> Scores:
    from rapidfuzz.distance import LCSseq

    scorer, wanted = _scorer(segmenter), {f"rouge{t}": t for t in types if t != "L"}
    # One text for n-grams and LCS, lines for Lsum: rouge-score reads both from the same string.
    found = scorer.score("\n".join(reference), "\n".join(hypothesis))
    result = {t: (s.precision, s.recall, s.fmeasure) for name, t in wanted.items() for s in [found[name]]}
    ours, theirs = segmenter.tokenize("\n".join(hypothesis)), segmenter.tokenize("\n".join(reference))
    common = LCSseq.similarity(theirs, ours)
    result["L"] = _prf(common, len(ours), len(theirs))
    return result


def _prf(common: int, hypothesis: int, reference: int) -> tuple[float, float, float]:
    precision = common / hypothesis if hypothesis else 0.0
    recall = common / reference if reference else 0.0
    f = 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
    return precision, recall, f


@cache
def _scorer(segmenter: Segmenter) -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    types = ["rouge1", "rouge2"] if segmenter.name == "char" else ["rouge1", "rouge2", "rougeLsum"]
    return RougeScorer(types, tokenizer=segmenter)
