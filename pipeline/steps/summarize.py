"""Two or three Thai sentences for each article.

The article is packed into as few parts as the model takes (`min_parts` at least); each part is
summarised (map); where that gives more sentences than asked for, the summaries are packed and
summarised again (reduce) until they fit. Nothing is cut in silence: that parts were brought together,
what the last round left unfinished, and what it could not bring down, is said in findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from models.base import Generation, Request
from pipeline import thai
from pipeline.article import Article, Field, Finding, Kind, Severity
from pipeline.steps import Context
from pipeline.textsplit import balanced_chunks, split_to_fit

SHORT = 60
"""Tokens under which an article is not split into `min_parts`: it is a summary already."""


@dataclass
class _Work:
    """One article between rounds: the parts still to summarise, and what came of the last round."""

    parts: list[str]
    rounds: int = 0
    sentences: list[str] = field(default_factory=list)
    unfinished: bool = False
    tokens: int = 0
    done: bool = False


def run(articles: list[Article], context: Context) -> list[Article]:
    """Summarise a batch; each round's requests of all articles go to the model together."""
    config = context.config.summarize
    works = [_Work(_parts([s.text for s in a.sentences] or [a.title], context)) for a in articles]
    first_parts = [len(w.parts) for w in works]
    while pending := [w for w in works if not w.done]:
        requests = [_request(part, len(work.parts), context) for work in pending for part in work.parts]
        generations = iter(context.summarizer.generate(requests))
        for work in pending:
            _take(work, [next(generations)[0] for _ in work.parts])
            if len(work.sentences) <= config.max_sentences:
                work.done = True
                continue
            shorter = _parts(work.sentences, context)
            # A round that did not shrink the text would go on for ever.
            work.done = len(work.parts) == 1 or len(shorter) >= len(work.parts)
            work.parts = shorter
    return [_finish(a, w, n, context) for a, w, n in zip(articles, works, first_parts, strict=True)]


def parse_summary(text: str) -> list[str]:
    """The sentences of a model's answer: its lines, without list marks, repetitions and echoes.

    A line that stands whole inside another one says nothing more and is left out.
    """
    lines = [re.sub(r"^\s*(?:[-*•]|\d+[.)])\s*", "", line).strip() for line in thai.normalize(text).split("\n")]
    return _distinct(lines)


def _distinct(sentences: Iterable[str]) -> list[str]:
    """The sentences without those that say, but for spaces and marks, what another one holds."""
    unique: dict[str, str] = {}
    for sentence in sentences:
        unique.setdefault(re.sub(r"[\W_]", "", sentence), sentence)
    return [s for key, s in unique.items() if key and not any(key != other and key in other for other in unique)]


def _take(work: _Work, generations: list[Generation]) -> None:
    work.rounds += 1
    work.sentences = []
    work.unfinished = False
    for generation in generations:
        work.tokens += generation.tokens
        sentences = parse_summary(generation.text)
        if generation.finish_reason == "length" and sentences:
            work.unfinished = True
            head, _, tail = sentences[-1].rpartition(" ")
            # The last word may be half a word: up to the last space it is whole.
            sentences[-1] = head if head and len(tail) < len(head) else sentences[-1]
        work.sentences = _distinct([*work.sentences, *sentences])


def _finish(article: Article, work: _Work, first_parts: int, context: Context) -> Article:
    config = context.config.summarize
    kept = tuple(work.sentences[: config.max_sentences])
    findings = []

    def note(kind: Kind, severity: Severity, message: str) -> None:
        findings.append(Finding(kind, severity, Field.SUMMARY_TH, None, message))

    if work.rounds > 1 or first_parts > config.max_sentences:
        note(Kind.MAP_REDUCED, Severity.INFO, f"The summary was made from summaries of {first_parts} parts.")
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
    if not kept:
        note(Kind.EMPTY_OUTPUT, Severity.ERROR, "The model wrote no summary.")
    article = replace(article, summary_th=kept, tokens_generated=article.tokens_generated + work.tokens)
    return article.with_findings(*findings)


def _request(text: str, parts: int, context: Context) -> Request:
    """A request for one of so many parts: while there are too many to keep, each gets fewer words."""
    config = context.config.summarize
    limit = config.map_max_new_tokens if parts > config.max_sentences else None
    return Request(
        "summarize", text, target_lang="th", prompt=context.summarize_prompt, decoding=config.decoding(limit)
    )


def _parts(sentences: list[str], context: Context) -> list[str]:
    model, config = context.summarizer, context.config.summarize
    room = model.room(_request("", 1, context))
    pieces = [p for s in sentences for p in split_to_fit(s, model.count_tokens, room - 1)[0]]
    total = sum(map(model.count_tokens, pieces))
    at_least = config.min_parts if total > SHORT else 1
    chunks = balanced_chunks(pieces, model.count_tokens, room, at_least)
    if len(chunks) > config.max_sentences:
        # Shorter answers leave more room for the text.
        room = model.room(_request("", len(chunks), context))
        chunks = balanced_chunks(pieces, model.count_tokens, room, config.max_sentences + 1)
    return chunks
