"""BLEU, chrF, chrF++ and TER, all by sacreBLEU; for Thai targets BLEU counts characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evaluation.items import Item, Lang
from evaluation.metrics.base import Array, Column, Family


class SacreBleu(Family):
    """One sacreBLEU metric. Sentences of an item are joined with spaces into one segment."""

    def __init__(self, name: str, metric: Any, better: int = 1) -> None:
        self.columns = (Column(name, better),)
        self._metric = metric

    def statistics(self, items: Sequence[Item]) -> Array:
        hypotheses = [item.text for item in items]
        most = max(len(item.references) for item in items)
        # sacreBLEU wants streams of equal length; None stands for a reference that an item lacks.
        streams = [
            [" ".join(item.references[n]) if n < len(item.references) else None for item in items] for n in range(most)
        ]
        return np.array(self._metric._extract_corpus_statistics(hypotheses, streams), dtype=np.float64)

    def scores(self, totals: Array) -> Array:
        rows = (self._metric._compute_score_from_stats(self._row(row)).score for row in totals)
        return np.array(list(rows), dtype=np.float64).reshape(-1, 1)

    def _row(self, row: Array) -> list[float]:
        return [int(x) if float(x).is_integer() else float(x) for x in row]

    def signature(self, column: Column, references: str) -> str:
        # sacreBLEU notes the number of references when it scores a corpus, which is not done here.
        self._metric.num_refs = -1 if references == "var" else int(references)
        return f"{column.name}|{self._metric.get_signature().format()}"


def overlap(lang: Lang, *, ter: bool) -> list[Family]:
    """The sacreBLEU metrics for a target language. TER is slow on long segments, so it is asked for."""
    from sacrebleu.metrics import BLEU, CHRF, TER

    if lang == "th":
        return [SacreBleu("BLEU char", BLEU(tokenize="char")), SacreBleu("chrF", CHRF())]
    found: list[Family] = [
        SacreBleu("BLEU", BLEU()),
        SacreBleu("chrF", CHRF()),
        SacreBleu("chrF++", CHRF(word_order=2)),
    ]
    return [*found, SacreBleu("TER", TER(), better=-1)] if ter else found
