"""Put right in the English what has one reading only, and say in the brief what it was before."""

from __future__ import annotations

from dataclasses import replace

from pipeline import repairs
from pipeline.article import Article, Field, Repair
from pipeline.repairs import Change
from pipeline.steps import Context, one_by_one


def _repair(article: Article, context: Context) -> Article:
    if not context.config.check.repair:
        return article
    aligned = context.config.order == "summarize-first"
    pairs = article.translations(aligned=aligned)
    mended = [repairs.repair(th, en, context.glossary) for th, en in pairs]
    texts = [(th, en) for (th, _), (en, _) in zip(pairs, mended, strict=True)]
    named = repairs.one_spelling(texts, context.glossary)
    english = [en for en, _ in named]
    count = len(pairs) - 1 - len(article.body)
    done = [
        record
        for place, (_, first), (_, second) in zip(_places(count, len(article.body)), mended, named, strict=True)
        for record in _records(place, [*first, *second])
    ]
    return replace(
        article,
        title_en=english[0],
        summary_en=tuple(english[1 : 1 + count]) if aligned else article.summary_en,
        body=tuple(replace(pair, en=en) for pair, en in zip(article.body, english[1 + count :], strict=True)),
        repairs=(*article.repairs, *done),
    )


run = one_by_one(_repair)


def _places(summary: int, body: int) -> list[tuple[Field, int | None]]:
    """Where the texts of `Article.translations` stand."""
    return [
        (Field.TITLE_EN, None),
        *((Field.SUMMARY_EN, n) for n in range(summary)),
        *((Field.BODY, n) for n in range(body)),
    ]


def _records(place: tuple[Field, int | None], changes: list[Change]) -> list[Repair]:
    return [Repair(change.kind, *place, change.before, change.after) for change in changes]
