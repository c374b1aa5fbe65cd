"""Doubts about a brief, each in plain words. Nothing is repaired here and nothing is hidden."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import verify
from pipeline.article import Article, Field, Finding, Kind, Severity
from pipeline.facts.glossary import Glossary
from pipeline.steps import Context, one_by_one
from pipeline.verify import Place

DRAFT = Finding(
    Kind.DRAFT_MODEL,
    Severity.ERROR,
    Field.SUMMARY_EN,
    None,
    "The English comes from a small model: names of people and agencies, and whole clauses, can be wrong where no "
    "check sees it. Read every sentence against the Thai.",
)


def _check(article: Article, context: Context) -> Article:
    if context.config.translate.draft_only:
        article = article.with_findings(DRAFT)
    names = context.glossary if context.config.check.facts else None
    return article.with_findings(*_findings(article, names, context.config.order == "summarize-first"))


run = one_by_one(_check)


def _findings(article: Article, names: Glossary | None, aligned: bool) -> Iterator[Finding]:
    source = article.known_text
    known_words = verify.known_words(source)
    if article.title:
        place = Place(Field.TITLE_EN, None)
        yield from verify.translation(article.title, article.title_en, names, place, source)
    for index, th in enumerate(article.summary_th):
        yield from verify.summary(th, source, known_words, names, Place(Field.SUMMARY_TH, index))
    for index, en in enumerate(article.summary_en):
        place = Place(Field.SUMMARY_EN, index)
        if aligned:
            yield from verify.translation(article.summary_th[index], en, names, place, source)
        else:
            yield from verify.english_summary(en, source, names, place)
    if names is not None:
        yield from verify.spellings(article.translations(aligned=aligned), names)
    for index, pair in enumerate(article.body):
        yield from verify.translation(pair.th, pair.en, names, Place(Field.BODY, index), source)
