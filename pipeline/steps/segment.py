"""Paragraphs to sentences that one model input can hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from models.base import Request
from pipeline import thai
from pipeline.article import Article, Field, Finding, Kind, Sentence, Severity
from pipeline.steps import Context, one_by_one
from pipeline.textsplit import split_to_fit

Splitter = Callable[[str], list[str]]
WINDOW = 2_000
"""Characters that the splitter sees at once: PyThaiNLP's word segmentation under it slows down on
very long text without spaces."""


def _segment(article: Article, context: Context) -> Article:
    model, config = context.translator, context.config
    probe = Request("translate", "", prompt=context.translate_prompt, decoding=config.translate.decoding())
    limit = min(filter(None, (model.room(probe), config.segment.max_tokens)))
    splitter = SPLITTERS[config.segment.splitter]
    sentences: list[Sentence] = []
    hard_cuts = 0
    for number, paragraph in enumerate(article.body_paragraphs):
        for text in split_sentences(paragraph, splitter):
            pieces, hard = split_to_fit(text, model.count_tokens, limit)
            hard_cuts += hard
            sentences.extend(Sentence(piece, number) for piece in pieces)
    article = replace(article, sentences=tuple(sentences))
    if hard_cuts:
        message = f"{hard_cuts} run(s) of text without a space were cut to fit the model, perhaps inside a word."
        article = article.with_findings(Finding(Kind.HARD_SPLIT, Severity.WARNING, Field.SOURCE, None, message))
    return article


run = one_by_one(_segment)


def split_sentences(paragraph: str, splitter: Splitter) -> list[str]:
    """Sentences of a paragraph, without the spaces around them; joined again they are the paragraph."""
    found: list[str] = []
    for window in _windows(paragraph):
        found.extend(s.strip() for s in splitter(window) if s.strip())
    return found


def _windows(text: str) -> list[str]:
    windows = []
    while len(text) > WINDOW:
        space = text.rfind(" ", WINDOW // 2, WINDOW)
        cut = space if space > 0 else thai.safe_cut(text, WINDOW)
        windows.append(text[:cut])
        text = text[cut:]
    return [*windows, text]


def _crfcut(text: str) -> list[str]:
    from pythainlp.tokenize import sent_tokenize

    sentences: list[str] = sent_tokenize(text, engine="crfcut")
    return sentences


def _spaces(text: str) -> list[str]:
    return re.split(r"(?<=\S)\s+(?=\S)", text)


SPLITTERS: dict[str, Splitter] = {"crfcut": _crfcut, "spaces": _spaces}
