"""Doubts about a brief, each in plain words. Nothing is repaired here and nothing is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from pipeline import thai
from pipeline.article import Article, Field, Finding, Kind, Severity
from pipeline.facts import dates, numbers
from pipeline.facts.glossary import Glossary
from pipeline.faults import find_loop, is_short
from pipeline.steps import Context, one_by_one

UNSUPPORTED_SHARE = 0.5
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
    aligned = context.config.order == "summarize-first"
    names = context.glossary
    return article.with_findings(*_findings(article, aligned), *_names(article, aligned, names))


run = one_by_one(_check)


def _findings(article: Article, aligned: bool) -> Iterator[Finding]:
    published = article.source.published_th if article.source else None
    source = f"{article.text}\n{published or ''}"
    known_words = set(content_words(source))
    if article.title:
        yield from check_translation(article.title, article.title_en, Field.TITLE_EN, None)
    for index, th in enumerate(article.summary_th):
        yield from check_summary(th, source, known_words, index)
    if aligned:
        for index, (th, en) in enumerate(zip(article.summary_th, article.summary_en, strict=True)):
            yield from check_translation(th, en, Field.SUMMARY_EN, index)
    else:
        for index, en in enumerate(article.summary_en):
            yield from check_english_summary(en, source, index)
    for index, pair in enumerate(article.body):
        yield from check_translation(pair.th, pair.en, Field.BODY, index)


def _names(article: Article, aligned: bool, names: Glossary) -> Iterator[Finding]:
    if article.title:
        yield from check_names(article.title, article.title_en, names, Field.TITLE_EN, None, article.text)
    if aligned:
        for index, (th, en) in enumerate(zip(article.summary_th, article.summary_en, strict=True)):
            yield from check_names(th, en, names, Field.SUMMARY_EN, index, article.text)
    for index, pair in enumerate(article.body):
        yield from check_names(pair.th, pair.en, names, Field.BODY, index, article.text)


def check_dates(th: str, en: str, field: Field, index: int | None) -> Iterator[Finding]:
    """The days and months of a Thai text in its English translation; years alone are numbers."""
    theirs, ours = dates.thai_dates(th), dates.english_dates(en)
    for date in dates.unsupported(theirs, ours, years_may_go=True):
        if date.month:
            message = f"{date} of the Thai is not in the English."
            yield Finding(Kind.DATE_MISSING, Severity.ERROR, field, index, message)
    added = [d for d in dates.unsupported(ours, [*theirs, *dates.years_in_passing(th)]) if d.month]
    months = dates.bare_months(en) - dates.thai_months(th) - {d.month for d in added}
    for date in [*added, *(dates.Date(None, month, None) for month in sorted(months))]:
        message = f"The English says {date}, which the Thai does not."
        yield Finding(Kind.DATE_ADDED, Severity.ERROR, field, index, message)


def check_names(
    th: str, en: str, names: Glossary, field: Field, index: int | None, context: str = ""
) -> Iterator[Finding]:
    """The official names of a Thai text in its English translation; `context` may explain a name that th lacks."""
    difference = names.compare(th, en, context)
    for mention, wrong in difference.changed:
        message = f"{mention.text} is {mention.term.en}; the English says {wrong}."
        yield Finding(Kind.NAME_CHANGED, Severity.ERROR, field, index, message)
    for mention in difference.added:
        message = f"The English says {mention.text}, which the Thai does not."
        # Royalty out of nothing offends; another body may have a Thai name that the glossary does not know.
        severity = Severity.ERROR if mention.term.kind == "royal" else Severity.WARNING
        yield Finding(Kind.NAME_ADDED, severity, field, index, message)
    for mention in difference.missing:
        message = f"{mention.text} is {mention.term.en}; the English has no such name."
        yield Finding(Kind.NAME_MISSING, Severity.WARNING, field, index, message)


def check_summary(sentence: str, source: str, known_words: Set[str], index: int) -> Iterator[Finding]:
    """A Thai summary sentence against the article that it is from."""

    def finding(kind: Kind, severity: Severity, message: str) -> Finding:
        return Finding(kind, severity, Field.SUMMARY_TH, index, message)

    if thai.thai_share(sentence) < 0.5:
        yield finding(Kind.WRONG_LANGUAGE, Severity.ERROR, "This sentence of the Thai summary is not in Thai.")
    if loop := find_loop(sentence):
        yield finding(Kind.LOOPING_OUTPUT, Severity.ERROR, f"The sentence repeats itself: “{loop}”.")
    for number in numbers.unsupported(sentence, source):
        yield finding(Kind.NUMBER_ADDED, Severity.ERROR, f"The summary says {number.text}, which the article does not.")
    words = content_words(sentence)
    new = [w for w in words if w not in known_words]
    if words and len(new) / len(words) > UNSUPPORTED_SHARE:
        yield finding(
            Kind.UNSUPPORTED_TEXT,
            Severity.ERROR,
            f"{len(new)} of the sentence's {len(words)} words are not in the article; it may be made up.",
        )


def check_english_summary(sentence: str, source: str, index: int) -> Iterator[Finding]:
    """A sentence of an English summary that no Thai sentence stands beside, against the whole Thai article."""

    def finding(kind: Kind, message: str) -> Finding:
        return Finding(kind, Severity.ERROR, Field.SUMMARY_EN, index, message)

    if _not_english(sentence):
        yield finding(Kind.WRONG_LANGUAGE, "This sentence of the English summary is not in English.")
    if loop := find_loop(sentence):
        yield finding(Kind.LOOPING_OUTPUT, f"The sentence repeats itself: “{loop}”.")
    difference = numbers.compare(source, sentence)
    for number in difference.added:
        yield finding(Kind.NUMBER_ADDED, f"The English says {number.text}, which the article does not.")
    for number in difference.buddhist:
        yield finding(Kind.BUDDHIST_YEAR, f"{number.text} is a Buddhist-era year; in English it is {number.values[0]}.")


def check_translation(th: str, en: str, field: Field, index: int | None) -> Iterator[Finding]:
    """An English text against the Thai that it translates."""

    def finding(kind: Kind, severity: Severity, message: str) -> Finding:
        return Finding(kind, severity, field, index, message)

    if not en.strip():
        yield finding(Kind.EMPTY_OUTPUT, Severity.ERROR, "There is no translation.")
        return
    if _not_english(en) and (thai.thai_share(en) > 0.1 or re.search("[\u0e01-\u0e2e]", th)):
        yield finding(Kind.WRONG_LANGUAGE, Severity.ERROR, "The translation is not in English.")
    if loop := find_loop(en):
        yield finding(Kind.LOOPING_OUTPUT, Severity.ERROR, f"The translation repeats itself: “{loop}”.")
    if is_short(th, en):
        yield finding(
            Kind.SHORT_OUTPUT,
            Severity.WARNING,
            "The translation is much shorter than the Thai; something may be left out.",
        )
    difference = numbers.compare(th, en)
    for number in difference.missing:
        yield finding(Kind.NUMBER_MISSING, Severity.ERROR, f"{number.text} of the Thai is not in the English.")
    for number in difference.added:
        yield finding(Kind.NUMBER_ADDED, Severity.ERROR, f"The English says {number.text}, which the Thai does not.")
    for number in difference.buddhist:
        yield finding(
            Kind.BUDDHIST_YEAR,
            Severity.ERROR,
            f"{number.text} is a Buddhist-era year; in English it is {number.values[0]}.",
        )
    yield from check_dates(th, en, field, index)


def _not_english(text: str) -> bool:
    return thai.thai_share(text) > 0.1 or not re.search("[A-Za-z]", text)


def content_words(text: str) -> list[str]:
    """Thai and Latin words of two letters or more."""
    from pythainlp.tokenize import word_tokenize

    words = [w for line in text.split("\n") for w in word_tokenize(line, engine="newmm-safe", keep_whitespace=False)]
    return [w for w in words if len(w) > 1 and re.search(r"[^\W\d_]", w)]
