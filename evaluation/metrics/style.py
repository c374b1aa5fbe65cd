"""What an output is like: length, how much of it is new, how much it repeats, what `check` marks."""

from __future__ import annotations

from evaluation import segmenters
from evaluation.items import Item, Lang
from evaluation.metrics.base import Column, ItemFamily
from pipeline import verify
from pipeline.article import Field, Severity
from pipeline.facts import RULES, names_tsv
from pipeline.verify import Place


class Style(ItemFamily):
    """Length, compression, novel n-grams (See et al. 2017, https://aclanthology.org/P17-1099/) and repetition.

    Compression: characters of the source for one of the output. Novel n-grams: share of the output's
    different n-grams that the article lacks. Repetition: share of trigrams that stand earlier in the same
    output. Words are `newmm`, in English `en`.
    """

    needs_references = False

    def __init__(self, lang: Lang) -> None:
        self.segmenter = segmenters.get("newmm" if lang == "th" else "en")
        novel = ("novel 1-grams", "novel 2-grams") if lang == "th" else ()
        self.columns = (
            Column("characters", 0, percent=False),
            Column("length ratio", 0, percent=False),
            Column("compression", 0, percent=False),
            Column("repeated 3-grams", -1),
            *(Column(name, 0) for name in novel),
        )

    def values(self, item: Item) -> list[tuple[float, float]]:
        length = len(item.text)
        references = [len(" ".join(r)) for r in item.references]
        tokens = self.segmenter.tokenize(item.text)
        trigrams = _ngrams(tokens, 3)
        found = [
            (float(length), 1.0),
            (float(length), sum(references) / len(references)) if references else (0.0, 0.0),
            (float(len(item.source_text)), float(length)) if length else (0.0, 0.0),
            (float(len(trigrams) - len(set(trigrams))), float(len(trigrams))),
        ]
        if len(self.columns) > len(found):
            article = self.segmenter.tokenize(item.article)
            for n in (1, 2):
                ours = set(_ngrams(tokens, n)) if article else set()
                found.append((float(len(ours - set(_ngrams(article, n)))), float(len(ours))))
        return found

    def signature(self, column: Column, references: str) -> str:
        return f"{column.name}|{self.segmenter.signature}|avg:corpus"


class Flagged(ItemFamily):
    """Share of outputs in which the pipeline's `check` finds an error."""

    needs_references = False
    columns = (Column("flagged", -1),)

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def values(self, item: Item) -> list[tuple[float, float]]:
        if not item.source and item.text:
            return [(0.0, 0.0)]
        return [(float(bool(errors(item, self.lang))), 1.0)]

    def signature(self, column: Column, references: str) -> str:
        return f"{column.name}|severity:error|avg:items|rules:{RULES}"


def errors(item: Item, lang: Lang) -> list[str]:
    """The kinds of error that `check` finds in an output; `draft_model`, said of every output, is not one of them."""
    if not item.text:
        return ["empty_output"]
    if lang == "th":
        source = item.article or item.source_text
        words = verify.known_words(source)
        place, names = Place(Field.SUMMARY_TH, None), names_tsv.load()
        found = [f for s in item.hypothesis for f in verify.summary(s, source, words, names, place)]
    elif item.article and item.source == (item.article,):
        place, names = Place(Field.SUMMARY_EN, None), names_tsv.load()
        found = [f for s in item.hypothesis for f in verify.english_summary(s, item.article, names, place)]
    else:
        place, names = Place(Field.SUMMARY_EN, None), names_tsv.load()
        found = [f for th, en in item.pairs for f in verify.translation(th, en, names, place, item.article or "")]
    return [f.kind.value for f in found if f.severity is Severity.ERROR]


def _ngrams(tokens: list[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(tokens[i:] for i in range(n)), strict=False))
