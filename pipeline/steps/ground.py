"""Keep the Thai summary to what the article says: a sentence with other numbers or dates, or made up, is replaced.

What stands in its place is the sentence of the article that is most like it, word for word, and a finding says so with
the model's own words; where none is like it, the first that the summary does not have, which is an error. It happens
before the translation, so that the English is of the article's sentence too.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline import verify
from pipeline.article import Article, Field, Finding, Kind, Severity
from pipeline.steps import Context, one_by_one
from pipeline.verify import Place


def _ground(article: Article, context: Context) -> Article:
    if not context.config.check.facts:
        return article
    source = article.known_text
    known_words = verify.known_words(source)
    sentences, findings = list(article.summary_th), []
    for index, sentence in enumerate(article.summary_th):
        place = Place(Field.SUMMARY_TH, index)
        found = verify.summary(sentence, source, known_words, context.glossary, place)
        wrong = [f for f in found if f.severity is Severity.ERROR]
        if not wrong:
            continue
        free = [s.text for s in article.sentences if s.text.strip() and s.text not in sentences]
        if not free:
            continue
        like = _most_like(sentence, free)
        sentences[index] = like or free[0]
        why = " ".join(f.message for f in wrong)
        which = (
            "The sentence of the article that is most like it"
            if like
            else "Nothing in the article is like it; a first sentence"
        )
        message = f"{why} {which} stands in its place. The model wrote: “{sentence}”"
        severity = Severity.WARNING if like else Severity.ERROR
        findings.append(Finding(Kind.EXTRACTIVE_FALLBACK, severity, Field.SUMMARY_TH, index, message))
    return replace(article, summary_th=tuple(sentences)).with_findings(*findings)


run = one_by_one(_ground)
LIKE = 0.1
"""Of all words of two sentences, those that both must have for one to stand for the other."""


def _most_like(sentence: str, candidates: list[str]) -> str | None:
    """The candidate that shares most words with the sentence, for its length; None where all share next to none."""
    words = set(verify.content_words(sentence))

    def likeness(candidate: str) -> float:
        theirs = set(verify.content_words(candidate))
        return len(words & theirs) / (len(words | theirs) or 1)

    best = max(candidates, key=likeness)
    return best if likeness(best) >= LIKE else None
