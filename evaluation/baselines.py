"""What a model has to beat: extractive summaries of several kinds, and translations without a model.

| name | what it shows |
|---|---|
| `lead-1`, `lead-2`, `lead-3` | the article's first sentences: strong on news |
| `lead-length` | the lead, cut at a space to the reference's length |
| `textrank` | TextRank (Mihalcea and Tarau 2004), by sumy, three sentences in the article's order |
| `random` | three random sentences: the floor |
| `oracle` | the three sentences or fewer that a greedy search finds best against the reference (Nallapati et al. 2017): near the ceiling of extraction; it has seen the reference |
| `copy` | the Thai source as it is |
| `dictionary` | the source word for word through a list of Thai words: the floor of translation |
"""  # noqa: E501

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from evaluation import segmenters
from evaluation.items import Sentences
from models.cache import sha256_file
from pipeline import thai
from pipeline.steps.segment import SPLITTERS, split_sentences

EXTRACTED = 3
"""Sentences of an extractive summary: as many as a brief has at most."""
DICTIONARY = Path(__file__).parent / "data" / "dictionary.tsv"

Extractor = Callable[[Sentences, Sentences, random.Random], Sentences]
"""(sentences of the article, the first reference, random numbers) -> sentences of the summary."""


def article_sentences(paragraphs: Sequence[str]) -> Sentences:
    """The sentences of an article's paragraphs, each once, by PyThaiNLP's crfcut."""
    found = [s for p in paragraphs for s in split_sentences(p, SPLITTERS["crfcut"])]
    return tuple(dict.fromkeys(found))


def lead(count: int) -> Extractor:
    return lambda sentences, reference, rng: sentences[:count]


def lead_length(sentences: Sentences, reference: Sentences, rng: random.Random) -> Sentences:
    """The article's beginning, as long as the reference; cut at a space where there is one near."""
    limit = len(" ".join(reference))
    text = " ".join(sentences)
    if len(text) <= limit:
        return sentences
    space = text.rfind(" ", limit // 2, limit + 1)
    cut = space if space > 0 else thai.safe_cut(text, limit)
    return (text[:cut],)


def random_sentences(sentences: Sentences, reference: Sentences, rng: random.Random) -> Sentences:
    chosen = sorted(rng.sample(range(len(sentences)), min(EXTRACTED, len(sentences))))
    return tuple(sentences[n] for n in chosen)


def textrank(sentences: Sentences, reference: Sentences, rng: random.Random) -> Sentences:
    """sumy's TextRank over newmm words; the whole article where it has three sentences or fewer."""
    if len(sentences) <= EXTRACTED:
        return sentences
    from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
    from sumy.summarizers.text_rank import TextRankSummarizer

    words = _Words()
    document = ObjectDocumentModel([Paragraph([Sentence(s, words) for s in sentences])])
    chosen = {str(s) for s in TextRankSummarizer()(document, EXTRACTED)}
    return tuple(s for s in sentences if s in chosen)


def oracle(sentences: Sentences, reference: Sentences, rng: random.Random) -> Sentences:
    """Greedily the sentences that raise the mean of ROUGE-1 and ROUGE-2 F (newmm) most, up to three."""
    segmenter = segmenters.get("newmm")

    def grams(text: str) -> Counter[tuple[str, ...]]:
        tokens = segmenter.tokenize(text)
        return Counter((t,) for t in tokens) + Counter(pairwise(tokens))

    def quality(have: Counter[tuple[str, ...]]) -> float:
        f = 0.0
        for n in (1, 2):
            ours = Counter({g: c for g, c in have.items() if len(g) == n})
            theirs = Counter({g: c for g, c in wanted.items() if len(g) == n})
            f += 2 * (ours & theirs).total() / max(ours.total() + theirs.total(), 1)
        return f / 2

    wanted = grams("\n".join(reference))
    parts = [grams(s) for s in sentences]
    chosen: list[int] = []
    have: Counter[tuple[str, ...]] = Counter()
    while len(chosen) < EXTRACTED:
        rest = [n for n in range(len(sentences)) if n not in chosen]
        best = max(rest, key=lambda n: quality(have + parts[n]), default=None)
        if best is None or quality(have + parts[best]) <= quality(have):
            break
        chosen.append(best)
        have += parts[best]
    return tuple(sentences[n] for n in sorted(chosen))


EXTRACTORS: dict[str, Extractor] = {
    "lead-1": lead(1),
    "lead-2": lead(2),
    "lead-3": lead(3),
    "lead-length": lead_length,
    "textrank": textrank,
    "random": random_sentences,
    "oracle": oracle,
}


@cache
def signatures() -> dict[str, str]:
    """What reproduces each baseline."""
    sentences = f"sentences:crfcut|pythainlp-{version('pythainlp')}"
    return {
        "lead-1": sentences,
        "lead-2": sentences,
        "lead-3": sentences,
        "lead-length": "cut:space",
        "textrank": f"{sentences}|tok:newmm|sumy-{version('sumy')}|n:{EXTRACTED}",
        "random": f"{sentences}|n:{EXTRACTED}|seed:of the report",
        "oracle": f"{sentences}|greedy:ROUGE-1+2 newmm F|n<={EXTRACTED}",
        "copy": "source",
        "dictionary": f"tok:newmm|list:{sha256_file(DICTIONARY)[:12]} and --dictionary",
    }


class Dictionary:
    """Word-for-word translation: the longest entry first, numbers as figures, other words left out."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        from pythainlp.tokenize import Tokenizer
        from pythainlp.util import dict_trie

        self._entries = dict(entries)
        self._tokenizer = Tokenizer(dict_trie([*_thai_words(), *self._entries]), engine="newmm")

    def translate(self, text: str) -> str:
        words: list[str] = self._tokenizer.word_tokenize(thai.arabic_digits(thai.normalize(text)))
        return " ".join(filter(None, (self._word(w.strip()) for w in words)))

    def _word(self, word: str) -> str:
        if word in self._entries:
            return self._entries[word]
        return word if word.isascii() else ""


@cache
def dictionary(files: tuple[Path, ...]) -> Dictionary:
    """The bundled word list, and `files` (TSV with columns `th` and `en`), whose entries win.

    Raises:
        DataError: a file cannot be read or lacks a column.
    """
    from evaluation.data import read_tsv

    entries = {row["th"]: row["en"] for file in (DICTIONARY, *files) for row in read_tsv(file, ("th", "en"))}
    return Dictionary({th: en for th, en in entries.items() if th and en})


@cache
def _thai_words() -> frozenset[str]:
    from pythainlp.corpus import thai_words

    return frozenset(thai_words())


class _Words:
    """sumy's tokenizer protocol over newmm."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(segmenters.get("newmm").tokenize(text))
