"""Put right in the English what has one reading only, and say in the brief what it was before."""

from __future__ import annotations

from dataclasses import replace

from pipeline import repairs
from pipeline.article import Article, Field, Repair
from pipeline.steps import Context, one_by_one


def _repair(article: Article, context: Context) -> Article:
    if not context.config.check.repair:
        return article
    done: list[Repair] = []

    def mended(th: str, en: str, field: Field, index: int | None) -> str:
        text, changes = repairs.repair(th, en, context.glossary)
        done.extend(Repair(c.kind, field, index, c.before, c.after) for c in changes)
        return text

    aligned = context.config.order == "summarize-first"
    title = mended(article.title, article.title_en, Field.TITLE_EN, None)
    summary = article.summary_en
    if aligned:
        pairs = enumerate(zip(article.summary_th, article.summary_en, strict=True))
        summary = tuple(mended(th, en, Field.SUMMARY_EN, n) for n, (th, en) in pairs)
    body = tuple(replace(pair, en=mended(pair.th, pair.en, Field.BODY, n)) for n, pair in enumerate(article.body))
    return replace(article, title_en=title, summary_en=summary, body=body, repairs=(*article.repairs, *done))


run = one_by_one(_repair)
