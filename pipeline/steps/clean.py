"""The text in normal form and without the page's boilerplate. Thai digits stay as they are."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline import thai
from pipeline.article import Article
from pipeline.errors import ArticleError, Reason
from pipeline.steps import Context, one_by_one

_PRINT = re.compile(r"^พิมพ์$")
_PAGE_URL = re.compile(r"^https?://\S+$")
_END_MARKS = re.compile(r"[\s*_=~-]{3,}$")
_HASHTAGS = re.compile(r"(?:\s*#[^\s#\d][^\s#]*)+\s*$")


def _clean(article: Article, context: Context) -> Article:
    paragraphs = _without_hashtags([p for p in map(clean_line, article.body_paragraphs) if p])
    title = clean_line(article.title)
    if not paragraphs and not title:
        raise ArticleError(Reason.EMPTY, f"{article.origin.path}: nothing but page furniture; no text to summarise")
    has_lead = bool(article.lead) and len(paragraphs) > 1
    return replace(
        article,
        title=title,
        lead=paragraphs[0] if has_lead else "",
        paragraphs=tuple(paragraphs[1:] if has_lead else paragraphs),
    )


run = one_by_one(_clean)


def clean_line(text: str) -> str:
    """One line in normal form; empty where it is boilerplate (rules, `พิมพ์`, a bare address)."""
    line = re.sub(r"\s*\n\s*", " ", thai.normalize(text))
    if thai.RULE.match(line) or _PRINT.match(line) or _PAGE_URL.match(line):
        return ""
    return _END_MARKS.sub("", line)


def _without_hashtags(paragraphs: list[str]) -> list[str]:
    """Drop the hashtags at the very end of the article; inside the text they are part of it."""
    while paragraphs:
        last = _HASHTAGS.sub("", paragraphs[-1])
        if last == paragraphs[-1]:
            break
        paragraphs = [*paragraphs[:-1], last] if last else paragraphs[:-1]
        if last:
            break
    return paragraphs
