"""Two or three Thai sentences for each article; and, where it was translated first, English ones from the English.

The article is packed into as few parts as the model takes (`min_parts` at least); each part is
summarised (map); where that gives more sentences than asked for, the summaries are packed and
summarised again (reduce) until they fit. Nothing is cut in silence: that parts were brought together,
what the last round left unfinished, and what it could not bring down, is said in findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from models.base import Generation, Prompt, Request, TextModel
from pipeline import thai
from pipeline.article import Article, Field, Finding, Kind, Severity
from pipeline.config import SummarizeConfig
from pipeline.steps import Context
from pipeline.textsplit import balanced_chunks, english_sentences, split_to_fit
from pipeline.verify import NOT_TRANSLATED

SHORT = 60
"""Tokens under which an article is not split into `min_parts`: it is a summary already."""


@dataclass
class _Work:
    """One article between rounds: the parts still to summarise, and what came of the last round."""

    parts: list[str]
    rounds: int = 0
    first_parts: int = 0
    sentences: list[str] = field(default_factory=list)
    unfinished: bool = False
    empty: int = 0
    unknown: int = 0
    tokens: int = 0
    done: bool = False


def run(articles: list[Article], context: Context) -> list[Article]:
    """Summarise a batch in Thai."""
    task = Summarizing(context.summarizer, context.config.summarize, context.summarize_prompt, "th", Field.SUMMARY_TH)
    works = task.summaries([[s.text for s in a.sentences] or [a.title] for a in articles])
    return [_finish(replace(a, summary_th=task.kept(w)), w, task) for a, w in zip(articles, works, strict=True)]


def run_english(articles: list[Article], context: Context) -> list[Article]:
    """Summarise a translated batch in English: from the translation of the body, or of the headline alone."""
    config = context.config.summarize_english
    assert config is not None
    assert context.english_summarizer is not None
    task = Summarizing(context.english_summarizer, config, context.english_prompt, "en", Field.SUMMARY_EN)
    works = task.summaries(
        [
            [pair.en for pair in a.body if pair.en and not pair.en.startswith(NOT_TRANSLATED)] or [a.title_en]
            for a in articles
        ]
    )
    return [_finish(replace(a, summary_en=task.kept(w)), w, task) for a, w in zip(articles, works, strict=True)]


@dataclass(frozen=True)
class Summarizing:
    """A summarizer, its section of the config, and the language that it reads and writes."""

    model: TextModel
    config: SummarizeConfig
    prompt: Prompt | None
    lang: str
    field: Field

    def summaries(self, texts: list[list[str]]) -> list[_Work]:
        """What became of each text's sentences; each round's requests of all texts go to the model together."""
        works = [_Work(self._parts(sentences)) for sentences in texts]
        for work in works:
            work.first_parts = len(work.parts)
        while pending := [w for w in works if not w.done]:
            requests = [self._request(part, len(work.parts)) for work in pending for part in work.parts]
            generations = iter(self.model.generate(requests))
            for work in pending:
                _take(work, [next(generations)[0] for _ in work.parts], self.lang)
                if len(work.sentences) <= self.config.max_sentences:
                    work.done = True
                    continue
                shorter = self._parts(work.sentences)
                # A round that did not shrink the text would go on for ever.
                work.done = len(work.parts) == 1 or len(shorter) >= len(work.parts)
                work.parts = shorter
        return works

    def kept(self, work: _Work) -> tuple[str, ...]:
        return tuple(work.sentences[: self.config.max_sentences])

    def _request(self, text: str, parts: int) -> Request:
        """A request for one of so many parts: while there are too many to keep, each gets fewer words."""
        limit = self.config.map_max_new_tokens if parts > self.config.max_sentences else None
        decoding = self.config.decoding(limit)
        return Request("summarize", text, self.lang, self.lang, prompt=self.prompt, decoding=decoding)

    def _parts(self, sentences: list[str]) -> list[str]:
        model, config = self.model, self.config
        room = model.room(self._request("", 1))
        pieces = [p for s in sentences for p in split_to_fit(s, model.count_tokens, room - 1)[0]]
        total = sum(map(model.count_tokens, pieces))
        at_least = config.min_parts if total > SHORT else 1
        chunks = balanced_chunks(pieces, model.count_tokens, room, at_least)
        if len(chunks) > config.max_sentences:
            # Shorter answers leave more room for the text.
            room = model.room(self._request("", len(chunks)))
            chunks = balanced_chunks(pieces, model.count_tokens, room, config.max_sentences + 1)
        return chunks


def parse_summary(text: str, lang: str = "th") -> list[str]:
    """The sentences of a model's answer: its lines, without list marks, repetitions and echoes.

    An English line is cut at its full stops too. A sentence that stands whole inside another one says nothing
    more and is left out.
    """
    lines = [re.sub(r"^\s*(?:[-*•]|\d+[.)])\s*", "", line).strip() for line in thai.normalize(text).split("\n")]
    if lang == "en":
        lines = [sentence for line in lines for sentence in english_sentences(line)]
    return _distinct(lines)


def _distinct(sentences: Iterable[str]) -> list[str]:
    """The sentences without those that say, but for spaces and marks, what another one holds."""
    unique: dict[str, str] = {}
    for sentence in sentences:
        unique.setdefault(re.sub(r"[\W_]", "", sentence), sentence)
    return [s for key, s in unique.items() if key and not any(key != other and key in other for other in unique)]


def _take(work: _Work, generations: list[Generation], lang: str) -> None:
    work.rounds += 1
    work.unfinished = False
    found: list[str] = []
    for generation in generations:
        work.tokens += generation.tokens
        work.unknown += generation.unknown
        sentences = parse_summary(generation.text, lang)
        work.empty += not sentences
        if generation.finish_reason == "length" and sentences:
            work.unfinished = True
            head, _, tail = sentences[-1].rpartition(" ")
            # The last word may be half a word: up to the last space it is whole.
            sentences[-1] = head if head and len(tail) < len(head) else sentences[-1]
        found += sentences
    work.sentences = _distinct(found)


def _finish(article: Article, work: _Work, task: Summarizing) -> Article:
    config, kept = task.config, task.kept(work)
    findings = []

    def note(kind: Kind, severity: Severity, message: str) -> None:
        findings.append(Finding(kind, severity, task.field, None, message))

    if work.rounds > 1 or work.first_parts > config.max_sentences:
        note(Kind.MAP_REDUCED, Severity.INFO, f"The summary was made from summaries of {work.first_parts} parts.")
    if work.unfinished:
        note(
            Kind.UNFINISHED_OUTPUT, Severity.WARNING,
            "The model stopped at its length limit; a sentence was ended at its last space.",
        )  # fmt: skip
    if len(work.sentences) > len(kept):
        left = len(work.sentences) - len(kept)
        note(Kind.SUMMARY_LENGTH, Severity.WARNING, f"The model wrote {left} more sentence(s), left out here.")
    elif 0 < len(kept) < config.min_sentences:
        note(Kind.SUMMARY_LENGTH, Severity.INFO, f"The summary has {len(kept)} sentence(s) only.")
    if work.empty and kept:
        note(Kind.EMPTY_OUTPUT, Severity.WARNING, f"The model wrote nothing for {work.empty} part(s) of the article.")
    if work.unknown:
        message = (
            f"The model has no word for {work.unknown} place(s) of the article or of its summary; they are left out."
        )
        note(Kind.UNKNOWN_WORDS, Severity.WARNING, message)
    if not kept:
        note(Kind.EMPTY_OUTPUT, Severity.ERROR, "The model wrote no summary.")
    article = replace(article, tokens_generated=article.tokens_generated + work.tokens)
    return article.with_findings(*findings)
